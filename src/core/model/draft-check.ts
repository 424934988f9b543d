import type { UrlProblem } from './destination-types/destination-type.ts';
import { DESTINATION_TYPES, guessType } from './destination-types/index.ts';
import type { Draft } from './destination.ts';

/** What is wrong, or doubtful, with a draft, as data; `ui` has the words. */
export type DraftProblem =
  | { readonly field: 'name'; readonly kind: 'empty' }
  | { readonly field: 'url'; readonly kind: 'empty' | 'notAnAddress' | 'notHttp' | 'credentials' }
  | { readonly field: 'url'; readonly kind: 'insecure'; readonly type: string }
  | ({ readonly field: 'url' } & UrlProblem)
  /** `path` is what tells that the URL is for another product of the service `type`; `example` is a URL of the type. */
  | {
      readonly field: 'url';
      readonly kind: 'otherProduct';
      readonly type: string;
      readonly path: string;
      readonly example: string;
    }
  | { readonly field: 'secret'; readonly kind: 'missing'; readonly type: string }
  | { readonly field: 'secret'; readonly kind: 'unused'; readonly type: string };

/** `error`: Cloudflare is sure to refuse it. `warning`: it may, or may not do what is meant. */
export type DraftFinding = { readonly severity: 'error' | 'warning'; readonly problem: DraftProblem };

/**
 * Checks a draft by the rules of the type its URL stands for. `known` says what need not be typed again: a destination
 * that exists keeps its secret.
 */
export function checkDraft(
  draft: Draft,
  known: { readonly secret: boolean },
  types = DESTINATION_TYPES,
): readonly DraftFinding[] {
  const findings: DraftFinding[] = [];
  const error = (problem: DraftProblem): void => void findings.push({ severity: 'error', problem });
  const warning = (problem: DraftProblem): void => void findings.push({ severity: 'warning', problem });

  if (draft.name.trim() === '') {
    error({ field: 'name', kind: 'empty' });
  }
  const address = draft.url.trim();
  if (address === '') {
    error({ field: 'url', kind: 'empty' });
    return findings;
  }
  if (!URL.canParse(address)) {
    error({ field: 'url', kind: 'notAnAddress' });
    return findings;
  }
  const url = new URL(address);
  const type = guessType(address, types);
  if (!type) {
    error({ field: 'url', kind: 'notHttp' });
    return findings;
  }
  if (url.username || url.password) {
    warning({ field: 'url', kind: 'credentials' });
  }
  if (type.secure && url.protocol === 'http:') {
    error({ field: 'url', kind: 'insecure', type: type.label });
  }
  for (const problem of type.check?.(url) ?? []) {
    warning({ field: 'url', ...problem });
  }
  for (const { label, example, findOtherProduct } of types) {
    const path = findOtherProduct?.(url);
    if (path !== undefined) {
      warning({ field: 'url', kind: 'otherProduct', type: label, path, example });
    }
  }
  if (type.secret === 'required' && !draft.secret && !known.secret) {
    error({ field: 'secret', kind: 'missing', type: type.label });
  }
  if (type.secret === 'url' && draft.secret) {
    warning({ field: 'secret', kind: 'unused', type: type.label });
  }
  return findings;
}
