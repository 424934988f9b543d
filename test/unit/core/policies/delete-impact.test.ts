import assert from 'node:assert/strict';
import { impactOf } from '../../../../src/core/policies/delete-impact.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';

function makePolicy(name: string, mechanisms: Policy['mechanisms']): Policy {
  return { id: name, name, enabled: true, alertType: 'dos_attack_l7', mechanisms, whole: {} };
}

const existing = new Set(['a', 'b', 'c']);
const cases: readonly [string, Policy['mechanisms'], readonly string[], string][] = [
  ['it is the only mechanism', { webhooks: ['a'] }, ['a'], 'silenced'],
  ['all its webhooks go', { webhooks: ['a', 'b'] }, ['a', 'b'], 'silenced'],
  ['the other webhook was deleted long ago', { webhooks: ['a', 'gone'] }, ['a'], 'silenced'],
  ['another webhook stays', { webhooks: ['a', 'b'] }, ['a'], 'thinned'],
  ['an e-mail stays', { webhooks: ['a'], email: ['ops@example.com'] }, ['a'], 'thinned'],
  ['a pager stays', { webhooks: ['a'], pagerduty: ['p'] }, ['a'], 'thinned'],
  ['it does not use it', { webhooks: ['b'] }, ['a'], 'untouched'],
  ['it uses no webhook', { email: ['ops@example.com'] }, ['a'], 'untouched'],
];

describe('delete impact', () => {
  for (const [when, mechanisms, deleted, expected] of cases) {
    it(`leaves a policy ${expected} where ${when}`, () => {
      const [impact] = impactOf([makePolicy('P', mechanisms)], new Set(deleted), existing);
      assert.equal(impact ? (impact.silenced ? 'silenced' : 'thinned') : 'untouched', expected);
    });
  }

  it('names the silenced ones first, then by name', () => {
    const policies = [
      makePolicy('Beta', { webhooks: ['a', 'b'] }),
      makePolicy('Zeta', { webhooks: ['a'] }),
      makePolicy('Alpha', { webhooks: ['a', 'c'] }),
    ];
    const names = impactOf(policies, new Set(['a']), existing).map(({ policy }) => policy.name);
    assert.deepEqual(names, ['Zeta', 'Alpha', 'Beta']);
  });
});
