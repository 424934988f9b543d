import { rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Log } from '../../core/api/transport.ts';
import { createKeyedQueue } from '../../core/async/serial-queue.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { type AccountHistory, mergeHistories, oldestKept, prune, seenIn } from '../../core/monitoring/timeline.ts';
import { decodeHistory, type Lines } from '../../core/monitoring/timeline-lines.ts';
import { createTimelineLog, type TimelineLog } from '../../core/monitoring/timeline-log.ts';
import { createTimelineFiles, sweepTimelines, timelineFolderOf } from './timeline-files.ts';
import type { Recorder } from './timelines.ts';

/** Records the timelines below `root`, the folder that all windows of a VS Code profile share. `changed`: something was recorded. */
export function createRecorder(
  { store, log, now = Date.now }: { readonly store: Store; readonly log: Log; readonly now?: () => number },
  root: string,
  changed: (accountId: string) => void,
): Recorder {
  const logs = new Map<string, TimelineLog>();
  const inTurn = createKeyedQueue();
  const isThere = (accountId: string): boolean => store.entry(accountId) !== undefined;

  function note(accountId: string, error: unknown): void {
    log('warn', `The timeline of account ${accountId} failed: ${describeForLog(error)}`);
  }

  function logOf(accountId: string): TimelineLog {
    const known = logs.get(accountId);
    const made =
      known ??
      createTimelineLog({
        files: createTimelineFiles(timelineFolderOf(root, accountId)),
        now,
        makeId: () => crypto.randomUUID(),
        pause: async () => setImmediate(),
        report: (problem) => log('warn', `The timeline of account ${accountId}: ${problem}`),
      });
    logs.set(accountId, made);
    return made;
  }

  async function remove(accountId: string): Promise<void> {
    logs.delete(accountId);
    await rm(timelineFolderOf(root, accountId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Runs work on the files of an account, one after another. A failure is logged. */
  async function work<T>(accountId: string, job: () => Promise<T>): Promise<T | undefined> {
    return inTurn(accountId, job).catch((error: unknown) => {
      note(accountId, error);
      return undefined;
    });
  }

  store.onChanged(({ accounts }) => {
    for (const accountId of accounts ? logs.keys() : []) {
      if (!isThere(accountId)) {
        void work(accountId, async () => (isThere(accountId) ? undefined : remove(accountId)));
      }
    }
  });
  if (store.entries().length > 0) {
    void sweepTimelines(root, isThere).catch((error: unknown) =>
      log('warn', `Sweeping the timelines failed: ${describeForLog(error)}`),
    );
  }

  return {
    async record(accountId, before, after) {
      await work(accountId, async () => {
        if (!isThere(accountId) || !(await logOf(accountId).record(before, after))) {
          return;
        }
        if (!isThere(accountId)) {
          // The account was removed while its lines were written.
          await remove(accountId);
        }
        changed(accountId);
      });
    },
    async of(accountId) {
      const lines = await work(accountId, async () => logOf(accountId).load());
      return createAccountHistory(store, accountId, lines ?? [], now);
    },
    async forget(accountId) {
      await work(accountId, async () => remove(accountId));
    },
  };
}

/** Decodes a destination when a view asks for it: most views show a few at a time. */
function createAccountHistory(
  store: Store,
  accountId: string,
  lines: readonly Lines[],
  now: () => number,
): AccountHistory {
  /** By ID, for as long as the list is the same. */
  let indexed: { readonly list: readonly ShownDestination[]; readonly byId: ReadonlyMap<string, ShownDestination> } = {
    list: [],
    byId: new Map(),
  };
  return {
    destination(id) {
      const shown = shownOf(store.entry(accountId)?.state);
      const list = shown?.destinations ?? [];
      if (indexed.list !== list) {
        indexed = { list, byId: new Map(list.map((each) => [each.id, each])) };
      }
      const destination = indexed.byId.get(id);
      const recorded = decodeHistory(lines, id);
      const seen = shown && destination ? [seenIn(destination, shown.at)] : [];
      const all = [...(recorded ? [recorded] : []), ...seen];
      return all.length === 0 ? undefined : prune(mergeHistories(all), oldestKept(now()));
    },
  };
}
