import assert from 'node:assert/strict';
import { makeSnapshot } from '../../../../src/core/monitoring/snapshot.ts';
import { countUnproven, unprovenDaysOf } from '../../../../src/core/monitoring/unproven.ts';
import { makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';

const DAY = 86_400_000;
const NOW = 400 * DAY;

describe('not proved', () => {
  const cases = [
    { title: 'a recent success', since: NOW - 44 * DAY, days: undefined },
    { title: 'an old success', since: NOW - 45 * DAY, days: 45 },
    { title: 'no success since its creation', since: NOW - 60 * DAY, days: 60 },
    { title: 'a new destination without a success', since: NOW - DAY, days: undefined },
    { title: 'no known time', since: undefined, days: undefined },
    { title: 'a success in the future', since: NOW + DAY, days: undefined },
  ];
  for (const { title, since, days } of cases) {
    it(`${days === undefined ? 'is not said' : 'is said'} of ${title}`, () => {
      assert.equal(unprovenDaysOf(since, 45, NOW), days);
    });
  }

  it('is not said if the setting is 0 or not a number', () => {
    assert.equal(unprovenDaysOf(0, 0, NOW), undefined);
    assert.equal(unprovenDaysOf(0, Number.NaN, NOW), undefined);
  });

  it('is not said of a destination whose last success cannot be read', () => {
    const destination = makeDestination('1', { createdAt: '1970-01-02T00:00:00Z', lastSuccess: 'unreadable' });
    const state = { kind: 'ready' as const, last: makeSnapshot(NOW, [destination]) };
    assert.equal(countUnproven([{ connection: makeConnection('a', makeApi()), state }], 45, NOW), 0);
  });

  it('is counted in all accounts, also in those that were not read in this window', () => {
    const connection = makeConnection('a', makeApi());
    const at = (days: number): string => new Date(NOW - days * DAY).toISOString();
    const destinations = [
      makeDestination('1', { createdAt: at(100), lastSuccess: at(50) }),
      makeDestination('2', { createdAt: at(100), lastSuccess: at(1) }),
      makeDestination('3', { createdAt: at(60) }),
      makeDestination('4'),
    ];
    const last = makeSnapshot(NOW, destinations);
    const count = (...states: Parameters<typeof countUnproven>[0][number]['state'][]): number =>
      countUnproven(
        states.map((state) => ({ connection, state })),
        45,
        NOW,
      );
    assert.equal(count({ kind: 'ready', last }), 2);
    const cached = makeSnapshot(
      NOW,
      destinations.map(({ url: _url, ...facts }) => ({ ...facts, host: 'hooks.slack.com' })),
    );
    assert.equal(count({ kind: 'ready', last }, { kind: 'idle' }, { kind: 'idle', cached }), 4);
    assert.equal(count({ kind: 'idle' }), 0);
  });
});
