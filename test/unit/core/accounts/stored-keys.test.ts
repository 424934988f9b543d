import assert from 'node:assert/strict';
import {
  destinationOf,
  findOldDrafts,
  isInUse,
  isLegacyOver,
  parseStoredKey,
  type StoredKey,
  toProfileKey,
} from '../../../../src/core/accounts/stored-keys.ts';
import { tokenKey } from '../../../../src/core/model/token.ts';

const DAY = 86_400_000;
const parse = (raw: string): StoredKey => parseStoredKey(raw) ?? assert.fail(raw);

describe('the keys of stored records', () => {
  it('are parsed in the namespace of a profile, and as earlier versions wrote them', () => {
    const key = tokenKey('a-b');
    assert.deepEqual(parse(key), { raw: key, key, kind: 'token', subject: 'a-b' });
    const raw = toProfileKey('p1', key);
    assert.deepEqual(parse(raw), { raw, key, kind: 'token', subject: 'a-b', profile: 'p1' });
    assert.deepEqual(destinationOf(parse('cloudflareWebhooks.secret.acc.dest')), {
      accountId: 'acc',
      destinationId: 'dest',
    });
  });

  it('of anything else are left alone', () => {
    for (const raw of [
      '',
      'other.token.a',
      'cloudflareWebhooks.migratedAt',
      'cloudflareWebhooks.profile.p',
      'token.a',
    ]) {
      assert.equal(parseStoredKey(raw), undefined, raw);
    }
    assert.equal(toProfileKey('p', 'other.key'), 'other.key');
  });

  it('tell which records the accounts of a profile use', () => {
    const inUse = { accountIds: new Set(['acc']), tokenIds: new Set(['t']) };
    const used = (raw: string): boolean => isInUse(parse(`cloudflareWebhooks.${raw}`), inUse);
    assert.deepEqual(['token.t', 'secret.acc.d', 'snapshot.acc', 'draft.x'].map(used), [true, true, false, true]);
    assert.deepEqual(
      ['token.u', 'secret.other.d', 'snapshot.other', 'token.constructor', 'secret.__proto__.d'].map(used),
      [false, false, false, false, false],
    );
  });

  it('of earlier versions last 30 days after the first migration', () => {
    assert.ok(!isLegacyOver(undefined, 100 * DAY));
    assert.ok(!isLegacyOver('not a time', 100 * DAY));
    assert.ok(!isLegacyOver(String(80 * DAY), 100 * DAY));
    assert.ok(isLegacyOver(String(60 * DAY), 100 * DAY));
  });

  it('of drafts that nothing restores are old after 30 days, and never more than 50', () => {
    const drafts = ['a', 'b', '__proto__', 'constructor'].map((id) => parse(`cloudflareWebhooks.draft.${id}`));
    const first = findOldDrafts(drafts, {}, 100 * DAY);
    assert.deepEqual(first.old, []);
    assert.deepEqual(Object.keys(first.seen), ['a', 'b', '__proto__', 'constructor']);
    const later = findOldDrafts(drafts, { ...first.seen, b: 120 * DAY }, 131 * DAY);
    assert.deepEqual(
      later.old.map(({ subject }) => subject),
      ['a', '__proto__', 'constructor'],
    );
    assert.deepEqual(later.seen, { b: 120 * DAY });
    const many = Array.from({ length: 60 }, (_, index) => parse(`cloudflareWebhooks.draft.${index}`));
    const bounded = findOldDrafts(many, {}, 0);
    assert.deepEqual([bounded.old.length, Object.keys(bounded.seen).length], [10, 50]);
  });
});
