import assert from 'node:assert/strict';
import { tokenKey, type TokenRecord } from '../../../../src/core/model/token.ts';
import { createTokenStore } from '../../../../src/ui/accounts/token-store.ts';
import { makeSecretStorage } from '../ui-services.ts';

const record = (token: string): TokenRecord => ({ version: 1, id: 't', token, owner: 'user' });

describe('a token that could not be stored', () => {
  for (const [what, theirs, kept] of [
    ['is stored once the storage works', undefined, 'mine'],
    ['does not replace the one that another window has stored since then', 'theirs', 'theirs'],
  ] as const) {
    it(what, async () => {
      const stored = new Map([[tokenKey('t'), JSON.stringify(record('old'))]]);
      const storage = makeSecretStorage(stored);
      let isBroken = true;
      const redactor = { remember() {}, redact: (text: string) => text };
      const store = async (key: string, value: string) =>
        isBroken ? Promise.reject(new Error('locked')) : storage.store(key, value);
      const tokens = createTokenStore({ ...storage, store }, redactor, () => {});
      await tokens.load();
      assert.equal(await tokens.save(record('mine')), false);
      assert.equal((await tokens.load()).records.get('t')?.token, 'mine');
      if (theirs) {
        stored.set(tokenKey('t'), JSON.stringify(record(theirs)));
      }
      isBroken = false;
      const { records, unsaved } = await tokens.load();
      assert.deepEqual([records.get('t')?.token, unsaved], [kept, false]);
      assert.equal(stored.get(tokenKey('t')), JSON.stringify(record(kept)));
    });
  }
});
