import assert from 'node:assert/strict';
import {
  cleanToken,
  idOfTokenKey,
  isTokenKey,
  ownerByPrefix,
  parseTokenRecord,
  tokenKey,
  toTokenInfo,
} from '../../../../src/core/model/token.ts';

const TOKEN = 'cfut_abcDEF-123_456';

describe('token', () => {
  for (const pasted of [
    TOKEN,
    `  ${TOKEN}\r\n`,
    `Bearer ${TOKEN}`,
    `bearer  ${TOKEN}`,
    `"${TOKEN}"`,
    `'Bearer ${TOKEN}'`,
    `Authorization: Bearer ${TOKEN}`,
    `"Bearer "${TOKEN}""`,
  ]) {
    it(`finds the token in ${JSON.stringify(pasted)}`, () => {
      assert.deepEqual(cleanToken(pasted), { ok: true, token: TOKEN });
    });
  }

  const refused: readonly [string, string][] = [
    ['', 'empty'],
    ['  "" ', 'empty'],
    ['Bearer ', 'empty'],
    ['cfk_0123456789', 'globalKey'],
    ['0123456789abcdef0123456789abcdef01234', 'globalKey'],
    ['two words', 'characters'],
    ['line\nbreak', 'characters'],
    ['naïve', 'characters'],
  ];
  for (const [pasted, problem] of refused) {
    it(`rejects ${JSON.stringify(pasted)} as ${problem}`, () => {
      assert.deepEqual(cleanToken(pasted), { ok: false, problem });
    });
  }

  it('derives the owner from the prefix', () => {
    assert.equal(ownerByPrefix('cfut_x'), 'user');
    assert.equal(ownerByPrefix('cfat_x'), 'account');
    assert.equal(ownerByPrefix('x'), undefined);
  });

  const record = { version: 1, id: 'a', token: TOKEN, owner: 'user' } as const;

  it('loads a persisted record with or without an expiry', () => {
    assert.deepEqual(parseTokenRecord(tokenKey('a'), JSON.stringify(record)), record);
    const expiring = { ...record, expiresOn: '2027-01-01T00:00:00Z' };
    assert.deepEqual(parseTokenRecord(tokenKey('a'), JSON.stringify(expiring)), expiring);
  });

  const invalid: readonly [string, string, string][] = [
    ['a record of a newer version', tokenKey('a'), JSON.stringify({ ...record, version: 2 })],
    ['the record of another key', tokenKey('b'), JSON.stringify(record)],
    ['a record with an empty token', tokenKey('a'), JSON.stringify({ ...record, token: '' })],
    ['a record with an unknown owner', tokenKey('a'), JSON.stringify({ ...record, owner: 'dog' })],
    ['text that is not JSON', tokenKey('a'), TOKEN],
    ['an empty value', tokenKey('a'), ''],
    ['null', tokenKey('a'), 'null'],
  ];
  for (const [what, key, value] of invalid) {
    it(`does not load ${what}`, () => {
      assert.equal(parseTokenRecord(key, value), undefined);
    });
  }

  it('tells everything about a token but the token', () => {
    const facts = {
      id: 'a',
      owner: 'user',
      expiresOn: '2027-01-01T00:00:00Z',
      cloudflareId: 'c',
      origins: ['o'],
    } as const;
    assert.deepEqual(toTokenInfo({ ...facts, version: 1, token: TOKEN }), facts);
  });

  it('recognizes its own keys', () => {
    assert.equal(idOfTokenKey(tokenKey('a')), 'a');
    assert.ok(isTokenKey(tokenKey('a')));
    assert.ok(!isTokenKey('somebody.else'));
  });
});
