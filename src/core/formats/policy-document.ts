import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { isObject } from '../api/decode-list.ts';
import type { AlertType } from '../model/alert-type.ts';
import type { DestinationFacts } from '../model/destination.ts';
import { isSameId } from '../model/id.ts';
import type { Policy } from '../model/policy.ts';
import { type Finding, makeFinding, parseObject, type SyntaxCode, type TextRange } from './json-parse.ts';
import { toJsonText } from './json-text.ts';

/** A path in a document, as `jsonc-parser` writes it: keys and indexes. */
export type JsonPath = readonly (string | number)[];

/** A problem of a policy document; `ui` has the messages. */
export type PolicyProblem =
  | { readonly kind: 'syntax'; readonly code: SyntaxCode }
  | { readonly kind: 'notAnObject' | 'emptyName' | 'noMechanism' }
  | { readonly kind: 'duplicateKey' | 'readOnlyKey' | 'unknownMechanism'; readonly key: string }
  | { readonly kind: 'missingKey'; readonly key: string }
  | { readonly kind: 'wrongType'; readonly key: string; readonly expected: Shape }
  | { readonly kind: 'unknownAlertType'; readonly type: string }
  | { readonly kind: 'unknownFilter' | 'missingFilter'; readonly key: string; readonly alert: string }
  | { readonly kind: 'unknownValue'; readonly key: string; readonly value: string }
  | { readonly kind: 'tooManyValues'; readonly key: string; readonly most: number }
  | { readonly kind: 'danglingDestination'; readonly id: string }
  | { readonly kind: 'ineligible'; readonly mechanism: string };

export type Shape = 'string' | 'boolean' | 'object' | 'strings' | 'ids';

export type PolicyFinding = Finding<PolicyProblem>;

/** What an account allows. What is not known is undefined, and is not checked. */
export type PolicyContext = {
  readonly alertTypes?: readonly AlertType[] | undefined;
  readonly destinations?: readonly DestinationFacts[] | undefined;
  /** Whether the list of destinations may be incomplete, so that an unknown ID says nothing. */
  readonly mayLack?: boolean;
  /** Kinds of mechanisms that the account may not use, as a policy names them. */
  readonly ineligible?: ReadonlySet<string> | undefined;
};

export type ParsedPolicy = {
  /** Absent if the text is no JSON object. */
  readonly policy?: Policy['whole'];
  readonly findings: readonly PolicyFinding[];
};

/** Only Cloudflare sets these. A document does not show them, and a save keeps them. */
const READ_ONLY_KEYS: ReadonlySet<string> = new Set(['id', 'created', 'modified']);
/** Saving replaces the whole policy, and Cloudflare enables one without `enabled` (its default in the API schema). */
const REQUIRED_KEYS: readonly string[] = ['name', 'alert_type', 'enabled', 'mechanisms'];
const MECHANISMS: ReadonlySet<string> = new Set(['email', 'pagerduty', 'webhooks']);

const SHAPES: Readonly<Record<string, Shape>> = {
  name: 'string',
  description: 'string',
  enabled: 'boolean',
  alert_type: 'string',
  alert_interval: 'string',
  filters: 'object',
  mechanisms: 'object',
};

/** The fields of a policy that a user may set. */
export function editableOf(whole: Policy['whole']): Policy['whole'] {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !READ_ONLY_KEYS.has(key)));
}

/** The editable fields of a policy as JSON, with two-space indentation and a final newline. Unknown fields stay. */
export function formatPolicy(whole: Policy['whole']): string {
  return toJsonText(editableOf(whole));
}

/** The whole policy to send for an edited document: its editable fields, and those that only Cloudflare sets as they are. */
export function mergePolicy(now: Policy['whole'], edited: Policy['whole']): Policy['whole'] {
  const kept = Object.fromEntries(Object.entries(now).filter(([key]) => READ_ONLY_KEYS.has(key)));
  return { ...kept, ...editableOf(edited) };
}

/** Parses and checks a document. Never throws. */
export function parsePolicyDocument(text: string, context: PolicyContext = {}): ParsedPolicy {
  const { root, findings, isValid } = parseObject(text);
  if (!root) {
    return { findings };
  }
  const value = isValid ? parseValue(text) : undefined;
  const checked = [
    ...findDuplicates(root),
    ...checkKeys(root),
    ...checkMechanisms(root, context),
    ...checkFilters(root, context),
  ];
  return { findings: [...findings, ...checked], ...(isObject(value) ? { policy: value } : {}) };
}

/** `jsonc-parser` accepts more than JSON, for example a byte order mark, and would set a prototype for `__proto__`. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The range of a value, of the nearest value above it that exists, or of the first character. */
export function rangeOf(text: string, path: JsonPath): TextRange {
  try {
    const root = parseTree(text);
    for (let length = path.length; root && length >= 0; length -= 1) {
      const node = findNodeAtLocation(root, path.slice(0, length));
      if (node) {
        return node === root ? { offset: node.offset, length: 1 } : { offset: node.offset, length: node.length };
      }
    }
  } catch {
    // Too deep for the parser: the whole text is wrong.
  }
  return { offset: 0, length: Math.min(1, text.length) };
}

/** The IDs of destinations in a document, with the ranges of their values. */
export function destinationsIn(text: string): readonly (TextRange & { readonly id: string })[] {
  try {
    const root = parseTree(text);
    const list = root && findNodeAtLocation(root, ['mechanisms', 'webhooks']);
    return (list?.children ?? []).flatMap((item) => {
      const node = item.type === 'object' ? findNodeAtLocation(item, ['id']) : undefined;
      return node?.type === 'string' ? [{ id: String(node.value), offset: node.offset, length: node.length }] : [];
    });
  } catch {
    return [];
  }
}

/** The range to delete to remove the list item around an offset and leave valid JSON. */
export function itemRemovalAt(text: string, offset: number): TextRange | undefined {
  try {
    const root = parseTree(text);
    const items = (root && findNodeAtLocation(root, ['mechanisms', 'webhooks'])?.children) ?? [];
    const index = items.findIndex((item) => item.offset <= offset && offset <= item.offset + item.length);
    const [before, item, after] = [items[index - 1], items[index], items[index + 1]];
    if (!item) {
      return undefined;
    }
    const start = before && !after ? before.offset + before.length : item.offset;
    const end = after ? after.offset : item.offset + item.length;
    return { offset: start, length: end - start };
  } catch {
    return undefined;
  }
}

/** The field that an error of the API is about, by its code. */
export function fieldOfCode(codes: readonly number[]): JsonPath | undefined {
  return codes.includes(17004)
    ? ['alert_type']
    : codes.includes(17102)
      ? ['mechanisms']
      : codes.includes(17103)
        ? ['filters']
        : undefined;
}

/** At any depth: JSON keeps only the last value of a key, so the recipients or filters of the others would be lost. */
function findDuplicates(root: Node): readonly PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  // Without recursion, which could overflow the stack where the parser does not.
  const nodes = [root];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const seen = new Set<string>();
    for (const { key, keyNode } of propertiesOf(node)) {
      if (seen.has(key)) {
        findings.push(makeFinding(keyNode, { kind: 'duplicateKey', key }));
      }
      seen.add(key);
    }
    for (const child of node.children ?? []) {
      nodes.push(child);
    }
  }
  return findings;
}

function checkKeys(root: Node): readonly PolicyFinding[] {
  const seen = new Map<string, Node>();
  const findings: PolicyFinding[] = [];
  for (const { children } of root.children ?? []) {
    const [keyNode, valueNode] = children ?? [];
    if (!keyNode) {
      continue;
    }
    const key = String(keyNode.value);
    const expected = Object.hasOwn(SHAPES, key) ? SHAPES[key] : undefined;
    if (READ_ONLY_KEYS.has(key)) {
      findings.push(makeFinding(keyNode, { kind: 'readOnlyKey', key }, 'warning'));
    } else if (expected && valueNode && valueNode.type !== expected && !isEmptyOptional(key, valueNode)) {
      findings.push(makeFinding(valueNode, { kind: 'wrongType', key, expected }));
    }
    seen.set(key, valueNode ?? keyNode);
  }
  for (const key of REQUIRED_KEYS) {
    if (!seen.has(key)) {
      findings.push(makeFinding({ offset: root.offset, length: 1 }, { kind: 'missingKey', key }));
    }
  }
  const name = seen.get('name');
  if (name?.type === 'string' && String(name.value).trim() === '') {
    findings.push(makeFinding(name, { kind: 'emptyName' }));
  }
  return findings;
}

/** Cloudflare itself returns null for optional fields. */
function isEmptyOptional(key: string, { type }: Node): boolean {
  return type === 'null' && !REQUIRED_KEYS.includes(key);
}

function checkMechanisms(root: Node, { destinations, mayLack, ineligible }: PolicyContext): readonly PolicyFinding[] {
  const mechanisms = findNodeAtLocation(root, ['mechanisms']);
  if (mechanisms?.type !== 'object') {
    return [];
  }
  let count = 0;
  const findings = propertiesOf(mechanisms).flatMap(({ key, keyNode, value }): readonly PolicyFinding[] => {
    if (value?.type === 'null') {
      return [];
    }
    if (value?.type !== 'array') {
      return value ? [makeFinding(value, { kind: 'wrongType', key, expected: 'ids' })] : [];
    }
    const items = value.children ?? [];
    count += items.length;
    return [
      ...(MECHANISMS.has(key) ? [] : [makeFinding(keyNode, { kind: 'unknownMechanism', key }, 'warning')]),
      ...(ineligible?.has(key) && items.length > 0
        ? [makeFinding(keyNode, { kind: 'ineligible', mechanism: key }, 'warning')]
        : []),
      ...items.flatMap((item) => checkRecipient(item, key, mayLack ? undefined : destinations)),
    ];
  });
  return count === 0 ? [...findings, makeFinding(mechanisms, { kind: 'noMechanism' })] : findings;
}

function checkRecipient(
  item: Node,
  key: string,
  destinations: PolicyContext['destinations'],
): readonly PolicyFinding[] {
  const id = item.type === 'object' ? findNodeAtLocation(item, ['id']) : undefined;
  if (id?.type !== 'string' || id.value === '') {
    return [makeFinding(id ?? item, { kind: 'wrongType', key, expected: 'ids' })];
  }
  const value = String(id.value);
  const isDangling = key === 'webhooks' && destinations && !destinations.some((each) => isSameId(each.id, value));
  return isDangling ? [makeFinding(id, { kind: 'danglingDestination', id: value }, 'warning')] : [];
}

function checkFilters(root: Node, { alertTypes }: PolicyContext): readonly PolicyFinding[] {
  const typeNode = findNodeAtLocation(root, ['alert_type']);
  const filters = findNodeAtLocation(root, ['filters']);
  const findings = propertiesOf(filters).flatMap(({ key, value }) => {
    const isList = value?.type === 'array' && (value.children ?? []).every(({ type }) => type === 'string');
    return value && value.type !== 'null' && !isList
      ? [makeFinding(value, { kind: 'wrongType', key, expected: 'strings' })]
      : [];
  });
  if (!alertTypes || typeNode?.type !== 'string') {
    return findings;
  }
  const alert = alertTypes.find(({ type }) => type === typeNode.value);
  if (!alert) {
    // Cloudflare adds types, and accounts see only some of them, so this is no error.
    return [...findings, makeFinding(typeNode, { kind: 'unknownAlertType', type: String(typeNode.value) }, 'warning')];
  }
  const given = new Map(propertiesOf(filters).map(({ key, value }) => [key, value?.children ?? []]));
  return [
    ...findings,
    ...propertiesOf(filters).flatMap(({ key, keyNode, value }) => checkFilter(alert, { key, keyNode, value })),
    ...alert.filters
      .filter(({ key, isRequired }) => isRequired && (given.get(key) ?? []).length === 0)
      .map(({ key }) => makeFinding(filters ?? typeNode, { kind: 'missingFilter', key, alert: alert.name })),
  ];
}

function checkFilter(alert: AlertType, { key, keyNode, value }: Property): readonly PolicyFinding[] {
  const filter = alert.filters.find((each) => each.key === key);
  const items = value?.children ?? [];
  if (!filter) {
    return [makeFinding(keyNode, { kind: 'unknownFilter', key, alert: alert.name }, 'warning')];
  }
  const { most, values } = filter;
  return [
    ...(most !== undefined && items.length > most
      ? [makeFinding(value ?? keyNode, { kind: 'tooManyValues', key, most }, 'warning')]
      : []),
    ...items
      .filter((item) => values.length > 0 && item.type === 'string' && !values.some(({ id }) => id === item.value))
      .map((item) => makeFinding(item, { kind: 'unknownValue', key, value: String(item.value) }, 'warning')),
  ];
}

type Property = { readonly key: string; readonly keyNode: Node; readonly value: Node | undefined };

function propertiesOf(node: Node | undefined): readonly Property[] {
  return (node?.type === 'object' ? (node.children ?? []) : []).flatMap(({ children }) => {
    const [keyNode, value] = children ?? [];
    return keyNode ? [{ key: String(keyNode.value), keyNode, value }] : [];
  });
}
