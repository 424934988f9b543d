import assert from 'node:assert/strict';
import { tokenKey, type TokenRecord } from '../../../../src/core/model/token.ts';
import { createTokenStore } from '../../../../src/ui/accounts/token-store.ts';
import { makeSecretStorage } from '../ui-services.ts';

const record = (token: string): TokenRecord => ({ version: 1, id: 't', token, owner: 'user' });

/** A window that has loaded what is stored, and could then not store `mine`. `unlock` lets SecretStorage work again. */
async function makeUnsaved(stored: Map<string, string>, isUsed = () => true) {
  const storage = makeSecretStorage(stored);
  let isBroken = false;
  const redactor = { remember() {}, redact: (text: string) => text };
  const store = async (key: string, value: string) =>
    isBroken ? Promise.reject(new Error('locked')) : storage.store(key, value);
  const secrets = { ...storage, store };
  const tokens = createTokenStore(secrets, redactor, () => {}, isUsed);
  const fail = async (): Promise<void> => {
    isBroken = true;
    assert.equal(await tokens.save(record('mine')), false);
    assert.equal((await tokens.load()).records.get('t')?.token, 'mine');
  };
  await tokens.load();
  return { tokens, secrets, fail, unlock: () => void (isBroken = false) };
}

const KEY = tokenKey('t');
const withOld = () => new Map([[KEY, JSON.stringify(record('old'))]]);

describe('a token that could not be stored', () => {
  for (const [what, theirs, kept] of [
    ['is stored once the storage works', undefined, 'mine'],
    ['does not replace the one that another window has stored since then', 'theirs', 'theirs'],
  ] as const) {
    it(what, async () => {
      const stored = withOld();
      const { tokens, fail, unlock } = await makeUnsaved(stored);
      await fail();
      if (theirs) {
        stored.set(KEY, JSON.stringify(record(theirs)));
      }
      unlock();
      const { records, unsaved } = await tokens.load();
      assert.deepEqual([records.get('t')?.token, unsaved], [kept, false]);
      assert.equal(stored.get(KEY), JSON.stringify(record(kept)));
    });
  }

  it('does not come back after another window has deleted it', async () => {
    const stored = withOld();
    const { tokens, fail, unlock } = await makeUnsaved(stored);
    await fail();
    stored.delete(KEY);
    unlock();
    const { records, unsaved } = await tokens.load();
    assert.deepEqual([records.size, unsaved, stored.size], [0, false, 0]);
  });

  it('does not come back where no account can use it any more', async () => {
    const stored = new Map<string, string>();
    let isUsed = true;
    const { tokens, fail, unlock } = await makeUnsaved(stored, () => isUsed);
    await fail();
    isUsed = false;
    unlock();
    const { records, unsaved } = await tokens.load();
    assert.deepEqual([records.size, unsaved, stored.size], [0, false, 0]);
  });

  it('is stored where nothing was stored before, or where what was could not be decrypted', async () => {
    const empty = new Map<string, string>();
    const never = await makeUnsaved(empty);
    await never.fail();
    never.unlock();
    await never.tokens.load();
    const stored = withOld();
    const undecryptable = await makeUnsaved(stored);
    undecryptable.secrets.get = async () => undefined;
    await undecryptable.fail();
    undecryptable.unlock();
    await undecryptable.tokens.load();
    assert.deepEqual([empty.get(KEY), stored.get(KEY)], Array(2).fill(JSON.stringify(record('mine'))));
  });

  it('is stored where it was entered after the one before had been deleted, here or in another window', async () => {
    for (const isHere of [true, false]) {
      const stored = withOld();
      const { tokens, fail, unlock } = await makeUnsaved(stored);
      await (isHere ? tokens.delete('t') : stored.delete(KEY));
      await (isHere ? undefined : tokens.load());
      await fail();
      unlock();
      const { records, unsaved } = await tokens.load();
      assert.deepEqual([records.get('t')?.token, unsaved, stored.size], ['mine', false, 1]);
    }
  });
});
