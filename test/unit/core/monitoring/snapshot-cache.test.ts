import assert from 'node:assert/strict';
import {
  accountOfSnapshotKey,
  parseSnapshotRecord,
  snapshotKey,
  toSnapshotRecord,
} from '../../../../src/core/monitoring/snapshot-cache.ts';
import { isTokenKey } from '../../../../src/core/model/token.ts';
import { makeDestination } from '../api/fake-api.ts';

describe('shared snapshot', () => {
  it('comes back as it was written', () => {
    const destinations = [makeDestination('1', { lastFailure: '2026-01-01T00:00:00.000001Z' }), makeDestination('2')];
    const { at, destinations: read } = parseSnapshotRecord(toSnapshotRecord({ at: 5, destinations })) ?? assert.fail();
    assert.deepEqual([at, read], [5, destinations]);
  });

  it('is ignored where it cannot be read', () => {
    const record = { version: 1, at: 5, destinations: [makeDestination('1')] };
    for (const value of [
      undefined,
      '',
      'no JSON',
      JSON.stringify({ ...record, version: 2 }),
      JSON.stringify({ ...record, at: 'yesterday' }),
      JSON.stringify({ ...record, destinations: [{ id: '1' }] }),
    ]) {
      assert.equal(parseSnapshotRecord(value), undefined);
    }
  });

  it('has a key of its own, which is no token’s', () => {
    assert.equal(accountOfSnapshotKey(snapshotKey('a1')), 'a1');
    assert.equal(accountOfSnapshotKey('cloudflareWebhooks.token.a1'), undefined);
    assert.equal(isTokenKey(snapshotKey('a1')), false);
  });
});
