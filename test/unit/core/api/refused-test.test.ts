import assert from 'node:assert/strict';
import { explainRefusedTest } from '../../../../src/core/api/refused-test.ts';

/** Cloudflare's words, then cause, status and whether it may pass by itself. */
const table: readonly (readonly [reason: string | undefined, expected: string | undefined])[] = [
  ['Webhook test failed with status code 400 400 Bad Request', 'body 400'],
  ['Webhook test failed with status code 415 415 Unsupported Media Type', 'body 415'],
  ['webhook test failed with status code 401 401 Unauthorized', 'secret 401'],
  ['Webhook test failed with status code 403 403 Forbidden', 'secret 403'],
  ['Webhook test failed with status code 404 404 Not Found', 'gone 404'],
  ['Webhook test failed with status code 410 410 Gone', 'gone 410'],
  ['Webhook test failed with status code 429 429 Too Many Requests', 'busy 429 again'],
  ['Webhook test failed with status code 502 502 Bad Gateway', 'receiver 502 again'],
  ['Webhook test failed with status code 302 302 Found', 'redirect 302'],
  ['Webhook test failed with status code 299 299 ', 'other 299'],
  ['Webhook test failed with status code 300 300 Multiple Choices', 'redirect 300'],
  ['Webhook test failed with status code 399 399 ', 'redirect 399'],
  ['Webhook test failed with status code 499 499 ', 'other 499'],
  ['Webhook test failed with status code 500 500 Internal Server Error', 'receiver 500 again'],
  ['Webhook test failed with status code 520 520 ', 'receiver 520 again'],
  ['Webhook test failed with status code 521 521 ', 'unreachable 521 again'],
  ['Webhook test failed with status code 524 524 ', 'unreachable 524 again'],
  ['Webhook test failed: status: 404', 'gone 404'],
  ['Webhook test failed, status code: 401', 'secret 401'],
  ['Webhook test failed: Post "https://e.com":\n status 403', 'secret 403'],
  ['Webhook test failed with status code 530 530 ', 'unreachable 530 again'],
  ['Webhook test failed with status code 418 418 ', 'other 418'],
  ['Webhook test failed: the URL could not be reached', 'unreachable again'],
  ['Webhook test failed', 'unreachable again'],
  ['Webhook name is required', undefined],
  [undefined, undefined],
];

describe('a test that Cloudflare refuses a URL for', () => {
  for (const [reason, expected] of table) {
    it(`explains ${JSON.stringify(reason)} as ${expected ?? 'something else'}`, () => {
      const found = explainRefusedTest(reason);
      const facts = found && [
        found.cause,
        ...(found.status ? [found.status] : []),
        ...(found.mayPass ? ['again'] : []),
      ];
      assert.equal(facts?.join(' '), expected);
    });
  }

  it('has no status without an answer of the receiver', () => {
    assert.deepEqual(explainRefusedTest('Webhook test failed'), { cause: 'unreachable', mayPass: true });
  });
});
