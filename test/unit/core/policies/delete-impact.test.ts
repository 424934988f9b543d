import assert from 'node:assert/strict';
import { impactOf } from '../../../../src/core/policies/delete-impact.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';

function makePolicy(name: string, mechanisms: Policy['mechanisms']): Policy {
  return { id: name, name, enabled: true, alertType: 'dos_attack_l7', mechanisms, whole: {} };
}

const existing = new Set(['a', 'b', 'c']);
const cases: readonly [string, Policy['mechanisms'], readonly string[], string][] = [
  ['the deleted webhook is its only mechanism', { webhooks: ['a'] }, ['a'], 'silenced'],
  ['all its webhooks are deleted', { webhooks: ['a', 'b'] }, ['a', 'b'], 'silenced'],
  ['its other webhook no longer exists', { webhooks: ['a', 'gone'] }, ['a'], 'silenced'],
  ['another webhook remains', { webhooks: ['a', 'b'] }, ['a'], 'thinned'],
  ['an email address remains', { webhooks: ['a'], email: ['ops@example.com'] }, ['a'], 'thinned'],
  ['a pager remains', { webhooks: ['a'], pagerduty: ['p'] }, ['a'], 'thinned'],
  ['it does not use the deleted webhook', { webhooks: ['b'] }, ['a'], 'untouched'],
  ['it uses no webhook', { email: ['ops@example.com'] }, ['a'], 'untouched'],
];

describe('delete impact', () => {
  for (const [when, mechanisms, deleted, expected] of cases) {
    it(`reports a policy as ${expected} if ${when}`, () => {
      const [impact] = impactOf([makePolicy('P', mechanisms)], new Set(deleted), existing);
      assert.equal(impact ? (impact.silenced ? 'silenced' : 'thinned') : 'untouched', expected);
    });
  }

  it('lists silenced policies first, then sorts by name', () => {
    const policies = [
      makePolicy('Beta', { webhooks: ['a', 'b'] }),
      makePolicy('Zeta', { webhooks: ['a'] }),
      makePolicy('Alpha', { webhooks: ['a', 'c'] }),
    ];
    const names = impactOf(policies, new Set(['a']), existing).map(({ policy }) => policy.name);
    assert.deepEqual(names, ['Zeta', 'Alpha', 'Beta']);
  });
});
