import assert from 'node:assert/strict';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { canStandFor, planChange } from '../../../../src/core/model/plan.ts';
import { makeDestination } from '../api/fake-api.ts';

const current = makeDestination('1', { name: 'Ops', url: 'https://hooks.slack.com/services/T/B', type: 'slack' });

const plans: readonly [string, Partial<Draft>, string, string][] = [
  ['nothing differs', {}, 'nothing', ''],
  ['the name differs', { name: 'On-call' }, 'rename', 'name'],
  ['the URL differs', { url: 'https://hooks.slack.com/services/T/C/x' }, 'update', 'url'],
  ['a secret is given', { secret: 's' }, 'update', 'secret'],
  ['name and secret differ', { name: 'On-call', secret: 's' }, 'update', 'name secret'],
  ['the new URL has a different type', { url: 'https://discord.com/api/webhooks/1/x' }, 'replace', 'url type'],
];

const returnedUrls: readonly [string, string, boolean][] = [
  ['https://example.com/a', 'https://example.com/a', true],
  ['https://hooks.slack.com/services/T/B', 'https://hooks.slack.com/services/T/B/secret', true],
  [
    'https://chat.googleapis.com/v1/spaces/A/messages',
    'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t',
    true,
  ],
  ['https://open.feishu.cn/open-apis/bot/v2/hook', 'https://open.feishu.cn/open-apis/bot/v2/hook/token', true],
  ['https://hooks.slack.com/services/T/B', 'https://hooks.slack.com/services/T/Bolt/secret', false],
  ['https://hooks.slack.com/services/T/B', 'https://discord.com/api/webhooks/1/x', false],
  ['https://example.com/a', 'https://example.com/a/b', false],
  ['not an address', 'https://hooks.slack.com/services/T/B/x', false],
];

describe('change plan', () => {
  for (const [when, change, kind, differences] of plans) {
    it(`is ${kind} if ${when}`, () => {
      const plan = planChange(current, { name: current.name, url: current.url, ...change });
      assert.deepEqual([plan.kind, plan.differences.join(' ')], [kind, differences]);
    });
  }

  it('does not report a different type if the current type and URL are unknown', () => {
    const unknown = makeDestination('1', { type: '', url: '' });
    const plan = planChange(unknown, { name: unknown.name, url: 'https://example.com/' });
    assert.equal(plan.kind, 'update');
  });

  for (const [returned, sent, expected] of returnedUrls) {
    it(`${expected ? 'accepts' : 'does not accept'} ${returned} as the URL returned for ${sent}`, () => {
      assert.equal(canStandFor(returned, sent), expected);
    });
  }
});
