import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Log } from '../../core/api/transport.ts';
import type { Destination } from '../../core/model/destination.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Snapshot } from '../../core/monitoring/snapshot.ts';
import type { Store } from '../../core/monitoring/store.ts';
import {
  findTransitions,
  formatKnownFailures,
  keepAccounts,
  type KnownFailures,
  parseKnownFailures,
} from '../../core/monitoring/transitions.ts';
import type { State } from '../host/ordered-state.ts';
import { readSettings } from '../host/settings.ts';

const KNOWN_KEY = 'knownFailures';
/** How long new failures are gathered for one notification, in milliseconds. */
const LONGEST_GATHERING = 10_000;

/**
 * Detects new failures and recoveries once, across windows and restarts. Both are logged. New failures also show a
 * notification if the setting `notifyOnNewFailure` is on. `tellNewFailures` shows it.
 */
export function createFailureNotice(
  state: State,
  store: Store,
  log: Log,
  tellNewFailures: (failing: readonly Located[]) => Promise<void>,
): vscode.Disposable {
  let gathered: readonly Located[] = [];

  const readKnown = (): KnownFailures => parseKnownFailures(state.get(KNOWN_KEY));

  /** Processes all accounts of a burst together, because the known failures are loaded and saved as a whole. */
  function look(snapshots: ReadonlyMap<string, Snapshot>): void {
    // Load the current state, because another window may have detected the same failure.
    const before = readKnown();
    let known = before;
    for (const [accountId, { destinations }] of snapshots) {
      const connection = store.entry(accountId)?.connection;
      if (connection) {
        known = lookAt(connection, destinations, known);
      }
    }
    if (known !== before) {
      void state.update(KNOWN_KEY, formatKnownFailures(known));
    }
  }

  function lookAt(connection: Connection, destinations: readonly Destination[], before: KnownFailures): KnownFailures {
    const { id: accountId } = connection.account;
    const { newlyFailing, recovered, known } = findTransitions(before, accountId, destinations);
    const note = (id: string, what: string): void => log('info', `Destination ${id} of account ${accountId} ${what}`);
    for (const id of recovered) {
      note(id, 'has recovered');
    }
    for (const { id } of newlyFailing) {
      note(id, 'is now failing');
    }
    if (newlyFailing.length > 0 && readSettings().notifyOnNewFailure) {
      const isFirst = gathered.length === 0;
      gathered = [...gathered, ...newlyFailing.map((destination) => ({ connection, destination }))];
      if (isFirst) {
        void announce();
      }
    }
    return known;
  }

  /** Shows one notification for all failures that the refreshes in flight find. */
  async function announce(): Promise<void> {
    const end = Date.now() + LONGEST_GATHERING;
    for (;;) {
      const refreshes = store.entries().flatMap(({ inFlight }) => (inFlight ? [inFlight] : []));
      if (refreshes.length === 0 || Date.now() > end) {
        break;
      }
      await Promise.all(refreshes);
    }
    const failing = gathered;
    gathered = [];
    await tellNewFailures(failing);
  }

  function forgetRemoved(): void {
    const before = readKnown();
    const known = keepAccounts(before, new Set(store.entries().map(({ connection }) => connection.account.id)));
    if (known !== before) {
      void state.update(KNOWN_KEY, formatKnownFailures(known));
    }
  }

  return vscode.Disposable.from(
    { dispose: store.onRead(look) },
    { dispose: store.onChanged(({ accounts }) => accounts && forgetRemoved()) },
  );
}
