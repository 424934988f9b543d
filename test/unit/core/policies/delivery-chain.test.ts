import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { type Link, type Observed, walkDelivery } from '../../../../src/core/policies/delivery-chain.ts';
import { makeDestination } from '../api/fake-api.ts';

const NOW = Date.parse('2026-11-25T08:00:00Z');
const HOOK = 'https://example.com/hook';
const destination = makeDestination('d1', {
  type: 'generic',
  url: HOOK,
  lastSuccess: '2026-11-24T08:00:00Z',
});

function makePolicy(id: string, enabled = true): Policy {
  const mechanisms = { webhooks: ['d1'] };
  return { id, name: id, enabled, alertType: 'dos_attack_l7', mechanisms, whole: {} };
}

const sound: Observed = {
  destination,
  remembered: { secret: 's' },
  policies: [makePolicy('p1'), makePolicy('p2')],
  silences: [],
  sent: [
    { policyId: 'p1', policyName: 'p1', alertType: '', mechanism: 'd1', mechanismKind: 'webhook', sent: '2026-11-24' },
  ],
  test: { way: 'cloudflare', result: 'worked', at: NOW, url: HOOK },
  now: NOW,
};

const silence = (policyId: string, start = '2026-11-25T07:00:00Z', end = '2026-11-25T09:00:00Z') => ({
  policyId,
  start,
  end,
});

function stateOf(kind: Link['kind'], changes: Partial<Observed>): Link['state'] | undefined {
  return walkDelivery({ ...sound, ...changes }).find((link) => link.kind === kind)?.state;
}

describe('the chain of a delivery', () => {
  it('is sound where nothing speaks against it, in the order of the chain', () => {
    const links = walkDelivery(sound);
    assert.deepEqual(new Set(links.map(({ state }) => state)), new Set(['sound']));
    assert.deepEqual(
      links.map(({ kind }) => kind),
      ['destination', 'credentials', 'policies', 'enabled', 'silences', 'health', 'sent', 'test'],
    );
  });

  it('ends at a destination that was deleted', () => {
    assert.deepEqual(walkDelivery({ ...sound, destination: undefined }), [{ kind: 'destination', state: 'broken' }]);
  });

  const cases: readonly (readonly [string, Link['kind'], Partial<Observed>, Link['state'] | undefined])[] = [
    ['no policy uses it', 'policies', { policies: [] }, 'broken'],
    ['a policy of another destination', 'policies', { policies: [{ ...makePolicy('x'), mechanisms: {} }] }, 'broken'],
    ['a policy could not be read, and no other one uses it', 'policies', { policies: noteSkipped([], 1) }, 'unknown'],
    ['a policy could not be read', 'policies', { policies: noteSkipped([makePolicy('a')], 1) }, 'sound'],
    [
      'a policy could not be read, and all others are disabled',
      'enabled',
      { policies: noteSkipped([makePolicy('a', false)], 1) },
      'weak',
    ],
    [
      'a policy could not be read, and all others are silenced',
      'silences',
      { policies: noteSkipped([makePolicy('a')], 1), silences: [silence('a')] },
      'weak',
    ],
    ['policies could not be loaded', 'policies', { policies: undefined }, 'unknown'],
    ['policies could not be loaded, so nothing is said about them', 'enabled', { policies: undefined }, undefined],
    ['one of two policies is disabled', 'enabled', { policies: [makePolicy('a', false), makePolicy('b')] }, 'weak'],
    ['all policies are disabled', 'enabled', { policies: [makePolicy('a', false)] }, 'broken'],
    ['disabled policies are not silenced too', 'silences', { policies: [makePolicy('a', false)] }, undefined],
    ['one of two policies is silenced', 'silences', { silences: [silence('p1')] }, 'weak'],
    ['all policies are silenced', 'silences', { silences: [silence('p1'), silence('p2')] }, 'broken'],
    ['a silence that ended', 'silences', { silences: [silence('p1', '2026-11-24', '2026-11-25T08:00:00Z')] }, 'sound'],
    ['a silence that has not begun', 'silences', { silences: [silence('p1', '2026-11-26', '2026-11-27')] }, 'sound'],
    ['a silence without readable times', 'silences', { silences: [silence('p1', '', 'soon')] }, 'sound'],
    ['silences could not be loaded', 'silences', { silences: undefined }, 'unknown'],
    ['it is failing', 'health', { destination: { ...destination, lastFailure: '2026-11-25T07:00:00Z' } }, 'broken'],
    ['it was never used', 'health', { destination: makeDestination('d1') }, 'unknown'],
    ['no alert was sent', 'sent', { sent: [] }, 'unknown'],
    ['the history could not be loaded', 'sent', { sent: undefined }, 'unknown'],
    ['it was not tested', 'test', { test: undefined }, 'unknown'],
    ['the last test failed', 'test', { test: { way: 'cloudflare', result: 'failed', at: NOW, url: HOOK } }, 'broken'],
    [
      'the last test failed from here',
      'test',
      { test: { way: 'direct', result: 'failed', at: NOW, url: HOOK } },
      'weak',
    ],
    ['the last test was of another URL', 'test', { destination: { ...destination, url: `${HOOK}/new` } }, 'unknown'],
    ['a delivery succeeded later', 'test', { test: { way: 'direct', result: 'failed', at: 0, url: HOOK } }, 'unknown'],
    [
      'Cloudflare withholds the secret part of the URL',
      'credentials',
      { destination: makeDestination('d1', { url: 'https://hooks.slack.com/services/T/B' }), remembered: undefined },
      'unknown',
    ],
    ['it may have a secret that this machine does not know', 'credentials', { remembered: undefined }, 'unknown'],
    [
      'this machine remembers the whole URL',
      'credentials',
      {
        destination: makeDestination('d1', { url: 'https://hooks.slack.com/services/T/B' }),
        remembered: { url: 'https://hooks.slack.com/services/T/B/c' },
      },
      'sound',
    ],
  ];
  for (const [what, kind, changes, state] of cases) {
    it(`${what}: ${kind} is ${state ?? 'not said'}`, () => assert.equal(stateOf(kind, changes), state));
  }

  it('says what this machine lacks, and nothing that it does not know', () => {
    const lacks = (changes: Partial<Observed>) =>
      walkDelivery({ ...sound, remembered: undefined, ...changes }).flatMap((link) =>
        link.kind === 'credentials' ? [link.lacks ?? (link.hasSecret ? 'nothing' : 'no secret needed')] : [],
      );
    const of = (type: string, url: string) => ({ destination: makeDestination('d1', { type, url }) });
    assert.deepEqual(
      [
        lacks({}),
        lacks({ remembered: { secret: 's' } }),
        lacks({ remembered: {} }),
        lacks(of('slack', 'https://hooks.slack.com/services/T/B')),
        lacks(of('slack', 'https://hooks.slack.com/services/T/B/c')),
        lacks(of('datadog', 'https://api.datadoghq.com/api/v1/events')),
      ].flat(),
      ['perhapsSecret', 'nothing', 'no secret needed', 'url', 'no secret needed', 'secret'],
    );
  });

  it('names the last alert whose time can be read', () => {
    const lastOf = (...times: readonly string[]) => {
      const sent = times.map((each) => ({ ...sound.sent?.[0], sent: each })) as Observed['sent'];
      return walkDelivery({ ...sound, sent }).flatMap((link) => (link.kind === 'sent' ? [link.last] : []))[0];
    };
    assert.equal(lastOf('2026-11-23T08:00:00Z', 'unreadable', '2026-11-24T08:00:00Z'), '2026-11-24T08:00:00Z');
    assert.equal(lastOf('unreadable'), 'unreadable');
  });

  it('puts the weakest link first', () => {
    const states = walkDelivery({ ...sound, policies: [makePolicy('a', false)], sent: [], test: undefined }).map(
      ({ state }) => state,
    );
    assert.deepEqual(states, ['broken', 'unknown', 'unknown', 'sound', 'sound', 'sound', 'sound']);
  });
});
