import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyUrl } from '../../any-text.ts';
import {
  accountOfCacheFile,
  cacheFileOf,
  formatCachedAccount,
  parseCachedAccount,
} from '../../../../src/core/monitoring/snapshot-cache.ts';
import { makeDestination } from '../api/fake-api.ts';

const account = { id: 'a1', name: 'Halden Logistics' };

describe('snapshot cache', () => {
  it('comes back as it was written, with the host in the place of the URL', () => {
    const { url: _, ...facts } = makeDestination('1', { lastFailure: '2026-01-01T00:00:00.000001Z' });
    const content = formatCachedAccount(account, 5, [makeDestination('1', facts)], 2) ?? assert.fail();
    assert.ok(!content.includes('services'));
    assert.deepEqual(parseCachedAccount(content, 'a1'), {
      version: 1,
      accountId: 'a1',
      label: 'Halden Logistics',
      at: 5,
      skipped: 2,
      destinations: [{ ...facts, host: 'hooks.slack.com' }],
    });
    const cached = parseCachedAccount(content, 'a1')?.destinations ?? [];
    assert.equal(formatCachedAccount(account, 5, cached, 2), content);
    // A file of an earlier version does not say it.
    const { skipped } = parseCachedAccount(content.replace('"skipped":2,', ''), 'a1') ?? assert.fail();
    assert.equal(skipped, 0);
  });

  it('never holds more of a URL than its host', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
    fc.assert(
      fc.property(secret, secret, anyUrl(), (path, query, host) => {
        const url = `${new URL(host).origin}/SECRET${path}?key=SECRET${query}`;
        const content = formatCachedAccount(account, 5, [makeDestination('1', { url })]) ?? '';
        assert.ok(!content.includes('SECRET'));
      }),
    );
    const odd = { ...makeDestination('1', { url: 'no url SECRET' }), secret: 'SECRET', whole: { url: 'SECRET' } };
    assert.ok(!formatCachedAccount(account, 5, [odd])?.includes('SECRET'));
  });

  it('is ignored where it is corrupt, of another version or of another account', () => {
    const record = JSON.parse(formatCachedAccount(account, 5, [makeDestination('1')]) ?? '') as object;
    assert.ok(parseCachedAccount(JSON.stringify(record), 'a1'));
    for (const content of [
      '',
      'no JSON',
      JSON.stringify(record).slice(0, -1),
      JSON.stringify({ ...record, version: 2 }),
      JSON.stringify({ ...record, accountId: 'a2' }),
      JSON.stringify({ ...record, at: 'yesterday' }),
      JSON.stringify({ ...record, destinations: [{ id: '1' }] }),
    ]) {
      assert.equal(parseCachedAccount(content, 'a1'), undefined);
    }
    fc.assert(fc.property(fc.string(), (content) => assert.equal(parseCachedAccount(content, 'a1'), undefined)));
  });

  it('is bounded in size', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => makeDestination(String(index)));
    assert.equal(formatCachedAccount(account, 5, many), undefined);
    assert.equal(parseCachedAccount(' '.repeat(1_000_001), 'a1'), undefined);
  });

  it('has one file an account, whatever its id', () => {
    for (const id of ['a1', '../../x', 'a/b', 'ä b', 'C:\\x']) {
      assert.equal(accountOfCacheFile(cacheFileOf(id)), id);
      assert.match(cacheFileOf(id), /^[^/\\:]+\.json$/);
    }
    for (const name of ['a1.json.tmp', '.json', '%.json', 'a1']) {
      assert.equal(accountOfCacheFile(name), undefined);
    }
  });
});
