import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { readSettings } from '../../src/ui/host/settings.ts';
import { hostileSettings } from '../vscode-host/hostile-settings.ts';
import { addAccount, fake, startWithAcme } from './extension-under-test.ts';

/**
 * The runner writes a hostile API address into the settings of the machine, as a dev container can, and all hostile settings
 * into those of the folder that is open, as a repository can.
 */
describe('settings', () => {
  it('of a remote machine do not redirect a token', async () => {
    const { extension } = await startWithAcme();
    const settings = readSettings();
    assert.ok(settings.apiBaseUrl.ok);
    assert.equal(new URL(settings.apiBaseUrl.url).hostname, '127.0.0.1');
    await addAccount('Acme');
    assert.ok((await fake.log()).length > 0);
    assert.doesNotMatch(extension.logged(), /attacker/);
    assert.equal(extension.store.entries()[0]?.state.kind, 'ready');
  });

  it('of the open folder are read by VS Code', () => {
    assert.deepEqual(vscode.workspace.getConfiguration().inspect('editor.rulers')?.workspaceValue, [77]);
  });

  for (const [name, value] of Object.entries(hostileSettings)) {
    it(`of a workspace cannot hold ${name}`, async () => {
      const settings = vscode.workspace.getConfiguration();
      const before = settings.get(name);
      assert.notDeepEqual(before, value);
      for (const target of [vscode.ConfigurationTarget.Workspace, vscode.ConfigurationTarget.WorkspaceFolder]) {
        await assert.rejects(Promise.resolve(settings.update(name, value, target)));
      }
      assert.deepEqual(vscode.workspace.getConfiguration().get(name), before);
      const found = vscode.workspace.getConfiguration().inspect(name);
      assert.deepEqual([found?.workspaceValue, found?.workspaceFolderValue], [undefined, undefined]);
    });
  }
});
