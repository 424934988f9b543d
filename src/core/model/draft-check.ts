import type { UrlProblem } from './destination-types/destination-type.ts';
import { DESTINATION_TYPES, guessType } from './destination-types/index.ts';
import type { Draft } from './destination.ts';
import {
  findInvalidPart,
  findInvisible,
  isSameAddress,
  normalizeAddress,
  normalizeName,
  type Place,
} from './web-address.ts';
import { lacksSecret } from './whole-url.ts';
import { parseUrl } from './parse-url.ts';

/** A problem of a draft, as data; `ui` has the messages. `place` is the affected part of the value. */
export type DraftProblem =
  | { readonly field: 'name'; readonly kind: 'empty' }
  | { readonly field: 'url'; readonly kind: 'empty' | 'notHttp' | 'credentials' }
  | { readonly field: 'url'; readonly kind: 'notAnAddress' | 'invisible'; readonly place: Place }
  | { readonly field: 'url'; readonly kind: 'insecure' | 'incomplete'; readonly type: string }
  | ({ readonly field: 'url'; readonly type: string } & UrlProblem)
  /** `path` shows that the URL belongs to another product of the service `type`. `example` is a URL of the type. */
  | {
      readonly field: 'url';
      readonly kind: 'otherProduct';
      readonly type: string;
      readonly path: string;
      readonly example: string;
    }
  | { readonly field: 'secret'; readonly kind: 'missing'; readonly type: string }
  | { readonly field: 'secret'; readonly kind: 'unused'; readonly type: string };

/** `error`: Cloudflare will certainly refuse it. `warning`: Cloudflare may refuse it, or the result may surprise. */
export type DraftFinding = { readonly severity: 'error' | 'warning'; readonly problem: DraftProblem };

/** Values that the user does not need to enter again. */
export type Known = {
  /** Whether a secret exists already: an existing destination keeps its secret. */
  readonly secret: boolean;
  /** The URL that the secret belongs to; absent if it belongs to any URL. */
  readonly url?: string;
};

/** Checks an entered draft by the rules of the type that matches its URL. */
export function checkDraft(draft: Draft, known: Known, types = DESTINATION_TYPES): readonly DraftFinding[] {
  const findings: DraftFinding[] = [];
  const error = (problem: DraftProblem): void => void findings.push({ severity: 'error', problem });
  const warning = (problem: DraftProblem): void => void findings.push({ severity: 'warning', problem });

  if (normalizeName(draft.name) === '') {
    error({ field: 'name', kind: 'empty' });
  }
  const address = normalizeAddress(draft.url);
  if (address === '') {
    error({ field: 'url', kind: 'empty' });
    return findings;
  }
  const url = parseUrl(address);
  if (!url) {
    error({ field: 'url', kind: 'notAnAddress', place: findInvalidPart(draft.url) });
    return findings;
  }
  const type = guessType(address, types);
  if (!type) {
    error({ field: 'url', kind: 'notHttp' });
    return findings;
  }
  const invisible = findInvisible(draft.url);
  if (invisible) {
    warning({ field: 'url', kind: 'invisible', place: invisible });
  }
  if (url.username || url.password) {
    warning({ field: 'url', kind: 'credentials' });
  }
  if (type.secure && url.protocol === 'http:') {
    error({ field: 'url', kind: 'insecure', type: type.label });
  }
  for (const problem of type.check?.(url) ?? []) {
    const tell = problem.kind === 'refused' ? error : warning;
    tell({ field: 'url', type: type.label, ...problem });
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
  if (type.secret === 'url') {
    const isKnown = known.secret && (known.url === undefined || isSameAddress(address, known.url));
    const isCut = lacksSecret(type, address);
    if (isCut && !draft.secret && !isKnown) {
      error({ field: 'url', kind: 'incomplete', type: type.label });
    }
    if (!isCut && draft.secret) {
      warning({ field: 'secret', kind: 'unused', type: type.label });
    }
  }
  return findings;
}
