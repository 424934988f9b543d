import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Host } from '../../core/api/transport.ts';
import { createSerialQueue } from '../../core/async/serial-queue.ts';
import type { SharedFiles } from '../../core/async/shared-files.ts';
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
import { readSettings } from '../host/settings.ts';

const FILE = 'known-failures.json';
/** How long new failures are gathered for one notification, in milliseconds. */
const LONGEST_GATHERING = 10_000;

/**
 * Detects new failures and recoveries once, across windows and restarts. Both are logged. New failures also show a
 * notification if the setting `notifyOnNewFailure` is on. `tellNewFailures` shows it. What is known is in a file: VS Code
 * writes globalState as a whole, so a write in the background could undo another window's change of the accounts.
 */
export function createFailureNotice(
  files: SharedFiles,
  store: Store,
  host: Pick<Host, 'log' | 'sleep'>,
  tellNewFailures: (failing: readonly Located[]) => Promise<void>,
): vscode.Disposable {
  const { log } = host;
  const disposed = new AbortController();
  let gathered: readonly Located[] = [];
  const inTurn = createSerialQueue();
  /** Kept for as long as the file cannot be written, so that no failure is announced again. */
  let unsaved: KnownFailures | undefined;

  /** Loads the file for each change, because another window may have detected the same failure. Never rejects. */
  async function change(work: (known: KnownFailures) => KnownFailures): Promise<void> {
    await inTurn(async () => {
      const before = unsaved ?? parseKnownFailures(parseJson(await files.read(FILE)));
      const known = work(before);
      if (known !== before || unsaved) {
        unsaved = known;
        await files.write(FILE, JSON.stringify(formatKnownFailures(known)));
        unsaved = undefined;
      }
    }).catch((error: unknown) => log('warn', `The known failures could not be stored: ${describeForLog(error)}`));
  }

  /** Processes all accounts of a burst together, because the known failures are loaded and saved as a whole. */
  const look = (snapshots: ReadonlyMap<string, Snapshot>): void =>
    void change((before) => {
      let known = before;
      for (const [accountId, snapshot] of snapshots) {
        const connection = store.entry(accountId)?.connection;
        if (connection) {
          known = lookAt(connection, snapshot, known);
        }
      }
      return known;
    });

  function lookAt(connection: Connection, snapshot: Snapshot, before: KnownFailures): KnownFailures {
    const { id: accountId } = connection.account;
    const { newlyFailing, recovered, known } = findTransitions(
      before,
      accountId,
      snapshot.destinations,
      snapshot.skipped,
    );
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
        announce().catch((error: unknown) => log('error', describeForLog(error)));
      }
    }
    return known;
  }

  /** Shows one notification for all failures that the refreshes in flight find. */
  async function announce(): Promise<void> {
    const stop = new AbortController();
    let isOver = false;
    const gather = async (): Promise<void> => {
      await host.sleep(LONGEST_GATHERING, AbortSignal.any([stop.signal, disposed.signal])).catch(() => undefined);
      isOver = true;
    };
    const over = gather();
    for (;;) {
      const refreshes = store.entries().flatMap(({ inFlight }) => (inFlight ? [inFlight] : []));
      if (refreshes.length === 0 || isOver) {
        break;
      }
      // A refresh of another account may wait for minutes.
      await Promise.race([Promise.all(refreshes), over]);
    }
    stop.abort();
    if (disposed.signal.aborted) {
      return;
    }
    const failing = gathered;
    gathered = [];
    await tellNewFailures(failing);
  }

  const forgetRemoved = (): void =>
    void change((known) =>
      keepAccounts(known, new Set(store.entries().map(({ connection }) => connection.account.id))),
    );

  return vscode.Disposable.from(
    { dispose: () => disposed.abort() },
    { dispose: store.onRead(look) },
    { dispose: store.onChanged(({ accounts }) => accounts && forgetRemoved()) },
  );
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
