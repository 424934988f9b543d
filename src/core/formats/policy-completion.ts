import { findNodeAtLocation, getLocation, parseTree } from 'jsonc-parser';
import type { TextRange } from './json-parse.ts';
import type { PolicyContext } from './policy-document.ts';

/** A value to insert into a policy document. */
export type Suggestion = {
  readonly kind: 'alertType' | 'filter' | 'value' | 'destination';
  /** What the user reads: a display name, or the value itself. Untrusted text. */
  readonly label: string;
  readonly detail: string;
  /** JSON. */
  readonly insert: string;
};

export type Suggestions = TextRange & { readonly suggestions: readonly Suggestion[] };

/**
 * What can be inserted at an offset: alert types, filters of the alert type, their allowed values, and destinations. The
 * range is the text to replace. Never throws.
 */
export function suggestAt(text: string, offset: number, context: PolicyContext): Suggestions | undefined {
  try {
    return find(text, offset, context);
  } catch {
    // Too deep for the parser.
    return undefined;
  }
}

function find(
  text: string,
  offset: number,
  { alertTypes = [], destinations = [] }: PolicyContext,
): Suggestions | undefined {
  const { path, previousNode, isAtPropertyKey } = getLocation(text, offset);
  const isInside =
    // The parser calls the key of a property a node of the type `property`.
    (previousNode?.type === 'string' || previousNode?.type === 'property') &&
    previousNode.offset <= offset &&
    offset <= previousNode.offset + previousNode.length;
  const range = isInside ? { offset: previousNode.offset, length: previousNode.length } : { offset, length: 0 };
  const [field, key, index, last] = path;
  const suggest = (suggestions: readonly Suggestion[]): Suggestions => ({ ...range, suggestions });
  if (field === 'alert_type' && path.length === 1 && !isAtPropertyKey) {
    return suggest(
      alertTypes.map(({ type, name, product, description }) => ({
        kind: 'alertType',
        label: type,
        detail: [product, name, description].filter(Boolean).join(' · '),
        insert: JSON.stringify(type),
      })),
    );
  }
  const root = parseTree(text);
  const typeNode = root && findNodeAtLocation(root, ['alert_type']);
  const filters = alertTypes.find(({ type }) => type === typeNode?.value)?.filters ?? [];
  if (field === 'filters' && path.length === 2 && isAtPropertyKey) {
    const rest = text.slice(range.offset + range.length).trimStart();
    return suggest(
      filters.map((filter) => ({
        kind: 'filter',
        label: filter.key,
        detail: filter.values.map(({ id }) => id).join(', '),
        insert: rest.startsWith(':') ? JSON.stringify(filter.key) : `${JSON.stringify(filter.key)}: []`,
      })),
    );
  }
  if (field === 'filters' && path.length === 3 && typeof index === 'number') {
    const given = root && findNodeAtLocation(root, ['filters', String(key)]);
    const used = new Set((given?.children ?? []).map(({ value }): unknown => value));
    return suggest(
      (filters.find((each) => each.key === key)?.values ?? [])
        .filter(({ id }) => !used.has(id))
        .map(({ id, description }) => ({ kind: 'value', label: id, detail: description, insert: JSON.stringify(id) })),
    );
  }
  const isRecipient = field === 'mechanisms' && key === 'webhooks' && typeof index === 'number';
  const isId = isRecipient && path.length === 4 && last === 'id' && !isAtPropertyKey;
  if (isId || (isRecipient && path.length === 3)) {
    return suggest(
      destinations.map(({ id, name, type }) => ({
        kind: 'destination',
        label: name,
        detail: `${type} · ${id}`,
        insert: isId ? JSON.stringify(id) : `{ "id": ${JSON.stringify(id)} }`,
      })),
    );
  }
  return undefined;
}
