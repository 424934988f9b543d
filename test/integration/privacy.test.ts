import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { fake, readState, readTooltip, readTree, run, startOver } from './extension-under-test.ts';
import { scriptUser } from './scripted-user.ts';

const WRONG = 'cfut_wrong00000000000000000000000000000000';

describe('privacy', () => {
  it('shows no token and no URL path while adding, failing, deleting, replacing a token and removing', async () => {
    const extension = await startOver();
    const [account] = await fake.accounts();
    const accountId = account?.id ?? '';
    const destinations = await fake.destinations({ account: accountId });
    const user = scriptUser(
      { types: WRONG },
      { types: demoTokens.demo },
      { picks: [account?.name ?? ''] },
      'accepts',
      { presses: 'Delete' },
      { types: demoTokens.disabled },
      { types: demoTokens.expiringSoon },
      { presses: 'Remove' },
    );
    const seen: string[] = [];
    const record = async (): Promise<void> => {
      seen.push(JSON.stringify(await readTree(extension)), readState(extension.context));
      seen.push(readTooltip(extension.statusItem.item.tooltip), extension.destinationsView.view.message ?? '');
    };
    try {
      await run('addAccount');
      await record();
      await run('deleteDestination', { kind: 'destination', accountId, destinationId: destinations[0]?.id });
      await fake.addFault({ fault: { kind: 'status', status: 401 } });
      await run('refresh');
      await record();
      await fake.clear({ part: 'faults' });
      await run('replaceToken', { kind: 'account', accountId });
      await record();
      await run('removeAccount', { kind: 'account', accountId });
      await record();
      seen.push(JSON.stringify([user.questions, user.messages]), extension.logged());
      seen.push(JSON.stringify(vscode.workspace.getConfiguration('cloudflareWebhooks')));
    } finally {
      user.dispose();
    }
    assert.equal(user.questions.length, 8);
    const text = seen.join('\n');
    assert.match(text, /GET \/client\/v4\/accounts\/.*: status 200/);
    for (const secret of [
      WRONG,
      ...Object.values(demoTokens),
      ...destinations.map(({ url }) => new URL(url).pathname),
    ]) {
      assert.ok(secret.length < 4 || !text.includes(secret), `${secret.slice(0, 8)}… was shown`);
    }
  });
});
