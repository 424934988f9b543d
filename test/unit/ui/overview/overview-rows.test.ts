import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const { toOverviewAccount, toOverviewRow } = await import('../../../../src/ui/overview/overview-rows.ts');

function makeStore(skipped = 0) {
  const listDestinations = async () => noteSkipped([makeDestination('1')], skipped);
  const store = createStore({
    now: () => Date.now(),
    toApiError: () => assert.fail(),
    defer: (work) => work(),
    log() {},
  });
  store.setConnections([makeConnection('a', makeApi({ listDestinations }))]);
  const note = () => toOverviewAccount(store.entry('a') ?? assert.fail()).note;
  return { store, note };
}

describe('the accounts of the overview', () => {
  it('say what their rows lack: their age, or entries that cannot be read', async () => {
    const { url: _url, ...facts } = makeDestination('1');
    const destinations = [{ ...facts, host: 'hooks.slack.com' }];
    const { store, note } = makeStore();
    assert.equal(note(), 'Account a is loading…');
    store.adopt('a', { at: Date.now() - 3 * 24 * 3_600_000, destinations });
    assert.equal(note(), 'Account a: Last refreshed 3 days ago');
    store.adopt('a', { at: Date.now(), destinations });
    assert.equal(note(), undefined);
    // Fetched before the clock was set back.
    const systemNow = Date.now;
    const ahead = systemNow() + 3 * 3_600_000;
    Date.now = () => ahead;
    try {
      await store.refresh();
    } finally {
      Date.now = systemNow;
    }
    assert.equal(note(), 'Account a: stale');
    const incomplete = makeStore(1);
    await incomplete.store.refresh();
    assert.equal(incomplete.note(), 'Account a: 1 entry could not be read');
  });

  it('tell a time that cannot be read from none', () => {
    const { success, failure, health } = toOverviewRow(makeDestination('1', { lastFailure: 'unreadable' }));
    assert.deepEqual([success, failure, health], [undefined, null, 'unknown']);
    assert.equal(toOverviewRow(makeDestination('1')).health, 'unused');
  });
});
