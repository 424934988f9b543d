import { ApiError } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Destination } from '../../core/model/destination.ts';
import { provedAt } from '../../core/model/health.ts';
import { plainName } from '../../core/model/plain-text.ts';
import { parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';
import { type AccountEntry, isIncomplete } from '../../core/monitoring/account-state.ts';
import { createUserLimits } from '../../core/monitoring/call-budget.ts';
import { AccountRemovedError, connectionNow } from '../../core/monitoring/connection-now.ts';
import { unprovenDaysOf } from '../../core/monitoring/unproven.ts';
import { CALLS_PER_READ } from '../../core/policies/policy-store.ts';
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
 * from being tested. `onDone` is called for each account. Rejects with an `AbortError` once the signal aborts.
 */
export async function readPlans(
  afterDays: number,
  { store, policies, host, budgets }: Pick<Services, 'store' | 'policies' | 'host' | 'budgets'>,
  { signal, onDone }: { readonly signal: AbortSignal; readonly onDone?: () => void },
): Promise<Plans> {
  await store.refresh(undefined, { signal });
  signal.throwIfAborted();
  const limitOf = createUserLimits(budgets, host.sleep, signal);
  const missing: string[] = [];
  async function plan({ connection, state }: AccountEntry): Promise<AccountPlan[]> {
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
      const limit = limitOf(connection.token?.id, CALLS_PER_READ);
      const known = await limit(async () => policies.read(connectionNow(store, connection), signal));
      const isPartial = skippedIn(known.policies) > 0;
      return [{ connection, all, destinations, isPartial, ...chooseTests(known.policies, ids) }];
    } catch (error) {
      // The client has logged the error.
      if (error instanceof ApiError) {
        return miss();
      }
      if (error instanceof AccountRemovedError) {
        return [];
      }
      throw error;
    }
  }
  const plans = store.entries().map(async (entry) => plan(entry).finally(onDone));
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
