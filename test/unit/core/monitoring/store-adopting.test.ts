import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';
import { makeStore, NOTHING } from './make-store.ts';

describe('store and other windows', () => {
  it('takes what is newer from another window also after the clock was set back', async () => {
    const HOUR = 3_600_000;
    let time = 10 * HOUR;
    const { store } = makeStore(() => time);
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    time = 9 * HOUR;
    const { url: _url, ...facts } = makeDestination('1', { lastFailure: '2026-01-01T00:00:00Z' });
    const destinations = [{ ...facts, host: 'hooks.slack.com' }];
    assert.equal(store.adopt('a', { at: time, destinations }), 'adopted');
    assert.equal(store.totals().health.failing, 1);
  });

  it('reads an account itself of which another window could not read the whole list, or the first one that could', async () => {
    let time = 1000;
    let skipped = 0;
    const { store } = makeStore(() => time);
    const listDestinations = async () => noteSkipped([makeDestination('1')], skipped);
    store.setConnections([makeConnection('a', makeApi({ listDestinations }))]);
    await store.refresh();
    time = 2000;
    const { url: _url, ...facts } = makeDestination('1');
    const destinations = [{ ...facts, host: 'hooks.slack.com' }];
    assert.equal(store.adopt('a', { at: time, destinations, skipped: 1 }), 'differs');
    skipped = 1;
    await store.refresh();
    time = 3000;
    assert.equal(store.adopt('a', { at: time, destinations }), 'differs');
    assert.equal(store.adopt('a', { at: time, destinations, skipped: 1 }), 'adopted');
  });

  it('shows what another window has fetched until the first answer, only where that is newer', async () => {
    const { store, changes } = makeStore();
    const old = { id: 'old', name: 'Old', type: 'slack', host: 'hooks.slack.com' };
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    assert.equal(store.adopt('a', { at: 500, destinations: [old] }), 'adopted');
    assert.equal(store.adopt('a', { at: 400, destinations: [] }), 'ignored');
    assert.equal(store.adopt('a', { at: 1000 + 300_001, destinations: [] }), 'ignored');
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'idle',
      cached: { at: 500, destinations: [old], counts: { ...NOTHING, unused: 1 }, skipped: 0, doubtful: 0 },
    });
    assert.equal(store.totals().health.unused, 1);
    await store.refresh();
    changes.length = 0;
    assert.equal(store.adopt('a', { at: 999, destinations: [] }), 'ignored');
    assert.equal(store.adopt('nobody', { at: 2000, destinations: [] }), 'ignored');
    assert.deepEqual(changes, []);
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('1')]);
    assert.equal(store.entry('a')?.state.cached, undefined);
  });

  it('takes over newer timestamps, and asks for a refresh where more than those differs', async () => {
    let time = 1000;
    const { store, runDeferred, changes } = makeStore(() => time);
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    changes.length = 0;
    const { url, ...facts } = makeDestination('1', { lastFailure: '2026-01-01T00:00:00Z' });
    const cached = { ...facts, host: 'hooks.slack.com' };
    time = 2000;
    assert.equal(store.adopt('a', { at: 9999, destinations: [cached] }), 'adopted');
    assert.deepEqual(store.entry('a')?.state.last, {
      at: 2000,
      destinations: [{ ...facts, url }],
      counts: { ...NOTHING, failing: 1 },
      skipped: 0,
      doubtful: 0,
      areUrlsOlder: true,
    });
    time = 3000;
    for (const other of [
      { ...cached, host: 'example.com' },
      { ...cached, name: 'Other' },
      { ...cached, id: '2' },
    ]) {
      assert.equal(store.adopt('a', { at: 3000, destinations: [other] }), 'differs');
    }
    assert.equal(store.adopt('a', { at: 3000, destinations: [] }), 'differs');
    runDeferred();
    assert.equal(changes.length, 1);
  });

  it('keeps a failure that is newer than what another window has fetched', async () => {
    let time = 1000;
    const { store } = makeStore(() => time);
    store.setConnections([makeConnection('a', makeApi({ listDestinations: failWith({ kind: 'timeout' }) }))]);
    await store.refresh();
    store.adopt('a', { at: 999, destinations: [{ id: '1', name: '', type: '', host: '' }] });
    const { state } = store.entry('a') ?? assert.fail();
    assert.deepEqual([state.kind, state.cached?.destinations.length], ['failed', 1]);
    time = 2000;
    store.adopt('a', { at: 2000, destinations: [] });
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'idle',
      cached: { at: 2000, destinations: [], counts: NOTHING, skipped: 0, doubtful: 0 },
    });
  });
});
