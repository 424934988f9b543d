import type { Api } from '../api/client.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { canStandFor, type Difference, planChange } from '../model/plan.ts';

/** What became of each difference. */
export type UpdateOutcome = {
  /** Read back as it was sent. */
  readonly took: readonly Difference[];
  /** Read back as it was before: Cloudflare ignored it without a word. */
  readonly ignored: readonly Difference[];
  /** Cannot be read back: secrets, and the part of a URL that Cloudflare takes out as one. */
  readonly unknown: readonly Difference[];
  /** As read after the update. */
  readonly destination: Destination;
};

/**
 * Updates a destination and reads it back, since the update call answers 200 also where it changes nothing. For a
 * mere rename the URL is sent unchanged, with the secret this machine remembers if there is one, so that none gets lost.
 * Throws the `ApiError` of either call; after one of the second call nobody knows what took.
 */
export async function updateDestination(
  api: Api,
  accountId: string,
  current: Destination,
  draft: Draft,
  rememberedSecret: string | undefined,
  signal?: AbortSignal,
): Promise<UpdateOutcome> {
  const { differences } = planChange(current, draft);
  const secret = draft.secret ?? rememberedSecret;
  const body = { name: draft.name, url: draft.url, ...(secret === undefined ? {} : { secret }) };
  await api.updateDestination(accountId, current.id, body, signal);
  const destination = await api.getDestination(accountId, current.id, signal);
  const verdicts = differences
    .filter((difference) => difference !== 'type')
    .map((difference) => [difference, judge(difference, current, draft, destination)] as const);
  const having = (verdict: Verdict): readonly Difference[] =>
    verdicts.filter(([, each]) => each === verdict).map(([difference]) => difference);
  return { took: having('took'), ignored: having('ignored'), unknown: having('unknown'), destination };
}

type Verdict = 'took' | 'ignored' | 'unknown';

function judge(difference: Difference, current: Destination, draft: Draft, now: Destination): Verdict {
  switch (difference) {
    case 'name':
      return now.name === draft.name ? 'took' : 'ignored';
    case 'url':
      if (now.url === draft.url) {
        return 'took';
      }
      if (!canStandFor(now.url, draft.url)) {
        return 'ignored';
      }
      // What is left of the new URL without its secret; where the old one looked the same, nothing can be told.
      return now.url === current.url ? 'unknown' : 'took';
    case 'secret':
    case 'type':
      return 'unknown';
    default:
      return difference satisfies never;
  }
}
