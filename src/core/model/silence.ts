import { isSameId } from './id.ts';

/** A period in which Cloudflare sends no alert of a policy (`GET …/silences`). Times are as Cloudflare sent them. */
export type Silence = { readonly policyId: string; readonly start: string; readonly end: string };

/** Whether a silence begins or ends between two times, which are in milliseconds since the epoch. */
export function changesBetween({ start, end }: Silence, before: number, now: number): boolean {
  return [start, end].some((each) => before < Date.parse(each) && Date.parse(each) <= now);
}

/**
 * When the silence of a policy ends, as Cloudflare sent it; undefined if the policy is not silenced now. The latest end of
 * several silences counts. `now` is in milliseconds since the epoch. A silence without a readable time is ignored.
 */
export function silencedUntil(silences: readonly Silence[], policyId: string, now: number): string | undefined {
  return silences
    .filter((silence) => isSameId(silence.policyId, policyId))
    .filter(({ start, end }) => Date.parse(start) <= now && now < Date.parse(end))
    .toSorted((a, b) => Date.parse(b.end) - Date.parse(a.end))[0]?.end;
}
