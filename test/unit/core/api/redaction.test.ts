import assert from 'node:assert/strict';
import { assert as forAll, constantFrom, property, string, stringMatching } from 'fast-check';
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
    ['authorization=abcdef0123456789', 'authorization=•••'],
    ['authorization :abcdef0123456789', 'authorization :•••'],
    ['Authorization : abcdef0123456789', 'Authorization : •••'],
    ['"authorization":"abcdef0123456789"', '"authorization":"•••"'],
    ["{'authorization': 'Bearer abcdef0123456789'}", "{'authorization': 'Bearer •••'}"],
    [String.raw`\"authorization\":\"abcdef0123456789\"`, String.raw`\"authorization\":\"•••\"`],
    ['GenieKey 0123-4567-89ab', 'GenieKey •••'],
    ['Genie-Key 0123-4567-89ab', 'Genie-Key •••'],
    ['Bearer word/x1y2z3', 'Bearer •••'],
    [`Bearer ${'word/'.repeat(12)}end`, `Bearer ${'word/'.repeat(12)}end`],
    [`Bearer ${'word/'.repeat(12)}word`, 'Bearer •••'],
    ['token cfut_abcDEF123-_ of', 'token ••• of'],
    ['cfat_abc cfk_abc', '••• •••'],
    ['nothing to hide here', 'nothing to hide here'],
    ['Splunk endpoints must use port 8088', 'Splunk endpoints must use port 8088'],
    [
      'Bearer authentication/authorization. Basic authentication',
      'Bearer authentication/authorization. Basic authentication',
    ],
    ['Authorization: required', 'Authorization: required'],
    ['Splunk 0A1B2C3D-4E5F', 'Splunk •••'],
    [
      String.raw`{"url":"https:\/\/hooks.slack.com\/services\/T0\/x"}`,
      String.raw`{"url":"https:\/\/hooks.slack.com/•••"}`,
    ],
    ['next=https%3A%2F%2Fhooks.slack.com%2Fservices%2FT0 .', 'next=https%3A%2F%2Fhooks.slack.com/••• .'],
    ['cfut_ab\u200Bcd', '•••'],
    ['https://admin:Secret123%21@example.com/x', 'https://example.com/•••'],
    ["https://admin:it's-Secret@example.com/x", 'https://example.com/•••'],
    [String.raw`https:\u002f\u002fexample.com\u002fT0\u002fxyz.`, String.raw`https:\u002f\u002fexample.com/•••`],
    [String.raw`https:\\/\\/example.com\\/T0\\/xyz .`, String.raw`https:\\/\\/example.com/••• .`],
    ['https%253A%252F%252Fexample.com%252FT0 .', 'https%253A%252F%252Fexample.com/••• .'],
    ['https:&#x2F;&#x2F;example.com&#x2F;T0 .', 'https:&#x2F;&#x2F;example.com/••• .'],
    ['Authorization: Bearer "abcdef0123456789"', 'Authorization: Bearer "•••"'],
    ['Bearer\tabcdef0123456789', 'Bearer\t•••'],
    ['Bearer%20abcdef0123456789', 'Bearer%20•••'],
    ['Authorization: Bearer\tabcdef0123456789', 'Authorization: Bearer\t•••'],
    ['Authorization:Bearer%20abcdef0123456789', 'Authorization:Bearer%20•••'],
    ['authorization: Bearer  abcdef0123456789', 'authorization: Bearer  •••'],
    ["{'url':'https://hooks.example','to':'me@example.org'}", "{'url':'https://hooks.example','to':'me@example.org'}"],
    ['https%3A%2F%2Fhooks.example%2Fa%3Fto%3Dme@x.org', 'https%3A%2F%2Fhooks.example/•••'],
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

  it('redacts nothing for a remembered text of less than six characters', () => {
    const redactor = createRedactor();
    redactor.remember('a1b2c');
    assert.equal(redactor.redact('a1b2c'), 'a1b2c');
    redactor.remember('a1b2c3');
    redactor.remember('a1b2c3');
    assert.equal(redactor.redact('a1b2c3 a1b2c'), '••• a1b2c');
  });

  it('redacts a text of less than eight characters only as a whole word', () => {
    const redactor = createRedactor();
    redactor.remember('a1b2c3d');
    redactor.remember('e1f2g3h4');
    assert.equal(
      redactor.redact('a1b2c3d (a1b2c3d) xa1b2c3d a1b2c3dx _a1b2c3d éa1b2c3d'),
      '••• (•••) xa1b2c3d a1b2c3dx _a1b2c3d éa1b2c3d',
    );
    assert.equal(redactor.redact('xe1f2g3h4x'), 'x•••x');
  });

  it('redacts secrets at the beginning, at the end, side by side, and overlapping', () => {
    const redactor = createRedactor();
    redactor.remember('a1b2c3d4-e5');
    redactor.remember('d4-e5f6g7h8');
    assert.equal(redactor.redact('a1b2c3d4-e5'), '•••');
    assert.equal(redactor.redact('a1b2c3d4-e5a1b2c3d4-e5'), '•••');
    assert.equal(redactor.redact('x a1b2c3d4-e5f6g7h8 y'), 'x ••• y');
  });

  it('redacts an escaped secret before a plain secret', () => {
    const redactor = createRedactor();
    redactor.remember('s3cr3t/p4rt');
    assert.equal(redactor.redact(String.raw`x s3cr3t\u002Fp4rt y s3cr3t/p4rt z`), 'x ••• y ••• z');
  });

  it('redacts the base64 of a secret inside a word, although an ordinary word has the same letters', () => {
    const redactor = createRedactor();
    const encoded = btoa('abaabaaba');
    redactor.remember(encoded.toLowerCase());
    assert.equal(redactor.redact(`x${encoded}x`), `x${encoded}x`);
    redactor.remember('abaabaaba');
    assert.equal(redactor.redact(`x${encoded}x`), 'x•••x');
  });

  it('redacts each half of a long secret that is quoted in part', () => {
    const secret = Array.from({ length: 512 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
    const redactor = createRedactor();
    redactor.remember(secret);
    assert.equal(redactor.redact(`a ${secret.slice(0, 256)} b`), 'a ••• b');
    assert.equal(redactor.redact(`a ${secret.slice(256)} b`), 'a ••• b');
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

  const encodings: Readonly<Record<string, (text: string) => string>> = {
    'as it is': (text) => text,
    'percent-encoded': encodeURIComponent,
    'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
    'percent-encoded in every character': (text) =>
      text.replaceAll(/[ -~]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
    'JSON-escaped': (text) => JSON.stringify(text).replaceAll('/', String.raw`\/`),
    'JSON-escaped in every character': (text) =>
      text.replaceAll(/[^]/g, (char) => String.raw`\u` + char.charCodeAt(0).toString(16).padStart(4, '0')),
    'escaped for HTML in every character': (text) =>
      text.replaceAll(/[^]/g, (char) =>
        char < 'a' ? `&#${char.charCodeAt(0)};` : `&#x${char.charCodeAt(0).toString(16)};`,
      ),
    'in base64': (text) => Buffer.from(text).toString('base64'),
    'in base64 after a byte': (text) => Buffer.from(`:${text}:`).toString('base64'),
    'in base64 for URLs after two bytes': (text) => Buffer.from(`u:${text}`).toString('base64url'),
    'in upper case': (text) => text.toUpperCase(),
    'in lower case': (text) => text.toLowerCase(),
    'split by zero-width characters': (text) => text.split('').join('\u200B'),
    'split by control characters': (text) => text.split('').join('\u0000'),
    'split by variation selectors': (text) => text.split('').join('\uFE0F'),
  };
  for (const [how, encode] of Object.entries(encodings)) {
    it(`never lets a remembered secret through ${how}`, () => {
      const secrets = stringMatching(/^[A-Za-z0-9_.~+/= -]{18,60}[A-Za-z0-9]{2}$/);
      forAll(
        property(secrets, constantFrom('', ' ', 'x', '"', '/', ':'), (secret, around) => {
          const redactor = createRedactor();
          redactor.remember(secret);
          const encoded = encode(secret);
          const text = redactor.redact(`a ${around}${encoded}${around} b`);
          // Base64 leaves at most the characters that also depend on the neighbors.
          const middle = encoded.slice(4, -4);
          assert.ok(!text.includes(middle), text);
          assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), text);
        }),
      );
    });
  }

  it('redacts a secret that has invisible characters itself', () => {
    const redactor = createRedactor();
    redactor.remember('my\u200Bsecretvalue9');
    assert.equal(redactor.redact('my\u200Bsecretvalue9 mysecretvalue9 my%E2%80%8Bsecretvalue9'), '••• ••• •••');
  });

  it('redacts a long secret to its end', () => {
    const secret = Array.from({ length: 200 }, (_, index) => `k${index}x`).join('');
    const redactor = createRedactor();
    redactor.remember(secret);
    assert.equal(redactor.redact(`a ${secret} b`).replaceAll('•', ''), 'a  b');
  });

  it('redacts a secret whole where the text is cut inside it', () => {
    const secret = 's3cr3tpart-of-a-webhook';
    const redactor = createRedactor();
    redactor.remember(secret);
    for (let before = 80; before <= 120; before += 1) {
      assert.doesNotMatch(redactor.redact(`${'x'.repeat(before)}${secret} and more`, 100), /s3c/);
    }
  });

  it('knows short parts of a remembered URL', () => {
    const redactor = createRedactor();
    redactor.remember('https://hooks.slack.com/services/T0AB1/B2cd/x9Y');
    assert.equal(redactor.redact('team T0AB1, hook b2cd, at services'), 'team •••, hook •••, at services');
  });

  it('leaves the paths of the API and ordinary words alone, whatever URL is remembered', () => {
    const line =
      'GET /accounts/0123/alerting/v3/destinations/webhooks: status 200; GET /user/tokens/verify; a webhook, webhooks';
    for (const url of [
      'https://n8n.example.com/webhook',
      'https://n8n.example.com/webhooks',
      'https://example.com/accounts',
      'https://example.com/v3/destinations/test?wait=true',
    ]) {
      const redactor = createRedactor();
      redactor.remember(url);
      assert.equal(redactor.redact(line), line, url);
    }
  });

  it('knows the path of a remembered URL that is one ordinary word', () => {
    const redactor = createRedactor();
    redactor.remember('https://n8n.example.com/webhook');
    assert.equal(redactor.redact('Cannot POST /webhook at n8n.example.com/webhook'), 'Cannot POST ••• at •••');
  });

  it('removes invisible characters', () => {
    assert.equal(createRedactor().redact('a\u202Eb\u200Bc\u0007d'), 'abcd');
  });

  // Each of these took time proportional to the square of the length, or worse: 64 kB took 8 s.
  for (const [what, unit] of [
    ['words with dots', 'a.'],
    ['the beginning of a URL', 'a://'],
    ['at signs', 'https://@'],
    ['slashes', String.raw`https:\/\/`],
    ['percent signs', '%25'],
    ['encoded slashes', 'a%3a%2f%2f'],
    ['entities', 'a:&#x2f;&#47;&quot;'],
    ['backslashes', '\\\\'],
    ['authentication schemes', 'bearer '],
    ['a repeated secret', 'aaaaaaab'],
  ] as const) {
    it(`takes half a megabyte of ${what} in its stride`, () => {
      const text = unit.repeat(500_000 / unit.length);
      const redactor = createRedactor();
      redactor.remember('aaaaaaab'.repeat(100));
      redactor.remember(`${'aaaaaaab'.repeat(30)}c`);
      redactor.redact(text, text.length);
      redactPatterns(text);
    });
  }

  it('reads no more of a text than it is told to', () => {
    assert.equal(createRedactor().redact('abcdef', 3), 'abc…');
    assert.equal(createRedactor().redact('abc', 3), 'abc');
    const redactor = createRedactor();
    redactor.remember('s3cr3tpart');
    assert.equal(redactor.redact('abc s3cr3tpart', 4), 'abc …');
    assert.equal(redactor.redact('abc s3cr3tpart', 5), 'abc •••…');
    assert.equal(redactPatterns('x'.repeat(20_000)), `${'x'.repeat(16_384)}…`);
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
