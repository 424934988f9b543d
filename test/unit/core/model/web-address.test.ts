import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyUrl } from '../../any-text.ts';
import { parseBaseUrl } from '../../../../src/core/api/base-url.ts';
import { parseObject } from '../../../../src/core/formats/json-parse.ts';
import { appendSegment } from '../../../../src/core/model/destination-types/url-rules.ts';
import { parseMailAddresses } from '../../../../src/core/model/mail-addresses.ts';
import { cleanToken } from '../../../../src/core/model/token.ts';
import {
  findInvisible,
  isSameAddress,
  normalizeAddress,
  normalizeName,
} from '../../../../src/core/model/web-address.ts';

const same: readonly [string, string, string][] = [
  ['the case of scheme and host', 'HTTPS://Example.COM/a', 'https://example.com/a'],
  ['the default port', 'https://example.com:443/a', 'https://example.com/a'],
  ['an empty path', 'https://example.com', 'https://example.com/'],
  ['a dot at the end of the host', 'https://example.com./a', 'https://example.com/a'],
  ['white space around it', '  https://example.com/a\n', 'https://example.com/a'],
  ['an invisible character within it', 'https://exam\u200Bple.com/a', 'https://example.com/a'],
  ['a line break within it', 'https://example.com/a\r\nb', 'https://example.com/ab'],
];
const different: readonly [string, string, string][] = [
  ['the case of the path', 'https://example.com/A', 'https://example.com/a'],
  ['a slash at the end of the path', 'https://example.com/a/', 'https://example.com/a'],
  ['a query parameter', 'https://example.com/a?b=1', 'https://example.com/a?b=2'],
  ['another port', 'https://example.com:8443/a', 'https://example.com/a'],
  ['the scheme', 'http://example.com/a', 'https://example.com/a'],
];

describe('web address', () => {
  for (const [what, a, b] of same) {
    it(`is the same but for ${what}`, () => {
      assert.ok(isSameAddress(a, b) && isSameAddress(b, a));
    });
  }
  for (const [what, a, b] of different) {
    it(`differs by ${what}`, () => {
      assert.ok(!isSameAddress(a, b));
    });
  }

  it('only trims text that is not a URL', () => {
    assert.equal(normalizeAddress('  not a URL '), 'not a URL');
    assert.ok(isSameAddress('nothing', ' nothing') && !isSameAddress('', 'nothing'));
  });

  it('normalizes any text once and for all', () => {
    fc.assert(
      fc.property(fc.oneof(anyUrl(), fc.string()), (text) => {
        const once = normalizeAddress(text);
        assert.equal(normalizeAddress(once), once);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('texts of half a million characters', () => {
  // Each took minutes: every character of a run began a match that was then given up.
  const space = ' '.repeat(500_000);
  it('are normalized, checked and cleaned in time proportional to their length', () => {
    assert.equal(normalizeName(`a${space}b `).length, 500_002);
    assert.equal(findInvisible(`a${space}b `)?.length, 500_000);
    assert.deepEqual(cleanToken(`x${'"'.repeat(500_000)}x`), { ok: false, problem: 'characters' });
    assert.ok(parseBaseUrl(`https://e.com/${'/'.repeat(500_000)}x/`).ok);
    assert.deepEqual(parseMailAddresses(`a@${'a.'.repeat(250_000)}@`).addresses, []);
    assert.ok(parseObject('a '.repeat(50_000)).findings.length > 10_000);
    const url = appendSegment(new URL(`https://e.com/${'/'.repeat(500_000)}x/`), 's\uD800');
    assert.ok(url.pathname.endsWith('/x/s%EF%BF%BD'));
  });
});
