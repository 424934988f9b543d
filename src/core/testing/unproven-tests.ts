import { ApiError, isUncertain } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { isCanceled } from '../async/canceled.ts';
import type { Limit } from '../async/limit.ts';
import type { Destination } from '../model/destination.ts';
import { comparableId, createIdSet } from '../model/id.ts';
import { countMechanisms, hasSameRecipients, type Policy } from '../model/policy.ts';
import { AccountRemovedError } from '../monitoring/connection-now.ts';
import { PAUSES, type PolicyTest, whatMoved } from './test-through-policy.ts';

/** The policies whose test reaches some destinations, and the destinations that no policy reaches. */
export type TestPlan = { readonly policies: readonly Policy[]; readonly unreached: readonly string[] };

/**
 * Chooses policies so that each destination receives a test. A test notifies every recipient of a policy, so few policies
 * are chosen: the one that reaches most of the remaining destinations first, then an enabled one, then the one with the
 * fewest recipients.
 */
export function chooseTests(policies: readonly Policy[], destinationIds: readonly string[]): TestPlan {
  const chosen: Policy[] = [];
  let left = destinationIds;
  for (;;) {
    const remaining = createIdSet(left);
    const reach = (policy: Policy): number =>
      new Set(
        webhooksOf(policy)
          .filter((id) => remaining.has(id))
          .map(comparableId),
      ).size;
    const [best] = policies
      .filter((policy) => reach(policy) > 0)
      .toSorted(
        (a, b) =>
          reach(b) - reach(a) || Number(b.enabled) - Number(a.enabled) || countMechanisms(a) - countMechanisms(b),
      );
    if (!best) {
      return { policies: chosen, unreached: left };
    }
    chosen.push(best);
    const reached = createIdSet(webhooksOf(best));
    left = left.filter((id) => !reached.has(id));
  }
}

/** Splits confirmed policies by whether a test still notifies the recipients that the user saw. `now`: just fetched. */
export function splitConfirmed(
  confirmed: readonly Policy[],
  now: readonly Policy[],
): { readonly same: readonly Policy[]; readonly changed: readonly Policy[] } {
  const current = new Map(now.map((policy) => [policy.id, policy]));
  const isSame = ({ id, whole }: Policy): boolean => {
    const found = current.get(id);
    return found !== undefined && hasSameRecipients(whole, found.whole);
  };
  return { same: confirmed.filter(isSame), changed: confirmed.filter((policy) => !isSame(policy)) };
}

/** What the destinations showed after the tests, and which policies were not tested and why. */
export type UnprovenTests = {
  /** By destination ID. Only destinations to which a test may have been sent. */
  readonly moved: ReadonlyMap<string, PolicyTest['moved']>;
  /** Of `nothing`: the IDs where that is unknown, because the last poll failed or did not list the destination. */
  readonly unread: ReadonlySet<string>;
  /** Cloudflare refused the test, or it may not have been sent. */
  readonly problems: readonly { readonly policy: Policy; readonly error: ApiError }[];
  /** The tests were canceled before these were sent. */
  readonly unsent: readonly Policy[];
  /** The user or `removal` canceled the tests, so that `nothing` does not mean a minute without a result. */
  readonly isCanceled: boolean;
  /** The account was removed during the tests. */
  readonly removal?: AccountRemovedError;
};

/** The result of tests that were canceled before the first one was sent. */
export function asUnsent(policies: readonly Policy[]): UnprovenTests {
  return { moved: new Map(), unread: new Set(), problems: [], unsent: policies, isCanceled: true };
}

type UnprovenTarget = {
  /** Read again right before each call, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'sleep'>;
  readonly accountId: string;
};

type UnprovenOptions = {
  /** Receives the destinations of each poll. */
  readonly onRead: (destinations: readonly Destination[]) => void;
  readonly signal: AbortSignal;
  /** Runs each call once it may be sent. Rejects with an `AbortError` once the signal aborts. Default: at once. */
  readonly limit?: Limit;
};

/**
 * Tests the policies once each (`POST …/policies/{id}/test`), one after another. Then polls the destinations of the
 * account for up to a minute, until each of `destinationIds` has a new success or failure. A canceled signal sends
 * no further test, and ends the polling, as does an `api` that throws {@link AccountRemovedError}. Throws the error of the first
 * list: nothing was sent then. Throws an unexpected error of a test.
 */
export async function testPolicies(
  target: UnprovenTarget,
  policies: readonly Policy[],
  destinationIds: readonly string[],
  { onRead, signal, limit = async (job) => job() }: UnprovenOptions,
): Promise<UnprovenTests> {
  const { host, accountId } = target;
  const list = async (): Promise<readonly Destination[]> => limit(async () => target.api.listDestinations(accountId));
  // Fetch first: an earlier change would count as the result of the test.
  const before = byId(await list());
  const problems: UnprovenTests['problems'][number][] = [];
  const unsent: Policy[] = [];
  const sent: Policy[] = [];
  let removal: AccountRemovedError | undefined;
  for (const policy of policies) {
    if (signal.aborted || removal) {
      unsent.push(policy);
      continue;
    }
    try {
      // Do not pass the signal on: a requested test cannot be canceled.
      await limit(async () => target.api.testPolicy(accountId, policy.id));
      sent.push(policy);
    } catch (error) {
      removal = error instanceof AccountRemovedError ? error : removal;
      if (removal || isCanceled(error)) {
        unsent.push(policy);
        continue;
      }
      if (!(error instanceof ApiError)) {
        throw error;
      }
      problems.push({ policy, error });
      // Cloudflare refuses the test if one recipient fails, so the others may have received it.
      if (error.kind === 'rejected' || isUncertain(error)) {
        sent.push(policy);
      }
    }
  }
  const reached = createIdSet(sent.flatMap(webhooksOf));
  const moved = new Map<string, PolicyTest['moved']>(
    destinationIds.filter((id) => reached.has(id) && before.has(comparableId(id))).map((id) => [id, 'nothing']),
  );
  let current: ReadonlyMap<string, Destination> | undefined;
  for (const pause of moved.size > 0 && !removal ? PAUSES : []) {
    try {
      await host.sleep(pause, signal);
    } catch {
      break;
    }
    const now = await list().catch((error: unknown) => {
      // Ignore another failed poll; the next one may succeed.
      removal = error instanceof AccountRemovedError ? error : removal;
      return undefined;
    });
    if (removal) {
      break;
    }
    current = now && byId(now);
    if (now && current) {
      onRead(now);
      for (const id of moved.keys()) {
        const [old, destination] = [before.get(comparableId(id)), current.get(comparableId(id))];
        if (old && destination) {
          moved.set(id, whatMoved(old, destination));
        }
      }
      if (![...moved.values()].includes('nothing')) {
        break;
      }
    }
  }
  const unread = [...moved].flatMap(([id, each]) =>
    each === 'nothing' && !current?.has(comparableId(id)) ? [id] : [],
  );
  return {
    moved,
    unread: new Set(unread),
    problems,
    unsent,
    isCanceled: signal.aborted || removal !== undefined,
    ...(removal ? { removal } : {}),
  };
}

function webhooksOf({ mechanisms }: Policy): readonly string[] {
  return mechanisms['webhooks'] ?? [];
}

/** By the comparable form of the ID. */
function byId(destinations: readonly Destination[]): ReadonlyMap<string, Destination> {
  return new Map(destinations.map((destination) => [comparableId(destination.id), destination]));
}
