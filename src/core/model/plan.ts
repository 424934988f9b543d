import { guessType } from './destination-types/index.ts';
import type { Destination, Draft } from './destination.ts';
import { isSameAddress } from './web-address.ts';

/**
 * What saving a draft comes to:
 * - `nothing`: it says what there is already
 * - `rename`: only the name changes, which Cloudflare does reliably
 * - `update`: URL or secret change; the update call takes them by its reference, but users report that a changed URL
 *   is ignored (terraform-provider-cloudflare #2266, #7358), so what took is read back
 * - `replace`: the new URL stands for another type, which a destination cannot change
 */
export type PlanKind = 'nothing' | 'rename' | 'update' | 'replace';

/** What differs; `type` only as a consequence of `url`. */
export type Difference = 'name' | 'url' | 'secret' | 'type';

export type Plan = { readonly kind: PlanKind; readonly differences: readonly Difference[] };

/** Decides what has to be done for the destination to become what the draft says. Sends nothing. */
export function planChange(current: Destination, draft: Draft): Plan {
  const type = guessType(draft.url)?.type;
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

/**
 * Whether a URL that Cloudflare returns can be the one that was sent. For Slack, Discord, Google Chat and Feishu it
 * takes the secret out, and nobody documents what it leaves: the same host, and a beginning of the path, is accepted.
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
  // A parameter that comes back with another value is not the one that was sent.
  if ([...short.searchParams].some(([name, value]) => whole.searchParams.get(name) !== value)) {
    return false;
  }
  return short.origin === whole.origin && (whole.pathname === path || whole.pathname.startsWith(`${path}/`));
}
