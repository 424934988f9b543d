import assert from 'node:assert/strict';
import { createProfileSecrets } from '../../../src/ui/accounts/profile-secrets.ts';
import { MIGRATED_AT_KEY } from '../../../src/core/accounts/stored-keys.ts';
import { makeSecrets, makeState } from './memory-secrets.ts';

const TOKEN = 'cloudflareWebhooks.token.t1';
const SECRET = 'cloudflareWebhooks.secret.acme.d1';
const acme = { id: 'acme', name: 'Acme', tokenIds: ['t1'] };

describe('VS Code profiles', () => {
  const lines: string[] = [];
  const open = (secrets: ReturnType<typeof makeSecrets>['secrets'], state: ReturnType<typeof makeState>) =>
    createProfileSecrets(secrets, state, (_level, line) => lines.push(line));
  beforeEach(() => {
    lines.length = 0;
  });

  it('do not see or delete each other’s records', async () => {
    const { secrets, values } = makeSecrets();
    const [first, second] = [open(secrets, makeState()), open(secrets, makeState())];
    await first.store(TOKEN, 'one');
    await second.store(TOKEN, 'two');
    assert.deepEqual([await first.get(TOKEN), await second.get(TOKEN)], ['one', 'two']);
    assert.deepEqual(await first.keys(), [TOKEN]);
    await first.delete(TOKEN);
    assert.deepEqual([await first.keys(), await second.get(TOKEN)], [[], 'two']);
    assert.equal(values.size, 1);
  });

  it('each take over what an earlier version stored for their accounts, without a question, and only once', async () => {
    const { secrets, values } = makeSecrets();
    values.set(TOKEN, 'one').set(SECRET, 'webhook').set('cloudflareWebhooks.token.t2', 'of another profile');
    const state = makeState({ accounts: [acme] });
    const profile = open(secrets, state);
    assert.deepEqual((await profile.keys()).toSorted(), [SECRET, TOKEN]);
    assert.equal(await profile.get(TOKEN), 'one');
    await profile.delete(SECRET);
    const nextSession = open(secrets, state);
    assert.deepEqual(await nextSession.keys(), [TOKEN]);
    const other = open(secrets, makeState({ accounts: [{ ...acme, id: 'bolt', tokenIds: ['t1', 't2'] }] }));
    assert.deepEqual((await other.keys()).toSorted(), [TOKEN, 'cloudflareWebhooks.token.t2']);
    assert.ok(values.has(TOKEN) && values.has(MIGRATED_AT_KEY));
  });

  it('migrate later where the keyring was locked, or the list of accounts cannot be read', async () => {
    const { secrets, values, state: storage } = makeSecrets();
    values.set(TOKEN, 'one');
    const state = makeState({ accounts: [acme] });
    storage.broken = true;
    await assert.rejects(Promise.resolve(open(secrets, state).get(TOKEN)));
    assert.match(lines.join('\n'), /could not be migrated/);
    storage.broken = false;
    assert.equal(await open(secrets, state).get(TOKEN), 'one');
    const newer = makeState({ accounts: { version: 2 } });
    assert.equal(await open(secrets, newer).get(TOKEN), undefined);
    await newer.update('accounts', [acme]);
    assert.equal(await open(secrets, newer).get(TOKEN), 'one');
  });

  it('hear of changes of their own records only', async () => {
    const { secrets } = makeSecrets();
    const [first, second] = [open(secrets, makeState()), open(secrets, makeState())];
    await Promise.all([first.keys(), second.keys()]);
    const heard: string[] = [];
    first.onDidChange(({ key }) => heard.push(`first ${key}`));
    second.onDidChange(({ key }) => heard.push(`second ${key}`));
    await first.store(TOKEN, 'one');
    assert.deepEqual(heard, [`first ${TOKEN}`]);
  });
});
