import assert from 'node:assert/strict';
import { addAccount, fake, readState, readTree, receiverUrl, run, startWithAcme } from '../extension-under-test.ts';
import { scriptUser } from '../scripted-user.ts';

const PART = 's3cr3tpart-of-a-webhook';

describe('test whose receiver returns the path of its URL', () => {
  it('shows the path in no notification, row or log', async () => {
    const { extension, accountId } = await startWithAcme();
    await fake.changeSettings({ urlSecrets: 'returned' });
    await addAccount('Acme');
    await extension.state.update('testedHosts', undefined);
    const url = receiverUrl(PART);
    const { id } = await fake.putDestination({ account: accountId, name: 'Ops', url, type: 'generic' });
    await run('refreshAll');
    const body = JSON.stringify({ message: `Cannot POST ${new URL(url).pathname}` });
    await fake.addReceiverRule({ type: 'generic', fault: { kind: 'status', status: 404, body } });

    const user = scriptUser({ picks: ['From this machine'] }, { types: '' }, { presses: 'Send' });
    try {
      await run('testDestination', { kind: 'destination', accountId, destinationId: id });
      const [row] = (await readTree(extension))[0]?.children ?? [];
      assert.match(row?.tooltip ?? '', /Last test: from this machine: failed now \(.*Cannot POST/);
      const told = JSON.stringify([user.questions, user.messages]);
      assert.match(told, /The test of “Ops” from this machine failed/);
      for (const text of [told, row?.tooltip ?? '', extension.logged(), readState(extension.context)]) {
        assert.ok(!text.includes(PART));
      }
    } finally {
      user.dispose();
    }
  });
});
