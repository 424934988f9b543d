import type { Health } from '../model/health.ts';
import { type AccountState, isIncomplete, shownOf } from './account-state.ts';

/** Counts over all accounts. A change of one account subtracts its old state and adds its new one. */
export type Totals = {
  readonly accounts: number;
  /** Accounts by the kind of their state. */
  readonly states: Readonly<Record<AccountState['kind'], number>>;
  /** Destinations by health, as last fetched. */
  readonly health: Readonly<Record<Health, number>>;
  /** Accounts shown from the cache, because this window has not refreshed them yet. */
  readonly cached: number;
  /** Accounts whose last refresh could not reach Cloudflare. */
  readonly unreachable: number;
  /** Accounts that were refreshed, but whose list has entries that could not be read. Any of those may be failing. */
  readonly incomplete: number;
};

export const NO_ACCOUNTS: Totals = {
  accounts: 0,
  states: { idle: 0, loading: 0, ready: 0, failed: 0 },
  health: { failing: 0, healthy: 0, unused: 0 },
  cached: 0,
  unreachable: 0,
  incomplete: 0,
};

/** Subtracts one account in this state. */
export function subtractState(totals: Totals, state: AccountState): Totals {
  return shift(totals, state, -1);
}

export function addState(totals: Totals, state: AccountState): Totals {
  return shift(totals, state, 1);
}

function shift(totals: Totals, state: AccountState, by: 1 | -1): Totals {
  const { accounts, states, health, cached, unreachable, incomplete } = totals;
  const counts = shownOf(state)?.counts ?? NO_ACCOUNTS.health;
  const isUnreachable = state.kind === 'failed' && state.error.kind === 'network';
  return {
    accounts: accounts + by,
    states: { ...states, [state.kind]: states[state.kind] + by },
    health: {
      failing: health.failing + by * counts.failing,
      healthy: health.healthy + by * counts.healthy,
      unused: health.unused + by * counts.unused,
    },
    cached: cached + (state.cached && state.kind !== 'failed' ? by : 0),
    unreachable: unreachable + (isUnreachable ? by : 0),
    incomplete: incomplete + (isIncomplete(state) ? by : 0),
  };
}
