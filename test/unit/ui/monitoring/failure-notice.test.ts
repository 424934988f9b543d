import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { createMemoryFiles } from '../../core/async/memory-files.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const vscode = await import('vscode');
const { createFailureNotice } = await import('../../../../src/ui/monitoring/failure-notice.ts');

describe('notification of new failures', () => {
  const { getConfiguration } = vscode.workspace;
  beforeEach(() => {
    vscode.workspace.getConfiguration = () => ({ get: (key: string) => key === 'notifyOnNewFailure' }) as never;
  });
  afterEach(() => {
    vscode.workspace.getConfiguration = getConfiguration;
  });

  it('does not wait for the refresh of another account for longer than it gathers', async () => {
    let last_failure = '2026-01-01T00:00:00Z';
    const store = createStore({
      now: Date.now,
      toApiError: () => new ApiError({ kind: 'protocol' }),
      defer: (work) => work(),
      log() {},
    });
    const slow = Promise.withResolvers<readonly []>();
    const over = Promise.withResolvers<void>();
    const told = Promise.withResolvers<readonly string[]>();
    const notice = createFailureNotice(
      createMemoryFiles(),
      store,
      { log() {}, sleep: async () => over.promise },
      async (failing) => told.resolve(failing.map(({ destination }) => destination.id)),
    );
    const listDestinations = async () => [
      makeDestination('d', { lastSuccess: '2026-01-02T00:00:00Z', lastFailure: last_failure }),
    ];
    store.setConnections([
      makeConnection('a', makeApi({ listDestinations })),
      makeConnection('b', makeApi({ listDestinations: async () => slow.promise })),
    ]);
    await store.refresh(['a']);
    void store.refresh(['b']);
    last_failure = '2026-01-03T00:00:00Z';
    await store.refresh(['a']);
    over.resolve();
    assert.deepEqual(await told.promise, ['d']);
    slow.resolve([]);
    notice.dispose();
  });
});
