import assert from 'node:assert/strict';
import { describeTrouble } from '../../../src/ui/accounts/storage-trouble.ts';
import { describeFailing } from '../../../src/ui/text/destination.ts';
import { describeDelivery } from '../../../src/ui/text/policy.ts';

describe('a message with a count', () => {
  it('has a singular and a plural', () => {
    assert.equal(describeFailing(1), '1 webhook destination is failing');
    assert.equal(describeFailing(2), '2 webhook destinations are failing');
    const trouble = { failed: false, unsaved: false, undecryptable: [], accountsUnreadable: false };
    assert.match(describeTrouble({ ...trouble, unreadable: 1 }), /cannot read 1 stored token\./);
    assert.match(describeTrouble({ ...trouble, unreadable: 2 }), /cannot read 2 stored tokens\./);
  });

  const policy = { id: 'p', name: 'Policy', enabled: true, alertType: 'dos_attack_l7', whole: {} };
  const cases: readonly (readonly [Readonly<Record<string, readonly string[]>>, string])[] = [
    [{ webhooks: ['a', 'b'] }, 'Delivers to 2 webhooks'],
    [{ webhooks: ['a'], email: ['a@example.com'] }, 'Delivers to 1 webhook, 1 e-mail address'],
    [
      { email: ['a@example.com', 'b@example.com'], pagerduty: ['s'] },
      'Delivers to 2 e-mail addresses, 1 PagerDuty service',
    ],
    [{ webhooks: [], pagerduty: ['s', 't'] }, 'Delivers to 2 PagerDuty services'],
    [{ sms: ['1'] }, 'Delivers to 1 sms recipient'],
    [{}, 'Delivers to nothing'],
  ];
  for (const [mechanisms, expected] of cases) {
    it(`says that a policy ${expected}`, () => assert.equal(describeDelivery({ ...policy, mechanisms }), expected));
  }
});
