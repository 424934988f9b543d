import assert from 'node:assert/strict';
import type { CachedDestination, Destination } from '../../../../src/core/model/destination.ts';
import { haveTimesMoved, makeSnapshot, mergeCached } from '../../../../src/core/monitoring/snapshot.ts';
import { makeDestination } from '../api/fake-api.ts';

const facts: Destination = {
  ...makeDestination('a'),
  createdAt: '2026-01-01T00:00:00Z',
  lastSuccess: '2026-01-02T00:00:00Z',
  lastFailure: '2026-01-03T00:00:00Z',
};
const { url: _url, ...shown } = facts;
const cached: CachedDestination = { ...shown, host: 'hooks.slack.com' };
const changes: Partial<Destination> = {
  name: 'Other',
  type: 'generic',
  url: 'https://hooks.slack.com/services/y',
  createdAt: '2026-02-01T00:00:00Z',
  lastSuccess: '2026-02-02T00:00:00Z',
  lastFailure: '2026-02-03T00:00:00Z',
};

describe('snapshot', () => {
  it('keeps the object of an unchanged destination, and the list if all are unchanged', () => {
    const before = makeSnapshot(1, [facts, makeDestination('b')]);
    const after = makeSnapshot(2, [{ ...facts }, makeDestination('b')], before);
    assert.equal(after.destinations, before.destinations);
    assert.deepEqual([after.at, after.counts], [2, before.counts]);
  });

  for (const [field, value] of Object.entries(changes)) {
    it(`sees another ${field}, and keeps the object of the other destination`, () => {
      const before = makeSnapshot(1, [facts, makeDestination('b')]);
      const after = makeSnapshot(2, [{ ...facts, [field]: value }, makeDestination('b')], before);
      assert.deepEqual(after.destinations[0], { ...facts, [field]: value });
      assert.equal(after.destinations[1], before.destinations[1]);
      assert.notEqual(after.destinations, before.destinations);
    });
  }

  it('sees another host of a cached destination, which has no URL', () => {
    const before = makeSnapshot(1, [cached]);
    assert.equal(makeSnapshot(2, [{ ...cached }], before).destinations, before.destinations);
    const moved = { ...cached, host: 'example.com' };
    assert.deepEqual(makeSnapshot(2, [moved], before).destinations, [moved]);
  });

  it('sees another order, a new and a missing destination', () => {
    const [a, b] = [facts, makeDestination('b')];
    const before = makeSnapshot(1, [a, b]);
    assert.deepEqual(makeSnapshot(2, [b, a], before).destinations, [b, a]);
    assert.deepEqual(makeSnapshot(2, [a], before).destinations, [a]);
    assert.deepEqual(makeSnapshot(2, [a, b, makeDestination('c')], before).destinations.length, 3);
  });

  it('takes the times of a newer cached snapshot, and only where nothing else differs', () => {
    const live = makeSnapshot(1, [facts]);
    const times = { lastSuccess: '2026-03-01T00:00:00Z', lastFailure: '2026-03-02T00:00:00Z' };
    assert.deepEqual(mergeCached(live, makeSnapshot(2, [{ ...cached, ...times }]))?.destinations, [
      { ...facts, ...times },
    ]);
    for (const other of [{ id: 'z' }, { name: 'Other' }, { type: 'generic' }, { host: 'example.com' }]) {
      assert.equal(mergeCached(live, makeSnapshot(2, [{ ...cached, ...other }])), undefined, JSON.stringify(other));
    }
    assert.equal(mergeCached(live, makeSnapshot(2, [])), undefined);
  });

  it('tells whether a time has moved', () => {
    const before = makeSnapshot(1, [facts, makeDestination('b')]);
    const after = (...destinations: readonly Destination[]) => ({ at: 2, destinations });
    const other = makeDestination('b');
    assert.equal(haveTimesMoved(before, { at: 2, destinations: before.destinations }), false);
    assert.equal(haveTimesMoved(before, after({ ...facts, name: 'Other' }, other)), false);
    assert.equal(haveTimesMoved(before, after(facts)), false);
    assert.equal(haveTimesMoved(before, after({ ...facts, lastSuccess: '2026-02-02T00:00:00Z' }, other)), true);
    assert.equal(haveTimesMoved(before, after({ ...facts, lastFailure: '2026-02-03T00:00:00Z' }, other)), true);
    assert.equal(haveTimesMoved(before, after(facts, other, makeDestination('c'))), true);
  });
});
