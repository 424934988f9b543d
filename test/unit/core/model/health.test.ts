import assert from 'node:assert/strict';
import type { Destination } from '../../../../src/core/model/destination.ts';
import {
  compareNewest,
  countHealth,
  healthOf,
  lastEventOf,
  sortDestinations,
} from '../../../../src/core/model/health.ts';

const T1 = '2026-01-01T00:00:00.000001Z';
const T2 = '2026-01-01T00:00:00.000002Z';
const T3 = '2026-01-02T00:00:00Z';

function makeDestination(name: string, times: Partial<Destination> = {}): Destination {
  return { id: `id-${name}`, name, type: 'slack', url: 'https://hooks.slack.com/services/x', ...times };
}

describe('health', () => {
  const cases: readonly [string, Partial<Destination>, string][] = [
    ['the last failure is one microsecond after the last success', { lastSuccess: T1, lastFailure: T2 }, 'failing'],
    ['there is only a failure', { lastFailure: T1 }, 'failing'],
    ['the last success cannot be parsed', { lastSuccess: 'soon', lastFailure: T1 }, 'failing'],
    ['the last success is later', { lastSuccess: T2, lastFailure: T1 }, 'healthy'],
    ['both times are equal', { lastSuccess: T1, lastFailure: T1 }, 'healthy'],
    [
      'both times are equal in different time zones',
      { lastSuccess: T3, lastFailure: '2026-01-02T02:00:00+02:00' },
      'healthy',
    ],
    ['there is only a success', { lastSuccess: T1 }, 'healthy'],
    ['the last failure cannot be parsed', { lastSuccess: T1, lastFailure: '' }, 'healthy'],
    ['there is no delivery', {}, 'unused'],
    ['neither time can be parsed', { lastSuccess: 'null', lastFailure: '0001-01-01T00:00:00Z' }, 'unused'],
  ];
  for (const [when, times, health] of cases) {
    it(`is ${health} if ${when}`, () => {
      assert.equal(healthOf(makeDestination('a', times)), health);
    });
  }

  it('returns the event that decides the health', () => {
    assert.equal(lastEventOf(makeDestination('a', { lastSuccess: T1, lastFailure: T2 }))?.kind, 'failure');
    assert.equal(lastEventOf(makeDestination('a', { lastSuccess: T2, lastFailure: T1 }))?.kind, 'success');
    assert.equal(lastEventOf(makeDestination('a', { createdAt: T1 }))?.kind, 'created');
    assert.equal(lastEventOf(makeDestination('a')), undefined);
  });

  const all = [
    makeDestination('unused'),
    makeDestination('b10', { lastSuccess: T3 }),
    makeDestination('b9', { lastSuccess: T1 }),
    makeDestination('old failure', { lastFailure: T1 }),
    makeDestination('new failure', { lastFailure: T2 }),
  ];

  it('sorts failing destinations first by latest failure, and the others by name in numeric order', () => {
    const names = sortDestinations(all, 'health').map(({ name }) => name);
    assert.deepEqual(names, ['new failure', 'old failure', 'b9', 'b10', 'unused']);
  });

  it('sorts by name without changing its input', () => {
    const before = [...all];
    const names = sortDestinations(all, 'name').map(({ name }) => name);
    assert.deepEqual(names, ['b9', 'b10', 'new failure', 'old failure', 'unused']);
    assert.deepEqual(all, before);
  });

  it('orders equal names by ID, names without case, and unused ones after those with an event', () => {
    const twin = (id: string): Destination => ({ ...makeDestination('same'), id });
    const idsOf = (list: readonly Destination[]) => sortDestinations(list, 'name').map(({ id }) => id);
    assert.deepEqual(idsOf([twin('2'), twin('1'), twin('3')]), ['1', '2', '3']);
    const mixed = ['b', 'A', 'a2', 'a10'].map((name) => makeDestination(name));
    assert.deepEqual(
      sortDestinations(mixed, 'name').map(({ name }) => name),
      ['A', 'a2', 'a10', 'b'],
    );
    const [failing, never] = [makeDestination('x', { lastFailure: T1 }), makeDestination('y')];
    assert.ok(compareNewest(failing, never) < 0 && compareNewest(never, failing) > 0);
    assert.equal(compareNewest(never, makeDestination('z')), 0);
    assert.ok(compareNewest(failing, makeDestination('z', { lastFailure: T2 })) > 0);
  });

  it('derives the health of an object once', () => {
    let reads = 0;
    const watched = {
      get lastFailure() {
        reads += 1;
        return T1;
      },
    };
    assert.deepEqual([healthOf(watched), lastEventOf(watched)?.kind, reads], ['failing', 'failure', 1]);
  });

  it('counts the destinations by health', () => {
    assert.deepEqual(countHealth(all), { failing: 2, healthy: 2, unused: 1 });
  });
});
