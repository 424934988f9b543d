import assert from 'node:assert/strict';
import { createRedactor } from '../../../src/core/api/redaction.ts';
import type { TokenRecord } from '../../../src/core/model/token.ts';
import { warnUnsaved, describeTrouble } from '../../../src/ui/accounts/storage-trouble.ts';
import { createTokenStore } from '../../../src/ui/accounts/token-store.ts';
import { startOver } from '../extension-under-test.ts';
import { makeSecrets } from './memory-secrets.ts';
import { scriptUser } from '../scripted-user.ts';

const RECORD: TokenRecord = { version: 1, id: 'one', token: 'cfut_0123456789', owner: 'user' };
const KEY = 'cloudflareWebhooks.token.one';

describe('failing SecretStorage', () => {
  const { secrets, values, undecryptable, state } = makeSecrets();
  const lines: string[] = [];
  const log = (_level: string, message: string): void => void lines.push(message);
  const make = () => createTokenStore(secrets, createRedactor(), log, () => true);

  beforeEach(() => {
    values.clear();
    state.broken = false;
    lines.length = 0;
  });

  it('keeps a token for the session and persists it after recovery', async () => {
    const tokens = make();
    state.broken = true;
    assert.equal(await tokens.save(RECORD), false);
    const during = await tokens.load();
    assert.deepEqual([during.records.get('one'), during.failed, during.unsaved], [RECORD, true, true]);
    state.broken = false;
    const after = await tokens.load();
    assert.deepEqual([after.records.get('one'), after.failed, after.unsaved], [RECORD, false, false]);
    assert.deepEqual([...values.keys()], [KEY]);
    assert.ok(!lines.join('\n').includes(RECORD.token));
  });

  it('keeps loaded tokens while SecretStorage cannot be read', async () => {
    const tokens = make();
    await tokens.save(RECORD);
    state.broken = true;
    const { records, failed } = await tokens.load();
    assert.deepEqual([records.size, failed], [1, true]);
  });

  it('reports a failed deletion', async () => {
    const tokens = make();
    await tokens.save(RECORD);
    state.broken = true;
    assert.equal(await tokens.delete('one'), false);
  });

  it('tells a token that cannot be decrypted from one of a newer version', async () => {
    await make().save(RECORD);
    undecryptable.add(KEY);
    const loaded = await make().load();
    assert.deepEqual([loaded.records.size, loaded.unreadable, loaded.undecryptable], [0, 0, ['one']]);
    assert.match(lines.join('\n'), /token\.one could not be decrypted/);
    assert.ok(values.has(KEY));
    undecryptable.clear();
  });

  it('ignores a malformed record without deleting it', async () => {
    values.set(KEY, 'no JSON');
    const { records, unreadable } = await make().load();
    assert.deepEqual([records.size, unreadable, values.get(KEY)], [0, 1, 'no JSON']);
    assert.match(lines.join('\n'), /cannot read the stored token \S*token\.one/);
  });

  it('shows the most severe problem above the rows', () => {
    const trouble = { failed: false, unsaved: false, unreadable: 0, undecryptable: [], accountsUnreadable: false };
    assert.equal(describeTrouble(trouble), '');
    assert.match(describeTrouble({ ...trouble, unreadable: 2, unsaved: true }), /in this session only/);
    assert.match(describeTrouble({ ...trouble, undecryptable: ['one'] }), /1? ?stored token could not be decrypted/);
    assert.match(describeTrouble({ ...trouble, accountsUnreadable: true }), /left it unchanged/);
    assert.match(
      describeTrouble({ ...trouble, failed: true, unsaved: true }),
      /Could not read .*whether the keyring is locked/,
    );
  });

  it('shows a warning with a retry when a token cannot be persisted', async () => {
    const { connections } = await startOver();
    const user = scriptUser({ presses: 'Try Again' });
    try {
      warnUnsaved(false, connections);
      await new Promise((resolve) => setImmediate(resolve));
      assert.match(user.questions[0]?.title ?? '', /available in this session only/);
    } finally {
      user.dispose();
    }
  });
});
