import { type Node, parseTree } from 'jsonc-parser';
import type { DestinationType } from '../model/destination-types/destination-type.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { checkDraft, type DraftProblem } from '../model/draft-check.ts';
import { normalizeDraft } from '../model/draft.ts';
import { planChange } from '../model/plan.ts';
import type { Place } from '../model/web-address.ts';
import { type Finding, makeFinding, parseObject, type SyntaxCode, type TextRange } from './json-parse.ts';
import { toJsonText } from './json-text.ts';

/** The keys that a user can edit, in the order of a new document. */
export const DOCUMENT_KEYS = ['name', 'url', 'secret'] as const;

export type DocumentKey = (typeof DOCUMENT_KEYS)[number];

/** The other keys in Cloudflare's responses. Only Cloudflare sets them. */
const READ_ONLY_KEYS: ReadonlySet<string> = new Set(['id', 'type', 'created_at', 'last_success', 'last_failure']);

/** A problem in a document; `ui` has the messages. `draft` concerns the values, the other kinds concern the JSON. */
export type DocumentProblem =
  | { readonly kind: 'syntax'; readonly code: SyntaxCode }
  | { readonly kind: 'notAnObject' }
  | { readonly kind: 'unknownKey' | 'readOnlyKey' | 'duplicateKey'; readonly key: string }
  | { readonly kind: 'wrongType' | 'missingKey'; readonly key: DocumentKey }
  | { readonly kind: 'emptySecret' }
  | { readonly kind: 'draft'; readonly problem: DraftProblem };

export type DocumentFinding = Finding<DocumentProblem>;

export type ParsedDocument = {
  /** Present if the text has a name and a URL, even if there are errors. */
  readonly draft?: Draft;
  readonly findings: readonly DocumentFinding[];
};

export type DocumentContext = {
  /** The existing destination that the document edits; absent for a new destination. */
  readonly current?: Destination | undefined;
  /** Whether a secret is available outside the text. */
  readonly heldSecret?: boolean;
  /** The available destination types; default: the registry. */
  readonly types?: readonly DestinationType[];
};

/** Parses and validates a document with {@link DOCUMENT_KEYS}, the same shape as the API's request body. Never throws. */
export function parseDocument(text: string, context: DocumentContext = {}): ParsedDocument {
  const { root, findings } = parseObject(text);
  if (!root) {
    return { findings };
  }
  const { values, findings: ofKeys } = readProperties(root);
  const all = [...findings, ...ofKeys];
  const texts = Object.fromEntries([...values].map(([key, { value }]) => [key, String(value)]));
  const { name, url, secret } = texts;
  if (name === undefined || url === undefined) {
    return { findings: all };
  }
  const typed: Draft = { name, url, ...(secret === undefined ? {} : { secret }) };
  const draft = normalizeDraft(typed, context.current);
  return { draft, findings: [...all, ...checkContent(typed, { text, root, values }, context)] };
}

/** Returns JSON with two-space indentation and a final newline. `secret` is present only if the draft has one. */
export function formatDocument({ name, url, secret }: Draft): string {
  return toJsonText({ name, url, ...(secret === undefined ? {} : { secret }) });
}

/** Returns the range of a key's value, including quotes, or undefined if the key is missing. */
export function findValue(text: string, key: DocumentKey): TextRange | undefined {
  const value = findProperty(text, key)?.children?.[1];
  return value && { offset: value.offset, length: value.length };
}

/** Returns the range to delete to remove a key and leave valid JSON, or undefined if the key is missing. */
export function findRemoval(text: string, key: string): TextRange | undefined {
  const property = findProperty(text, key);
  const siblings = property?.parent?.children ?? [];
  const index = property ? siblings.indexOf(property) : -1;
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  if (!property) {
    return undefined;
  }
  const [start, end] = before
    ? [before.offset + before.length, property.offset + property.length]
    : [property.offset, after?.offset ?? property.offset + property.length];
  return { offset: start, length: end - start };
}

function findProperty(text: string, key: string): Node | undefined {
  try {
    return parseTree(text)?.children?.findLast(({ children }) => children?.[0]?.value === key);
  } catch {
    return undefined;
  }
}

type Values = ReadonlyMap<DocumentKey, Node>;

function readProperties(root: Node): { readonly values: Values; readonly findings: readonly DocumentFinding[] } {
  const values = new Map<DocumentKey, Node>();
  const seen = new Set<string>();
  const findings: DocumentFinding[] = [];
  for (const { children } of root.children ?? []) {
    const [keyNode, valueNode] = children ?? [];
    const name = String(keyNode?.value);
    const key = DOCUMENT_KEYS.find((each) => each === name);
    if (!keyNode) {
      continue;
    }
    if (seen.has(name)) {
      findings.push(makeFinding(keyNode, { kind: 'duplicateKey', key: name }));
    } else if (!key) {
      const kind = READ_ONLY_KEYS.has(name) ? 'readOnlyKey' : 'unknownKey';
      findings.push(makeFinding(keyNode, { kind, key: name }));
    } else if (valueNode?.type === 'string') {
      values.set(key, valueNode);
    } else if (valueNode) {
      findings.push(makeFinding(valueNode, { kind: 'wrongType', key }));
    }
    seen.add(name);
  }
  for (const key of ['name', 'url'] as const) {
    if (!seen.has(key)) {
      findings.push(makeFinding({ offset: root.offset, length: 1 }, { kind: 'missingKey', key }));
    }
  }
  return { values, findings };
}

function checkContent(
  draft: Draft,
  { text, root, values }: { readonly text: string; readonly root: Node; readonly values: Values },
  { current, heldSecret = false, types }: DocumentContext,
): readonly DocumentFinding[] {
  // An existing destination keeps the secret for its URL. A replacement starts without one.
  const kept = current !== undefined && planChange(current, draft, types).kind !== 'replace';
  const known = { secret: kept || heldSecret, ...(kept && !heldSecret ? { url: current.url } : {}) };
  const findings = checkDraft(draft, known, types).map(({ severity, problem }): DocumentFinding => {
    // Report a missing secret at the URL, which requires it.
    const value = values.get(problem.field) ?? values.get('url') ?? root;
    const place = 'place' in problem ? locateInside(text, value, problem.place) : value;
    // An unchanged URL is at most a warning, so that the destination can still be renamed.
    const isUnchanged = problem.field === 'url' && current?.url === draft.url;
    return makeFinding(place, { kind: 'draft', problem }, isUnchanged ? 'warning' : severity);
  });
  const secret = values.get('secret');
  return secret && draft.secret === '' ? [...findings, makeFinding(secret, { kind: 'emptySecret' })] : findings;
}

/** Returns the range of a part of a string value. An escape takes several characters. */
function locateInside(text: string, value: TextRange, { offset, length }: Place): TextRange {
  const units = text.slice(value.offset + 1, value.offset + value.length - 1).match(/\\u[0-9a-f]{4}|\\.|[^]/gi) ?? [];
  if (length >= units.length) {
    return value;
  }
  const lengthOf = (from: number, to: number): number => units.slice(from, to).join('').length;
  return { offset: value.offset + 1 + lengthOf(0, offset), length: lengthOf(offset, offset + length) };
}
