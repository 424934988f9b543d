import assert from 'node:assert/strict';
import { parseBaseUrl, PUBLIC_API } from '../../../../src/core/api/base-url.ts';

describe('base URL', () => {
  const accepted: readonly [string, string][] = [
    ['', PUBLIC_API],
    [' \t', 'https://api.cloudflare.com/client/v4'],
    [PUBLIC_API, PUBLIC_API],
    ['https://proxy.example.com/cf//', 'https://proxy.example.com/cf'],
    ['http://127.10.20.30', 'http://127.10.20.30'],
    ['https://proxy.example.com/cf/ ', 'https://proxy.example.com/cf'],
    ['http://localhost:8080/client/v4', 'http://localhost:8080/client/v4'],
    ['http://127.0.0.1:1/', 'http://127.0.0.1:1'],
    ['http://127.1.2.3', 'http://127.1.2.3'],
    ['http://[::1]:9/x', 'http://[::1]:9/x'],
  ];
  for (const [text, url] of accepted) {
    it(`accepts ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseBaseUrl(text), { ok: true, url });
    });
  }

  const refused: readonly [string, string][] = [
    ['api.cloudflare.com', 'notAnAddress'],
    ['ftp://127.0.0.1/', 'notAnAddress'],
    ['javascript:alert(1)', 'notAnAddress'],
    ['http://api.cloudflare.com/client/v4', 'insecure'],
    ['http://localhost.example.com', 'insecure'],
    ['http://127.0.0.1.example.com', 'insecure'],
    ['http://192.168.1.1', 'insecure'],
    ['http://notlocalhost', 'insecure'],
    ['https://user@example.com', 'credentials'],
    ['https://:pass@example.com', 'credentials'],
    ['https://user:pass@example.com', 'credentials'],
    ['https://example.com/?to=', 'credentials'],
    ['https://example.com/#x', 'credentials'],
  ];
  for (const [text, problem] of refused) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseBaseUrl(text), { ok: false, problem });
    });
  }
});
