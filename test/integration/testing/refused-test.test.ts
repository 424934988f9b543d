import assert from 'node:assert/strict';
import { ApiError } from '../../../src/core/api/api-error.ts';
import { describeRefusedTest } from '../../../src/ui/text/refused-test.ts';

const failed = (status: string): string => `Webhook test failed with status code ${status}`;

/** Cloudflare's words, the URL that it tested, and the explanation. */
const table: readonly (readonly [reason: string, url: string, expected: RegExp | undefined])[] = [
  [
    failed('400 400 Bad Request'),
    'https://hooks.example.com/x',
    /^hooks\.example\.com did not understand.+configure-webhooks/,
  ],
  [
    failed('400 400 Bad Request'),
    'https://events.pagerduty.com/v2/enqueue',
    /^Cloudflare rejects webhooks of PagerDuty.+Alerts > Destinations/,
  ],
  [failed('403 403 Forbidden'), 'https://hooks.slack.com/services/T/B/x', /^Slack rejected the secret part of the URL/],
  [
    failed('403 403 Forbidden'),
    'https://api.datadoghq.com/api/v1/events',
    /^Datadog rejected the secret, or a firewall/,
  ],
  [
    failed('404 404 Not Found'),
    'https://discord.com/api/webhooks/1/x',
    /^Discord has no webhook at this URL \(status 404\)/,
  ],
  [failed('429 429 Too Many Requests'), 'https://hooks.example.com/x', /rate limit.+Try again in a minute/],
  [failed('503 503 Service Unavailable'), 'https://hooks.example.com/x', /internal error \(status 503\)/],
  [failed('301 301 Moved Permanently'), 'https://hooks.example.com/x', /check https and the slash at the end/],
  [
    'Webhook test failed: the URL could not be reached',
    'https://new.example.com/x',
    /A new host name may need some seconds/,
  ],
  ['Webhook name is required', 'https://hooks.example.com/x', undefined],
];

describe('why Cloudflare rejected a URL', () => {
  for (const [reason, url, expected] of table) {
    it(`explains “${reason}” for ${new URL(url).host}`, () => {
      const sentence = describeRefusedTest(new ApiError({ kind: 'rejected', status: 422, reason }), url);
      if (expected) {
        assert.match(sentence ?? '', expected);
        // No more of a URL than its host.
        assert.ok(!sentence?.includes(new URL(url).pathname));
      } else {
        assert.equal(sentence, undefined);
      }
    });
  }

  it('explains that Cloudflare tested a URL without its secret part', () => {
    const error = new ApiError({ kind: 'rejected', status: 422, reason: failed('404 404 Not Found'), isUrlCut: true });
    assert.match(
      describeRefusedTest(error, 'https://hooks.slack.com/services/T/B') ?? '',
      /^Cloudflare tested the URL without its secret part.+Enter the full URL\.$/,
    );
  });
});
