import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Log } from '../../core/api/transport.ts';
import { createLimit } from '../../core/async/limit.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import {
  accountOfCacheFile,
  cacheFileOf,
  formatCachedAccount,
  parseCachedAccount,
} from '../../core/monitoring/snapshot-cache.ts';
import type { Snapshot } from '../../core/monitoring/snapshot.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { Services } from '../../services.ts';

/**
 * The snapshot cache: the last snapshot of each account, without URLs. Windows share it instead of all polling
 * Cloudflare, and a new session starts with it. Each account has one file in the folder of the VS Code profile, which is
 * replaced as a whole. A file system failure is logged, and nothing is cached.
 */
export type SharedSnapshots = vscode.Disposable & {
  /** Passes the cached snapshots of these accounts (default: all) to the store if they are newer. Never rejects. */
  adopt(accountIds?: readonly string[]): Promise<void>;
  /** Deletes the cached snapshot of an account, even during a refresh in flight. Never rejects. */
  forget(accountId: string): Promise<void>;
};

/** How far the timestamp in a cache file may lag behind while the destinations are unchanged, in milliseconds. */
const OLDEST_CACHED = 60_000;
/** How long file changes are gathered, in milliseconds. */
const GATHERING = 250;
/** An older temporary file is from a killed window. */
const OLDEST_TEMPORARY = 10 * 60_000;
const READ_AT_ONCE = 16;
const OLD_KEY_PREFIX = 'cloudflareWebhooks.snapshot.';

export function createSharedSnapshots(
  { profileFolder, secrets }: Pick<Services, 'profileFolder'> & Pick<vscode.ExtensionContext, 'secrets'>,
  store: Store,
  log: Log,
): SharedSnapshots {
  const directory = join(profileFolder, 'snapshots');
  const fileOf = (accountId: string): string => join(directory, cacheFileOf(accountId));
  /** The cached snapshots, so that identical ones are not written again. */
  const cached = new Map<string, Snapshot>();
  const waiting = new Set<string>();
  /**
   * The connections of removed accounts. An account that is added again has a new connection, even within the same
   * event.
   */
  const forgotten = new WeakSet<object>();
  const reported = new Set<string>();
  const limit = createLimit(READ_AT_ONCE);
  /**
   * The modification time of each file as this window last wrote or read it. A different time means that another window
   * wrote the file.
   */
  const modified = new Map<string, number>();
  let known: ReadonlySet<string> = new Set();
  let isWriting = false;
  let isSwept = false;

  function note(error: unknown): undefined {
    log('warn', `The snapshot cache failed: ${describeForLog(error)}`);
  }

  const isThere = (accountId: string): boolean => {
    const connection = store.entry(accountId)?.connection;
    return connection !== undefined && !forgotten.has(connection);
  };

  function share(accountId: string): void {
    const last = store.entry(accountId)?.state.last;
    const before = cached.get(accountId);
    const isFresh =
      last?.destinations === before?.destinations &&
      last?.skipped === before?.skipped &&
      Math.abs((last?.at ?? 0) - (before?.at ?? 0)) < OLDEST_CACHED;
    if (last && !isFresh) {
      waiting.add(accountId);
      void writeAll();
    }
  }

  /** Writes one file at a time. */
  async function writeAll(): Promise<void> {
    if (isWriting) {
      return;
    }
    isWriting = true;
    for (const accountId of waiting) {
      waiting.delete(accountId);
      await write(accountId).catch(note);
    }
    isWriting = false;
  }

  async function write(accountId: string): Promise<void> {
    const entry = store.entry(accountId);
    const last = entry?.state.last;
    if (!entry || !last || !isThere(accountId)) {
      return;
    }
    const content = formatCachedAccount(entry.connection.account, last.at, last.destinations, last.skipped);
    cached.set(accountId, last);
    if (content === undefined) {
      await rm(fileOf(accountId), { force: true });
      return;
    }
    const temporary = `${fileOf(accountId)}.${crypto.randomUUID()}.tmp`;
    await mkdir(directory, { recursive: true });
    try {
      await writeFile(temporary, content, { mode: 0o600 });
      modified.set(accountId, (await stat(temporary)).mtimeMs);
      await rename(temporary, fileOf(accountId));
    } catch (error) {
      cached.delete(accountId);
      await rm(temporary, { force: true });
      throw error;
    }
    if (!isThere(accountId)) {
      await rm(fileOf(accountId), { force: true });
    }
  }

  /** Undefined if the store has what the file holds: each return to the window looks at the files of all accounts. */
  async function readIfModified(accountId: string): Promise<string | undefined> {
    const { mtimeMs } = await stat(fileOf(accountId));
    if (modified.get(accountId) === mtimeMs && shownOf(store.entry(accountId)?.state)) {
      return undefined;
    }
    const content = await readFile(fileOf(accountId), 'utf8');
    modified.set(accountId, mtimeMs);
    return content;
  }

  async function adoptOne(accountId: string): Promise<void> {
    const content = await readIfModified(accountId).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        note(error);
      }
    });
    const account = content === undefined ? undefined : parseCachedAccount(content, accountId);
    if (!account) {
      if (content !== undefined && !reported.has(accountId)) {
        reported.add(accountId);
        log('warn', `The cached snapshot of account ${accountId} is corrupt or of another version: ignored`);
      }
      return;
    }
    if (isThere(accountId) && store.adopt(accountId, account) === 'differs') {
      void store.refresh([accountId], { background: true });
    }
  }

  async function adopt(accountIds = store.entries().map(({ connection }) => connection.account.id)): Promise<void> {
    if (!isSwept && store.entries().length > 0) {
      isSwept = true;
      void sweep().catch(note);
    }
    await Promise.all(accountIds.map(async (id) => limit(async () => adoptOne(id))));
  }

  /** Deletes files of killed windows and removed accounts, and entries of earlier versions in SecretStorage. */
  async function sweep(): Promise<void> {
    const keys = (await secrets.keys()).filter((key) => key.startsWith(OLD_KEY_PREFIX));
    await Promise.all(keys.map(async (key) => secrets.delete(key)));
    for (const name of await readdir(directory).catch(() => [])) {
      const accountId = accountOfCacheFile(name);
      const path = join(directory, name);
      if (accountId === undefined ? await isOldTemporary(path) : !store.entry(accountId)) {
        await rm(path, { force: true });
      }
    }
  }

  async function forget(accountId: string): Promise<void> {
    const connection = store.entry(accountId)?.connection;
    if (connection) {
      forgotten.add(connection);
    }
    waiting.delete(accountId);
    cached.delete(accountId);
    modified.delete(accountId);
    await rm(fileOf(accountId), { force: true }).catch(note);
  }

  /**
   * Deletes cache files of removed accounts. A refresh in flight may have written the file after another window removed
   * the account.
   */
  function followAccounts(): void {
    const before = known;
    known = new Set(store.entries().map(({ connection }) => connection.account.id));
    for (const accountId of before) {
      if (!known.has(accountId)) {
        void forget(accountId);
      }
    }
  }

  const subscriptions = vscode.Disposable.from(
    {
      dispose: store.onRead((snapshots) => {
        for (const accountId of snapshots.keys()) {
          share(accountId);
        }
      }),
    },
    {
      dispose: store.onChanged(({ accounts, states }) => {
        if (accounts) {
          followAccounts();
        }
        // Changes by operations of this window must also be cached for the next session.
        for (const accountId of states) {
          if (store.entry(accountId)?.state.last?.at === cached.get(accountId)?.at) {
            share(accountId);
          }
        }
      }),
    },
    watchDirectory(directory, note, (names) => {
      const ids = names.flatMap((name) => accountOfCacheFile(name) ?? []);
      void adopt(ids.filter(isThere));
    }),
  );
  return { adopt, forget, dispose: () => subscriptions.dispose() };
}

async function isOldTemporary(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return path.endsWith('.tmp') && found !== undefined && Date.now() - found.mtimeMs > OLDEST_TEMPORARY;
}

/** Reports changed files in batches. The events are only a hint; window focus also checks the files. */
function watchDirectory(
  directory: string,
  note: (error: unknown) => void,
  onChanged: (names: readonly string[]) => void,
): vscode.Disposable {
  const names = new Set<string>();
  let watcher: FSWatcher | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDisposed = false;

  async function start(): Promise<void> {
    await mkdir(directory, { recursive: true });
    if (isDisposed) {
      return;
    }
    watcher = watch(directory, { persistent: false }, (_, name) => {
      if (name?.endsWith('.json')) {
        names.add(name);
        timer ??= setTimeout(() => {
          timer = undefined;
          const gathered = [...names];
          names.clear();
          onChanged(gathered);
        }, GATHERING);
      }
    });
    watcher.on('error', note);
  }

  start().catch(note);
  return new vscode.Disposable(() => {
    isDisposed = true;
    clearTimeout(timer);
    watcher?.close();
  });
}
