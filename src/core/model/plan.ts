import { DESTINATION_TYPES, guessType } from './destination-types/index.ts';
import type { Destination, Draft } from './destination.ts';
import { isSameAddress, normalizeAddress } from './web-address.ts';
import { parseUrl } from './parse-url.ts';

/**
 * The operation that saving a draft requires:
 * - `nothing`: the draft equals the destination
 * - `rename`: only the name changes, which Cloudflare applies reliably
 * - `update`: the URL or the secret changes. The API reference allows this, but users report that a changed URL is
 *   ignored (terraform-provider-cloudflare #2266, #7358), so the destination is fetched again to check the result
 * - `replace`: the new URL has a different type, and the type of a destination cannot change
 */
export type PlanKind = 'nothing' | 'rename' | 'update' | 'replace';

/** The fields that differ. `type` differs only together with `url`. */
export type Difference = 'name' | 'url' | 'secret' | 'type';

export type Plan = { readonly kind: PlanKind; readonly differences: readonly Difference[] };

/** Decides what has to be done for the destination to become what the draft says. Sends nothing. */
export function planChange(current: Destination, draft: Draft, types = DESTINATION_TYPES): Plan {
  const type = guessType(draft.url, types)?.type;
  const url = !isSameAddress(draft.url, current.url);
  const differences: readonly Difference[] = [
    ...(draft.name.trim() === current.name.trim() ? [] : (['name'] as const)),
    ...(url ? (['url'] as const) : []),
    ...(draft.secret === undefined ? [] : (['secret'] as const)),
    ...(url && type !== undefined && current.type !== '' && type !== current.type ? (['type'] as const) : []),
  ];
  return { kind: kindOf(differences), differences };
}

function kindOf(differences: readonly Difference[]): PlanKind {
  if (differences.length === 0) {
    return 'nothing';
  }
  if (differences.includes('type')) {
    return 'replace';
  }
  return differences.length === 1 && differences[0] === 'name' ? 'rename' : 'update';
}

/** Whether a URL that Cloudflare returns can be the one that was sent, of which Cloudflare may keep the secret part. */
export function canStandFor(returned: string, sent: string, types = DESTINATION_TYPES): boolean {
  if (isSameAddress(returned, sent)) {
    return true;
  }
  const type = guessType(sent, types);
  const [known, whole] = [parseUrl(returned), parseUrl(normalizeAddress(sent))];
  return type?.secret === 'url' && known !== undefined && whole !== undefined && type.mayReturn(known, whole);
}
