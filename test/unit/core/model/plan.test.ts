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
  ['the URL is of another type', { url: 'https://discord.com/api/webhooks/1/x' }, 'replace', 'url type'],
];

const stands: readonly [string, string, boolean][] = [
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

describe('plan', () => {
  for (const [when, change, kind, differences] of plans) {
    it(`is ${kind} where ${when}`, () => {
      const plan = planChange(current, { name: current.name, url: current.url, ...change });
      assert.deepEqual([plan.kind, plan.differences.join(' ')], [kind, differences]);
    });
  }

  it('does not call an unknown type another one without a URL to tell by', () => {
    const unknown = makeDestination('1', { type: '', url: '' });
    const plan = planChange(unknown, { name: unknown.name, url: 'https://example.com/' });
    assert.equal(plan.kind, 'update');
  });

  for (const [returned, sent, expected] of stands) {
    it(`takes ${returned} ${expected ? 'as what is left' : 'not as a part'} of ${sent}`, () => {
      assert.equal(canStandFor(returned, sent), expected);
    });
  }
});
