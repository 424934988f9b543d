import { guessType } from './destination-types/index.ts';
import type { Destination, Draft } from './destination.ts';

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

/** Compares a destination with a draft and returns the operation that saving requires. Sends nothing. */
export function planChange(current: Destination, draft: Draft): Plan {
  const type = guessType(draft.url)?.type;
  const url = draft.url !== current.url;
  const differences: readonly Difference[] = [
    ...(draft.name === current.name ? [] : (['name'] as const)),
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

/**
 * Returns whether a URL returned by Cloudflare can be the URL that was sent. For types with the secret in the URL,
 * Cloudflare redacts the secret in an undocumented way, so the same origin and a prefix of the path are accepted.
 */
export function canStandFor(returned: string, sent: string): boolean {
  if (returned === sent) {
    return true;
  }
  if (guessType(sent)?.secret !== 'url' || !URL.canParse(returned)) {
    return false;
  }
  const [short, whole] = [new URL(returned), new URL(sent)];
  const path = short.pathname.replace(/\/$/, '');
  return short.origin === whole.origin && (whole.pathname === path || whole.pathname.startsWith(`${path}/`));
}
