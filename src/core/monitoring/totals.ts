import type { Health } from '../model/health.ts';
import { type AccountState, shownOf } from './account-state.ts';

/** How all accounts stand together. Kept up to date by what one changed account takes away and adds. */
export type Totals = {
  readonly accounts: number;
  /** Accounts by the kind of their state. */
  readonly states: Readonly<Record<AccountState['kind'], number>>;
  /** Destinations by health, as last known. */
  readonly health: Readonly<Record<Health, number>>;
  /** Accounts shown from the cache, since they have not been refreshed in this window yet. */
  readonly cached: number;
  /** Accounts whose last refresh could not reach Cloudflare at all. */
  readonly unreachable: number;
};

export const NO_ACCOUNTS: Totals = {
  accounts: 0,
  states: { idle: 0, loading: 0, ready: 0, failed: 0 },
  health: { failing: 0, healthy: 0, unused: 0 },
  cached: 0,
  unreachable: 0,
};

/** Without what an account in this state counts for. */
export function subtractState(totals: Totals, state: AccountState): Totals {
  return shift(totals, state, -1);
}

export function addState(totals: Totals, state: AccountState): Totals {
  return shift(totals, state, 1);
}

function shift({ accounts, states, health, cached, unreachable }: Totals, state: AccountState, by: 1 | -1): Totals {
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
  };
}
