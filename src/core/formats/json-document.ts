import { type Node, parseTree, type ParseError, printParseErrorCode } from 'jsonc-parser';
import type { DestinationType } from '../model/destination-types/destination-type.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { checkDraft, type DraftProblem } from '../model/draft-check.ts';
import { planChange } from '../model/plan.ts';

/** What a user can write; the order is that of a new document. */
export const DOCUMENT_KEYS = ['name', 'url', 'secret'] as const;

export type DocumentKey = (typeof DOCUMENT_KEYS)[number];

/** What Cloudflare's answers hold beside these: nobody but Cloudflare writes it. */
const READ_ONLY_KEYS: ReadonlySet<string> = new Set(['id', 'type', 'created_at', 'last_success', 'last_failure']);

/** What is wrong, or doubtful, with a document, as data; `ui` has the words. `draft` is about what it says, the others about how. */
export type DocumentProblem =
  | { readonly kind: 'syntax'; readonly code: SyntaxCode }
  | { readonly kind: 'notAnObject' }
  | { readonly kind: 'unknownKey' | 'readOnlyKey' | 'duplicateKey'; readonly key: string }
  | { readonly kind: 'wrongType' | 'missingKey'; readonly key: DocumentKey }
  | { readonly kind: 'emptySecret' }
  | { readonly kind: 'draft'; readonly problem: DraftProblem };

/** `comment` is told apart as people try it; `tooDeep` is a document nobody means. */
export type SyntaxCode = 'comment' | 'tooDeep' | 'other';

/** `offset` and `length` count UTF-16 units, as VS Code does. */
export type DocumentFinding = {
  readonly severity: 'error' | 'warning';
  readonly offset: number;
  readonly length: number;
  readonly problem: DocumentProblem;
};

export type ParsedDocument = {
  /** There as soon as the text has a name and a URL, whatever else is wrong with it. */
  readonly draft?: Draft;
  readonly findings: readonly DocumentFinding[];
};

export type DocumentContext = {
  /** The destination the document is of; absent for a new one. */
  readonly current?: Destination | undefined;
  /** Whether a secret is at hand that the text does not hold. */
  readonly heldSecret?: boolean;
  /** The types of destination there are; absent for those of the registry. */
  readonly types?: readonly DestinationType[];
};

/** Reads a document of {@link DOCUMENT_KEYS}, which is the API's own request body too. Never throws. */
export function parseDocument(text: string, context: DocumentContext = {}): ParsedDocument {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true, allowEmptyContent: false });
  } catch {
    // The parser calls itself for each level, and the stack has an end.
    return { findings: [makeFinding({ offset: 0, length: text.length }, { kind: 'syntax', code: 'tooDeep' })] };
  }
  const findings = errors
    // Of several at one place the first says enough.
    .filter(({ offset }, index) => errors.findIndex((each) => each.offset === offset) === index)
    .map(({ error, offset, length }) =>
      makeFinding(
        { offset, length },
        { kind: 'syntax', code: printParseErrorCode(error) === 'InvalidCommentToken' ? 'comment' : 'other' },
      ),
    );
  if (root?.type !== 'object') {
    // Where the syntax is wrong already, that there is no object goes without saying.
    const notAnObject = root && errors.length === 0 ? [makeFinding(root, { kind: 'notAnObject' })] : [];
    return { findings: [...findings, ...notAnObject] };
  }
  const { values, findings: ofKeys } = readProperties(root);
  const all = [...findings, ...ofKeys];
  const texts = Object.fromEntries([...values].map(([key, { value }]) => [key, String(value)]));
  const { name, url, secret } = texts;
  if (name === undefined || url === undefined) {
    return { findings: all };
  }
  const draft: Draft = { name, url, ...(secret === undefined ? {} : { secret }) };
  return { draft, findings: [...all, ...checkContent(draft, root, values, context)] };
}

/** Two-space JSON with a newline at its end; a secret only where one is given. */
export function formatDocument({ name, url, secret }: Draft): string {
  return `${JSON.stringify({ name, url, ...(secret === undefined ? {} : { secret }) }, undefined, 2)}\n`;
}

export type TextRange = { readonly offset: number; readonly length: number };

/** Where the value of a key stands, quotes included; undefined where there is none. */
export function findValue(text: string, key: DocumentKey): TextRange | undefined {
  const value = findProperty(text, key)?.children?.[1];
  return value && { offset: value.offset, length: value.length };
}

/** What to cut so that a key is gone and the rest is JSON as before; undefined where there is none. */
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
  root: Node,
  values: Values,
  { current, heldSecret = false, types }: DocumentContext,
): readonly DocumentFinding[] {
  // One that exists keeps its secret; what replaces it begins without.
  const kept = current !== undefined && planChange(current, draft, types).kind !== 'replace';
  const findings = checkDraft(draft, { secret: kept || heldSecret }, types).map(({ severity, problem }) => {
    // A secret that is missing has no place of its own: the URL is why it is needed.
    const place = values.get(problem.field) ?? values.get('url') ?? root;
    // What Cloudflare has is not refused for being there: a rename must stay possible.
    const isThere = problem.field === 'url' && current?.url === draft.url;
    return makeFinding(place, { kind: 'draft', problem }, isThere ? 'warning' : severity);
  });
  const secret = values.get('secret');
  return secret && draft.secret === '' ? [...findings, makeFinding(secret, { kind: 'emptySecret' })] : findings;
}

function makeFinding(
  { offset, length }: TextRange,
  problem: DocumentProblem,
  severity: DocumentFinding['severity'] = 'error',
): DocumentFinding {
  return { severity, offset, length, problem };
}
