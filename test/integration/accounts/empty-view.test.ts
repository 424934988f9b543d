import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createAccountsModule } from '../../../src/ui/accounts/module.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { type Extension, fake, run, startOver } from '../extension-under-test.ts';
import { scriptUser } from '../scripted-user.ts';

describe('the empty view', () => {
  const commands = vscode.commands as { executeCommand: typeof vscode.commands.executeCommand };
  const { executeCommand } = vscode.commands;
  let extension: Extension;
  /** The context keys that were set, in order, as `name=value`. */
  let keys: string[];

  beforeEach(async () => {
    extension = await startOver();
    keys = [];
    commands.executeCommand = (async (command: string, ...rest: unknown[]) => {
      if (command === 'setContext') {
        keys.push(`${String(rest[0])}=${String(rest[1])}`);
      }
      return executeCommand(command, ...rest);
    }) as typeof executeCommand;
  });
  afterEach(() => {
    commands.executeCommand = executeCommand;
  });

  for (const [couldLoad, state] of [
    [true, 'noAccount'],
    [false, 'unreadable'],
  ] as const) {
    it(`shows the state “${state}” where the stored accounts ${couldLoad ? 'are loaded' : 'cannot be loaded'}`, async () => {
      const loaded = Promise.resolve(couldLoad);
      const { disposables } = createAccountsModule({
        ...extension,
        // As if accounts were stored, since only then something is loading.
        state: { ...extension.state, get: () => ['an account'] },
        connections: new vscode.Disposable(() => {}),
        loaded,
      } as never);
      await loaded;
      disposables.at(-1)?.dispose();
      assert.deepEqual(
        keys.filter((key) => key.startsWith('cloudflareWebhooks.state=')),
        ['cloudflareWebhooks.state=loading', `cloudflareWebhooks.state=${state}`],
      );
      await executeCommand('setContext', 'cloudflareWebhooks.state', 'noAccount');
    });
  }

  it('says that a token cannot list accounts until an account is added', async () => {
    const account = (await fake.accounts())[1]?.id ?? '';
    const shown = () => keys.findLast((key) => key.startsWith('cloudflareWebhooks.tokenWithoutAccounts='));
    const first = scriptUser({ types: demoTokens.narrow });
    await run('addAccount');
    first.dispose();
    assert.equal(shown(), 'cloudflareWebhooks.tokenWithoutAccounts=true');
    const second = scriptUser({ types: demoTokens.narrow }, { types: account }, 'accepts');
    await run('addAccount');
    second.dispose();
    assert.equal(shown(), 'cloudflareWebhooks.tokenWithoutAccounts=false');
  });
});
