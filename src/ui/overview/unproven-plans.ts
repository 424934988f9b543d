import { ApiError } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Destination } from '../../core/model/destination.ts';
import { provedAt } from '../../core/model/health.ts';
import { plainName } from '../../core/model/plain-text.ts';
import { parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';
import { isIncomplete } from '../../core/monitoring/account-state.ts';
import { unprovenDaysOf } from '../../core/monitoring/unproven.ts';
import { chooseTests, type TestPlan } from '../../core/testing/unproven-tests.ts';
import type { Services } from '../../services.ts';

/** What to test in one account. */
export type AccountPlan = TestPlan & {
  readonly connection: Connection;
  /** Those that are not proved. */
  readonly destinations: readonly Destination[];
  /** Whether the list of policies had entries that could not be read. */
  readonly isPartial: boolean;
  /** All of the account, by which a policy names its recipients. */
  readonly all: readonly Destination[];
};

/**
 * What there is to test, and the names of the accounts that could not be loaded. `incomplete`: how many others could not be read
 * as a whole. `isEachProved`: whether each destination that could be read has had a success in this time.
 */
export type Plans = {
  readonly plans: readonly AccountPlan[];
  readonly missing: readonly string[];
  readonly incomplete: number;
  readonly isEachProved: boolean;
};

/**
 * Refreshes all accounts, and chooses the policies to test. An account that cannot be loaded does not keep the others
 * from being tested.
 */
export async function readPlans(
  afterDays: number,
  { store, policies, host }: Pick<Services, 'store' | 'policies' | 'host'>,
): Promise<Plans> {
  await store.refresh();
  const missing: string[] = [];
  const plans = store.entries().map(async ({ connection, state }): Promise<AccountPlan[]> => {
    const miss = (): [] => {
      missing.push(plainName(connection.account.name));
      return [];
    };
    if (state.kind !== 'ready') {
      return miss();
    }
    const all = state.last.destinations;
    const destinations = all.filter((each) => unprovenDaysOf(provedAt(each), afterDays, host.now()) !== undefined);
    if (destinations.length === 0) {
      return [];
    }
    const ids = destinations.map(({ id }) => id);
    try {
      const known = await policies.read(connection);
      const isPartial = skippedIn(known.policies) > 0;
      return [{ connection, all, destinations, isPartial, ...chooseTests(known.policies, ids) }];
    } catch (error) {
      // The client has logged the error.
      if (error instanceof ApiError) {
        return miss();
      }
      throw error;
    }
  });
  const made = (await Promise.all(plans)).flat();
  const read = store.entries().flatMap(({ state }) => (state.kind === 'ready' ? state.last.destinations : []));
  return {
    plans: made,
    missing,
    incomplete: store.entries().filter(({ state }) => isIncomplete(state)).length,
    isEachProved: read.every((each) => unprovenDaysOf(succeededAt(each) ?? 0, afterDays, host.now()) === undefined),
  };
}

function succeededAt({ lastSuccess }: Destination): number | undefined {
  const success = parseTimestamp(lastSuccess);
  return success && toMilliseconds(success);
}
