import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTask } from 'node:timers/promises';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { cacheFileOf } from '../../../../src/core/monitoring/snapshot-cache.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { standInForVscode } from '../vscode.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const { profileFolderOf, readProfileId } = await import('../../../../src/ui/accounts/profile-secrets.ts');
const { createSharedFiles } = await import('../../../../src/ui/host/shared-files.ts');
const { createFailureNotice } = await import('../../../../src/ui/monitoring/failure-notice.ts');
const { createRecorder } = await import('../../../../src/ui/monitoring/recorder.ts');
const { createSharedSnapshots } = await import('../../../../src/ui/monitoring/shared-snapshots.ts');

const [WORK, HOME, GONE] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];
const log = (): void => {};

/** What VS Code has of one profile. */
function makeState() {
  const values = new Map<string, unknown>();
  return {
    get: (key: string): unknown => values.get(key),
    update: async (key: string, value: unknown): Promise<void> => void values.set(key, value),
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await nextTask();
  }
}

describe('files of two VS Code profiles in the global storage that they share', () => {
  let root: string;
  let disposables: { dispose(): void }[];
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'profiles-'));
    disposables = [];
  });
  afterEach(async () => {
    for (const each of disposables) {
      each.dispose();
    }
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  });

  /** A window of the profile with this state, which knows one account. */
  function openWindow(
    state: ReturnType<typeof makeState>,
    accountId: string,
    destinations: () => Destination[],
    now = Date.now,
  ) {
    const folder = profileFolderOf(root, state, log);
    const store = createStore({
      now,
      toApiError: (error) => assert.fail(String(error)),
      defer: (work) => void setImmediate(work),
      log,
    });
    const lines: string[] = [];
    const files = createSharedFiles(path.join(folder, 'failures'));
    const snapshots = createSharedSnapshots(
      { profileFolder: folder, secrets: { keys: async () => [] } as never },
      store,
      log,
    );
    disposables.push(
      snapshots,
      createFailureNotice(files, store, { log: (_, line) => lines.push(line), sleep: async () => {} }, async () => {}),
    );
    store.setConnections([makeConnection(accountId, makeApi({ listDestinations: async () => destinations() }))]);
    const recorder = createRecorder({ store, log }, path.join(folder, 'timelines'), () => {});
    return { folder, store, lines, files, snapshots, recorder };
  }

  it('are apart: no window deletes the timeline, cached snapshot or known failures of another profile', async () => {
    let failing: Partial<Destination> = {};
    const state = makeState();
    const work = openWindow(state, WORK, () => [makeDestination('d', failing)]);
    const [timeline, snapshot] = [
      path.join('timelines', `${WORK}.timeline`),
      path.join('snapshots', cacheFileOf(WORK)),
    ];
    await work.store.refresh();
    await work.recorder.record(WORK, undefined, {
      at: Date.now(),
      destinations: [makeDestination('d', { lastSuccess: '2026-01-01T00:00:00Z' })],
    });
    const listWork = async (): Promise<readonly string[]> => readdir(work.folder, { recursive: true });
    const isThere = async (name: string): Promise<boolean> => (await listWork()).includes(name);
    await until(async () => (await isThere(snapshot)) && isThere(path.join('failures', 'known-failures.json')));

    const other = makeState();
    const gone = path.join(profileFolderOf(root, other, log), 'timelines', `${GONE}.timeline`);
    const goneSnapshot = path.join(profileFolderOf(root, other, log), 'snapshots', cacheFileOf(GONE));
    await mkdir(gone, { recursive: true });
    await utimes(gone, 1, 1);
    await mkdir(path.dirname(goneSnapshot), { recursive: true });
    await writeFile(goneSnapshot, '{}');
    const home = openWindow(other, HOME, () => []);
    await home.snapshots.adopt();
    await home.store.refresh();
    // What belongs to no account of the other profile is swept in its own folder. A folder can go while it is listed.
    const isSwept = async (): Promise<boolean> =>
      !(await readdir(home.folder, { recursive: true }).catch(() => [GONE])).some((name) => name.includes(GONE));
    await until(async () => (await isSwept()) && (await home.files.read('known-failures.json')) !== undefined);
    assert.ok((await isThere(timeline)) && (await isThere(snapshot)));
    failing = { lastFailure: '2026-11-23T10:00:00Z' };
    await work.store.refresh();
    await until(async () => (await work.files.read('known-failures.json'))?.includes('2026-11-23') ?? false);
    assert.match(work.lines.join('\n'), /is now failing/);
  });

  it('are written again once a clock that was ahead is set right', async () => {
    let ahead = 60 * 60_000;
    const start = Date.now();
    const { folder, store } = openWindow(
      makeState(),
      WORK,
      () => [],
      () => start + ahead,
    );
    const file = path.join(folder, 'snapshots', cacheFileOf(WORK));
    const isAt = async (at: number): Promise<boolean> =>
      (await readFile(file, 'utf8').catch(() => '')).includes(`"at":${at},`);
    await store.refresh();
    await until(async () => isAt(start + ahead));
    ahead = 0;
    await store.refresh();
    await until(async () => isAt(start));
  });

  it('are in the folder of the ID that the secrets have, in each window and session, and below the shared one', () => {
    const state = makeState();
    const folder = profileFolderOf(root, state, log);
    assert.equal(profileFolderOf(root, state, log), folder);
    assert.equal(path.basename(folder), `profile.${readProfileId(state) ?? assert.fail()}`);
    for (const id of ['..', '../other', 'a/b', '.']) {
      assert.equal(path.dirname(profileFolderOf(root, { ...state, get: () => ({ id, migrated: true }) }, log)), root);
    }
  });

  it('are written also where VS Code cannot store the ID, which is logged', async () => {
    const lines: string[] = [];
    const state = { ...makeState(), update: async () => failWith({ kind: 'network' })() };
    assert.ok(profileFolderOf(root, state, (_, line) => lines.push(line)).startsWith(root));
    await nextTask();
    assert.match(lines.join('\n'), /The profile ID could not be stored/);
  });
});
