import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { fake, readState, readTooltip, readTree, run, startOver } from './extension-under-test.ts';
import { scriptUser } from './scripted-user.ts';

describe('privacy', () => {
  it('shows no token and no path of a URL anywhere, through adding, reading, failing and deleting', async () => {
    const extension = await startOver();
    const [account] = await fake.accounts();
    const accountId = account?.id ?? '';
    const destinations = await fake.destinations({ account: accountId });
    const user = scriptUser(
      { types: 'cfut_wrong00000000000000000000000000000000' },
      { types: demoTokens.demo },
      { picks: [account?.name ?? ''] },
      'accepts',
      { presses: 'Delete' },
    );
    const seen: string[] = [];
    try {
      await run('addAccount');
      seen.push(JSON.stringify(await readTree(extension)));
      await run('deleteDestination', { kind: 'destination', accountId, destinationId: destinations[0]?.id });
      await fake.addFault({ fault: { kind: 'status', status: 401 } });
      await run('refresh');
      seen.push(JSON.stringify(await readTree(extension)));
      seen.push(JSON.stringify([user.questions, user.messages, readTooltip(extension.statusItem.tooltip)]));
      seen.push(JSON.stringify(vscode.workspace.getConfiguration('cloudflareWebhooks')));
      seen.push(readState(extension.context), extension.logged());
    } finally {
      user.dispose();
    }
    const text = seen.join('\n');
    assert.match(text, /GET \/client\/v4\/accounts\/.*: status 200/);
    for (const secret of [demoTokens.demo, 'cfut_wrong', ...destinations.map(({ url }) => new URL(url).pathname)]) {
      assert.ok(secret.length < 4 || !text.includes(secret), `${secret.slice(0, 8)}… was shown`);
    }
  });
});
