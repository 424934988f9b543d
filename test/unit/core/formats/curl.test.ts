import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { toReadCurl, toTestCurl } from '../../../../src/core/formats/curl.ts';
import { DESTINATION_TYPES, typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';

/** The commands are for a POSIX shell, which Windows may not have. */
const itInShell = process.platform === 'win32' ? it.skip : it;

/** The arguments that a POSIX shell hands to curl. */
const run = (curl: string, env: Readonly<Record<string, string>>): readonly string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${curl}`], { env, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

/** Any text that an argument can hold, with more of the characters that mean something to a shell. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', '$', '`', '\\', '\n', '!', ' ', '(', ')', ';', '&', '{', '}'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((character) => character !== '\0'),
  ),
});

describe('the curl command of a test', () => {
  it('holds neither URL nor secret', () => {
    const request = makeTestRequest(
      typeOrGeneric('splunk'),
      'https://example.com/very-secret-path',
      'very-secret-token',
    );
    const curl = toTestCurl(request);
    assert.doesNotMatch(curl, /very-secret|example/);
    assert.match(curl, /--header "Authorization: Splunk \$WEBHOOK_SECRET"/);
  });

  itInShell('gives a shell the very request, whatever is in it', function () {
    // Starts about fifty shells.
    this.timeout(30_000);
    for (const type of DESTINATION_TYPES) {
      const request = makeTestRequest(type, 'https://example.com/$x `y` "z"', 'k$e"y');
      const args = run(toTestCurl(request), { WEBHOOK_URL: request.url, WEBHOOK_SECRET: 'k$e"y' });
      assert.ok(args.includes(request.url) && args.includes(request.body));
      for (const [name, value] of Object.entries(request.headers)) {
        assert.ok(args.includes(`${name}: ${value}`), `${type.type}: ${name}`);
      }
    }
    fc.assert(
      fc.property(text, (body) => {
        assert.equal(run(toTestCurl({ url: 'x', headers: {}, body }), { WEBHOOK_URL: 'x' }).at(-1), body);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the curl command that reads a destination', () => {
  const read = (apiBaseUrl: string, accountId: string, destinationId: string): readonly string[] =>
    run(toReadCurl({ apiBaseUrl, accountId, destinationId }), { CLOUDFLARE_API_TOKEN: 'a token' });

  it('holds the address, and the token as a variable', () => {
    assert.equal(
      toReadCurl({ apiBaseUrl: 'https://api.cloudflare.com/client/v4', accountId: 'a1', destinationId: 'd1' }),
      [
        "curl 'https://api.cloudflare.com/client/v4/accounts/a1/alerting/v3/destinations/webhooks/d1' \\",
        '  --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"',
      ].join('\n'),
    );
  });

  itInShell('runs nothing that an address or ID holds', () => {
    assert.deepEqual(read('https://x/$(echo${IFS}y)', '`id`/..', "'; id; '"), [
      "https://x/$(echo${IFS}y)/accounts/%60id%60%2F../alerting/v3/destinations/webhooks/'%3B%20id%3B%20'",
      '--header',
      'Authorization: Bearer a token',
    ]);
    fc.assert(
      fc.property(text, text, text, (base, accountId, destinationId) => {
        const [url, ...others] = read(base, accountId, destinationId);
        assert.ok(url?.startsWith(`${base}/accounts/`));
        assert.ok(url?.endsWith(`/webhooks/${encodeURIComponent(destinationId)}`));
        assert.deepEqual(others, ['--header', 'Authorization: Bearer a token']);
      }),
      { numRuns: 40 },
    );
  });
});
