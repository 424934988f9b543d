import assert from 'node:assert/strict';
import { assert as forAll, property, string, stringMatching } from 'fast-check';
import { createRedactor, redactPatterns } from '../../../../src/core/api/redaction.ts';

describe('redaction', () => {
  const cases: readonly [string, string][] = [
    ['https://hooks.slack.com/services/T0/B0/xyz failed', 'https://hooks.slack.com/••• failed'],
    [
      'Post "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t": 404',
      'Post "https://chat.googleapis.com/•••": 404',
    ],
    ['see https://example.com?token=t.', 'see https://example.com/•••'],
    ['https://user:pass@example.com:8443/x', 'https://example.com:8443/•••'],
    ['https://example.com/#secret', 'https://example.com/•••'],
    ['https://example.com and http://localhost:80/', 'https://example.com and http://localhost:80/'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer •••'],
    ['Authorization: GenieKey 0123-4567-89ab', 'Authorization: GenieKey •••'],
    ['token cfut_abcDEF123-_ of', 'token ••• of'],
    ['cfat_abc cfk_abc', '••• •••'],
    ['nothing to hide here', 'nothing to hide here'],
  ];
  for (const [text, expected] of cases) {
    it(`redacts to ${JSON.stringify(expected)}`, () => {
      assert.equal(redactPatterns(text), expected);
    });
  }

  it('redacts remembered values, the longest first', () => {
    const redactor = createRedactor();
    redactor.remember('secret-one');
    redactor.remember('secret-one-and-more');
    assert.equal(redactor.redact('a secret-one-and-more b secret-one c'), 'a ••• b ••• c');
  });

  for (const [url, text] of [
    ['https://example.com/hooks/s3cr3tpart', 'Cannot POST /hooks/s3cr3tpart'],
    ['https://example.com/a?key=s3cr3tpart', 'No route for /a?key=s3cr3tpart'],
    ['https://example.com/a/s3cr3tpart?x=1', 'No route for /a/s3cr3tpart'],
    ['https://discord.com/api/webhooks/1/s3cr3tpart-of-a-webhook', 'unknown token s3cr3tpart-of-a-webhook'],
    [
      'https://discord.com/api/webhooks/1/s3cr3tpart-of-a-webhook',
      String.raw`\/api\/webhooks\/1\/s3cr3tpart-of-a-webhook`,
    ],
    ['https://example.com/a?key=s3cr3tpart-of-a-webhook', 'key s3cr3tpart-of-a-webhook is revoked'],
  ] as const) {
    it(`redacts the secret part of a remembered URL in ${JSON.stringify(text)}`, () => {
      const redactor = createRedactor();
      redactor.remember(url);
      assert.doesNotMatch(redactor.redact(text), /s3cr3t/);
    });
  }

  it('does not redact common path segments of a remembered URL', () => {
    const redactor = createRedactor();
    redactor.remember('https://hooks.slack.com/services/T0/B0/s3cr3tpart-of-a-webhook');
    redactor.remember('https://example.com/');
    redactor.remember('user:s3cr3t');
    assert.equal(
      redactor.redact('no such services, webhooks and/or messages'),
      'no such services, webhooks and/or messages',
    );
  });

  it('redacts a remembered secret in any surrounding text', () => {
    const secrets = stringMatching(/^[A-Za-z0-9_-]{20,60}$/);
    forAll(
      property(secrets, string(), string(), (secret, before, after) => {
        const redactor = createRedactor();
        redactor.remember(secret);
        assert.ok(!redactor.redact(`${before}${secret}${after}`).includes(secret));
      }),
    );
  });

  it('redacts the path and query of every URL', () => {
    const words = stringMatching(/^[a-z0-9]{12,24}$/);
    forAll(
      property(words, words, (path, query) => {
        const text = redactPatterns(`x https://hooks.example.com/services/${path}?k=${query} y`);
        assert.ok(!text.includes(path) && !text.includes(query));
      }),
    );
  });
});
