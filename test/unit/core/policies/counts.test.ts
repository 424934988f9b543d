import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { policiesOf, type Policy, type SentAlert, wentTo } from '../../../../src/core/model/policy.ts';
import { countAlerts } from '../../../../src/core/policies/alert-counts.ts';
import { countPerDestination } from '../../../../src/core/policies/policy-counts.ts';

const ids = fc.constantFrom('ab-1', 'AB1', 'c2', 'd-3');
const names = fc.constantFrom('On-call', 'c2', 'https://a.example/x', '');
const destinations = fc.uniqueArray(
  fc.record({
    id: ids,
    name: names,
    type: fc.constant('generic'),
    url: fc.constantFrom('https://a.example/x', 'https://b.example'),
  }),
  { selector: ({ id }) => id },
);
const alerts = fc.array(
  fc.record({ mechanism: fc.oneof(ids, names), mechanismKind: fc.constantFrom('webhook', 'webhooks', 'email') }),
);

describe('counts per destination', () => {
  it('counts the alerts that went to a destination, as the panel does', () => {
    fc.assert(
      fc.property(destinations, alerts, (all: readonly Destination[], sent) => {
        const history = sent.map((each): SentAlert => ({
          policyId: '',
          policyName: '',
          alertType: '',
          sent: '',
          ...each,
        }));
        const counts = countAlerts(history, all);
        for (const destination of all) {
          assert.equal(counts.get(destination.id), history.filter((alert) => wentTo(alert, destination)).length);
        }
      }),
    );
  });

  it('counts the policies of a destination, as the tree does', () => {
    const policies = fc.array(
      fc.array(ids).map((webhooks): Policy => ({
        id: '',
        name: '',
        enabled: true,
        alertType: '',
        mechanisms: { webhooks },
        whole: {},
      })),
    );
    fc.assert(
      fc.property(destinations, policies, (all: readonly Destination[], used) => {
        const counts = countPerDestination(used, all);
        for (const { id } of all) {
          assert.equal(counts.get(id), policiesOf(used, id).length);
        }
      }),
    );
  });
});
