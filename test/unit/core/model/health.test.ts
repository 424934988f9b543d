import assert from 'node:assert/strict';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { countHealth, healthOf, lastEventOf, sortDestinations } from '../../../../src/core/model/health.ts';

const T1 = '2026-01-01T00:00:00.000001Z';
const T2 = '2026-01-01T00:00:00.000002Z';
const T3 = '2026-01-02T00:00:00Z';

function makeDestination(name: string, times: Partial<Destination> = {}): Destination {
  return { id: `id-${name}`, name, type: 'slack', url: 'https://hooks.slack.com/services/x', ...times };
}

describe('health', () => {
  const cases: readonly [string, Partial<Destination>, string][] = [
    ['the failure is a microsecond later than the success', { lastSuccess: T1, lastFailure: T2 }, 'failing'],
    ['there is a failure and no success', { lastFailure: T1 }, 'failing'],
    ['the success cannot be read', { lastSuccess: 'soon', lastFailure: T1 }, 'failing'],
    ['the success is later', { lastSuccess: T2, lastFailure: T1 }, 'healthy'],
    ['both are equal', { lastSuccess: T1, lastFailure: T1 }, 'healthy'],
    ['both are equal in another time zone', { lastSuccess: T3, lastFailure: '2026-01-02T02:00:00+02:00' }, 'healthy'],
    ['there is only a success', { lastSuccess: T1 }, 'healthy'],
    ['the failure cannot be read', { lastSuccess: T1, lastFailure: '' }, 'healthy'],
    ['there is neither', {}, 'unused'],
    ['neither can be read', { lastSuccess: 'null', lastFailure: '0001-01-01T00:00:00Z' }, 'unused'],
  ];
  for (const [when, times, health] of cases) {
    it(`is ${health} where ${when}`, () => {
      assert.equal(healthOf(makeDestination('a', times)), health);
    });
  }

  it('names the event that decides it', () => {
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

  it('sorts failing ones first, newest failure on top, then by name with numbers in order', () => {
    const names = sortDestinations(all, 'health').map(({ name }) => name);
    assert.deepEqual(names, ['new failure', 'old failure', 'b9', 'b10', 'unused']);
  });

  it('sorts by name where asked, and leaves what it was given alone', () => {
    const before = [...all];
    const names = sortDestinations(all, 'name').map(({ name }) => name);
    assert.deepEqual(names, ['b9', 'b10', 'new failure', 'old failure', 'unused']);
    assert.deepEqual(all, before);
  });

  it('counts', () => {
    assert.deepEqual(countHealth(all), { failing: 2, healthy: 2, unused: 1 });
  });
});
