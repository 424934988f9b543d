import type { Connection } from '../../core/accounts/connection.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import { createLimit } from '../../core/async/limit.ts';
import { startOfDay } from '../../core/model/local-day.ts';
import { createIdSet } from '../../core/model/id.ts';
import { plain } from '../../core/model/plain-text.ts';
import { connectionNow } from '../../core/monitoring/connection-now.ts';
import { type AccountEntry, shownOf } from '../../core/monitoring/account-state.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import type { SentAlert } from '../../core/model/policy.ts';
import type { OverviewDetails } from '../../core/overview-protocol.ts';
import { countAlerts } from '../../core/policies/alert-counts.ts';
import { countPerDestination } from '../../core/policies/policy-counts.ts';
import type { Services } from '../../services.ts';
import { describeDays, summarizeDays } from '../text/timeline.ts';
import { OVERVIEW_DAYS } from './overview-texts.ts';

export type DetailServices = Pick<Services, 'store' | 'policies' | 'timelines' | 'budgets' | 'host'>;

/** Loads what the store does not have of a row: its timeline, policies and alerts. */
export type DetailLoader = {
  /** Passes the details of some destinations of an account to `post`, each as soon as it is there. Never rejects. */
  load(accountId: string, destinationIds: readonly string[]): Promise<void>;
  /** What was loaded of an account so far. */
  known(accountId: string, destinationId: string): Pick<OverviewDetails, 'policies' | 'alerts'>;
  /** Fetches all alerts again at the next use. With an account, which was removed: drops what was loaded of it. */
  forget(accountId?: string): void;
  /** Fetches the alerts of an account again at the next use. */
  forgetAlerts(accountId: string): void;
  dispose(): void;
};

/** Accounts that are fetched at the same time. */
const AT_ONCE = 2;
/** After this time, in milliseconds, the next use fetches the alerts again. */
const ALERTS_AGE = 10 * 60_000;
/** Policies, silences, names of alert types, and one page of alerts. */
const CALLS_PER_ACCOUNT = 4;

type Counts = ReadonlyMap<string, number> | null;

export function createDetailLoader(
  { store, policies, timelines, budgets, host }: DetailServices,
  post: (accountId: string, details: readonly OverviewDetails[]) => void,
): DetailLoader {
  const limit = createLimit(AT_ONCE);
  const stop = new AbortController();
  const alerts = new Map<string, { readonly at: number; readonly sent: Promise<readonly SentAlert[]> }>();
  /** The counts of the alerts that were fetched, for the destinations they were counted for. */
  const counted = new WeakMap<readonly SentAlert[], { readonly of: unknown; readonly counts: Counts }>();
  const counts = new Map<string, { policies?: Counts; alerts?: Counts }>();
  /** Numbers the loads. An older load that ends after a newer one must not replace its result. */
  let clock = 0;
  const newest = new Map<string, number>();

  /**
   * Waits until the calls fit into the share of background work, because the user did not ask for each of them. A token
   * that waits does not take the place of another token. The job gets the connection that the account has then.
   */
  async function fetchFor<T>(connection: Connection, job: (now: Connection) => Promise<T>): Promise<T> {
    for (;;) {
      const budget = budgets.of(connectionNow(store, connection).token?.id);
      const wait = budget.backgroundWait(CALLS_PER_ACCOUNT);
      await (wait > 0 && host.sleep(wait, stop.signal));
      const done = await limit(async () => {
        stop.signal.throwIfAborted();
        const now = connectionNow(store, connection);
        return budget.backgroundWait(CALLS_PER_ACCOUNT) > 0 ? undefined : { value: await job(now) };
      });
      if (done) {
        return done.value;
      }
    }
  }

  async function readPolicies({ connection, state }: AccountEntry): Promise<Counts> {
    const get = async (now: Connection) => policies.get(now);
    // `get` does not use policies that were fetched with another token.
    const known = await (policies.known(connection.account.id) ? get(connection) : fetchFor(connection, get));
    // A policy that could not be read may use any of them.
    return skippedIn(known.policies) > 0
      ? null
      : countPerDestination(known.policies, shownOf(state)?.destinations ?? []);
  }

  async function readAlerts(connection: Connection): Promise<readonly SentAlert[]> {
    return fetchFor(connection, async ({ account, api }) =>
      api.listSentAlerts(account.id, startOfDay(host.now(), OVERVIEW_DAYS - 1), stop.signal),
    );
  }

  /** A page asks for each row that it shows, so the same alerts are counted once for the same destinations. */
  function countFor(sent: readonly SentAlert[], destinations: readonly ShownDestination[]): Counts {
    const known = counted.get(sent);
    if (known?.of === destinations) {
      return known.counts;
    }
    const found = countAlerts(sent, destinations);
    counted.set(sent, { of: destinations, counts: found });
    return found;
  }

  /**
   * Shares one fetch per account, and counts for the destinations that are listed by then. A failure is not kept, and shown as
   * "could not be loaded".
   */
  async function alertsOf({ connection }: AccountEntry): Promise<Counts> {
    const { id } = connection.account;
    const known = alerts.get(id);
    const now = host.now();
    // A corrected clock must not keep the alerts for longer.
    const running = known && Math.abs(now - known.at) < ALERTS_AGE ? known : { at: now, sent: readAlerts(connection) };
    alerts.set(id, running);
    try {
      return countFor(await running.sent, shownOf(store.entry(id)?.state)?.destinations ?? []);
    } catch {
      if (alerts.get(id) === running) {
        alerts.delete(id);
      }
      return null;
    }
  }

  async function postDays(entry: AccountEntry, wanted: ReturnType<typeof createIdSet>): Promise<void> {
    const { account } = entry.connection;
    const history = await timelines.of(account.id);
    const destinations = shownOf(store.entry(account.id)?.state)?.destinations ?? [];
    const details = destinations.flatMap((destination): OverviewDetails[] => {
      if (!wanted.has(destination.id)) {
        return [];
      }
      const days = describeDays(history.destination(destination.id), destination, OVERVIEW_DAYS, host.now());
      return [
        {
          destinationId: destination.id,
          days: days.map(({ state, text }) => ({ state, text: plain(text) })),
          summary: summarizeDays(days),
        },
      ];
    });
    send(account.id, details);
  }

  async function postCounts(entry: AccountEntry, ids: readonly string[], kind: 'policies' | 'alerts'): Promise<void> {
    const { account } = entry.connection;
    clock += 1;
    const turn = clock;
    const read = kind === 'policies' ? readPolicies(entry) : alertsOf(entry);
    // The client has logged the error.
    const loaded = await read.catch(() => null);
    if (!store.entry(account.id)) {
      return;
    }
    const key = `${kind} ${account.id}`;
    const isOld = (newest.get(key) ?? 0) > turn;
    const found = isOld ? (counts.get(account.id)?.[kind] ?? null) : loaded;
    if (!isOld) {
      newest.set(key, turn);
      counts.set(account.id, { ...counts.get(account.id), [kind]: found });
    }
    send(
      account.id,
      ids.map((destinationId) => ({ destinationId, [kind]: found && (found.get(destinationId) ?? 0) })),
    );
  }

  function send(accountId: string, details: readonly OverviewDetails[]): void {
    if (!stop.signal.aborted && details.length > 0) {
      post(accountId, details);
    }
  }

  return {
    async load(accountId, destinationIds) {
      const entry = store.entry(accountId);
      if (entry) {
        await Promise.all([
          postDays(entry, createIdSet(destinationIds)),
          postCounts(entry, destinationIds, 'policies'),
          postCounts(entry, destinationIds, 'alerts'),
        ]);
      }
    },
    known(accountId, destinationId) {
      const known = counts.get(accountId);
      const valueOf = (found: Counts | undefined): number | undefined => found?.get(destinationId);
      const [policyCount, alertCount] = [valueOf(known?.policies), valueOf(known?.alerts)];
      return {
        ...(policyCount === undefined ? {} : { policies: policyCount }),
        ...(alertCount === undefined ? {} : { alerts: alertCount }),
      };
    },
    forget(accountId) {
      if (accountId === undefined) {
        alerts.clear();
      } else {
        alerts.delete(accountId);
        counts.delete(accountId);
      }
    },
    forgetAlerts: (accountId) => void alerts.delete(accountId),
    dispose: () => stop.abort(),
  };
}
