import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  addAccount,
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  startWithAcme,
  until,
  untilSaid,
} from '../extension-under-test.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('notification policies', () => {
  let extension: Extension;
  let accountId: string;
  let onCall: string;
  let backup: string;
  let user: ScriptedUser | undefined;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    const put = async (name: string) =>
      (await fake.putDestination({ account: accountId, name, url: receiverUrl(name.replaceAll(' ', '-')) })).id;
    onCall = await put('On-call');
    backup = await put('Backup');
    await putPolicy('Attacks', [onCall]);
    await putPolicy('Certificates', [], ['ops@example.com']);
    await putPolicy('Tunnels', [backup], [], false);
    await addAccount('Acme');
  });
  afterEach(async () => {
    user?.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const putPolicy = async (name: string, ids: readonly string[], email: readonly string[] = [], enabled = true) =>
    fake.putPolicy({
      account: accountId,
      name,
      enabled,
      alert_type: 'dos_attack_l7',
      mechanisms: { webhooks: ids.map((id) => ({ id })), email: email.map((id) => ({ id })) },
    });
  const script = (...reactions: readonly Reaction[]): ScriptedUser => {
    user?.dispose();
    user = scriptUser(...reactions);
    return user;
  };
  const policyNamed = async (name: string) =>
    (await fake.policies({ account: accountId })).find((each) => each.name === name) ?? assert.fail(name);
  const webhooksOf = async (name: string) => (await policyNamed(name)).mechanisms.webhooks?.map(({ id }) => id);
  const node = (destinationId = onCall) => ({ kind: 'destination', accountId, destinationId });
  const puts = async () => (await fake.log()).filter(({ method }) => method === 'PUT').length;
  const asked = (index: number) => user?.questions[index] ?? assert.fail(`There is no question ${index}`);
  const said = async (words: RegExp): Promise<void> => untilSaid(() => user, words);

  describe('Policies…', () => {
    it('lists the policies with those ticked that deliver here, and says where else they deliver', async () => {
      script('leaves');
      await run('managePolicies', node());
      const { title, text } = asked(0);
      assert.equal(title, 'Policies That Deliver to “On-call”');
      assert.match(text, /^Attacks[^]*HTTP DDoS Attack Alert[^]*Delivers nowhere else/);
      assert.match(text, /Certificates[^]*Also delivers to 1 e-mail address/);
      assert.match(text, /Tunnels[^]*disabled[^]*Also delivers to “Backup”/);
      assert.equal(await puts(), 0);
    });

    it('shows what changes, changes it once, and takes it back on Undo', async () => {
      await putPolicy('Pools', [onCall, backup]);
      script({ picks: ['Attacks', 'Certificates', 'Tunnels'] }, { presses: 'Change 3 Policies' }, { presses: 'Undo' });
      await run('managePolicies', node());
      await said(/^3 policies were changed\./);
      const { title, text } = asked(1);
      assert.equal(title, 'Change which policies deliver to “On-call”?');
      assert.match(text, /These policies will deliver here: “Certificates” and “Tunnels”\./);
      assert.match(text, /It is disabled[^]*“Tunnels”/);
      assert.match(text, /This policy will no longer deliver here: “Pools”\./);
      await until(async () => (await webhooksOf('Pools'))?.length === 2);
      await until(async () => (await puts()) === 6);
      assert.deepEqual(await webhooksOf('Certificates'), []);
      assert.deepEqual(await webhooksOf('Tunnels'), [backup]);
      assert.deepEqual(await webhooksOf('Attacks'), [onCall]);
    });

    it('refuses to leave a policy without a recipient, and says why', async () => {
      script({ picks: [] });
      await run('managePolicies', node());
      await said(/^Not changed: “Attacks”\. Nothing else receives its alerts\./);
      assert.deepEqual(await webhooksOf('Attacks'), [onCall]);
      assert.equal(await puts(), 0);
    });

    it('says that nothing changes, and sends nothing after Escape', async () => {
      script({ picks: ['Attacks'] });
      await run('managePolicies', node());
      await said(/^No changes/);
      script({ picks: ['Attacks', 'Certificates'] }, 'leaves');
      await run('managePolicies', node());
      assert.equal(await puts(), 0);
    });

    it('adds several destinations to a policy that has some of them', async () => {
      await putPolicy('Pools', [onCall]);
      script({ picks: ['Pools'] }, { presses: 'Change Policy' });
      await run('managePolicies', node(), [node(), node(backup)]);
      await said(/^1 policy was changed/);
      assert.match(asked(0).title, /2 destinations/);
      assert.match(asked(0).text, /Pools[^]*Delivers to some of the selected destinations/);
      assert.deepEqual(await webhooksOf('Pools'), [onCall, backup]);
      // Ticked would be a policy of all destinations. This one has one of them and is left alone.
      assert.deepEqual(await webhooksOf('Attacks'), [onCall]);
    });

    it('reports a policy that was deleted since, and one that may not be written, and changes the others', async () => {
      await putPolicy('Forbidden', [], ['ops@example.com']);
      await putPolicy('Gone', [], ['ops@example.com']);
      const [forbidden, gone] = await Promise.all([policyNamed('Forbidden'), policyNamed('Gone')]);
      const path = `**/policies/${forbidden.id}`;
      await fake.addFault({ method: 'PUT', path, fault: { kind: 'status', status: 403 } });
      await fake.addFault({ method: 'GET', path: `**/policies/${gone.id}`, fault: { kind: 'status', status: 404 } });
      script({ picks: ['Attacks', 'Certificates', 'Forbidden', 'Gone'] }, { presses: 'Change 3 Policies' });
      await run('managePolicies', node());
      await said(/^1 policy was changed\. No longer at Cloudflare: “Gone”\. “Forbidden”: .*permission/);
      assert.deepEqual(await webhooksOf('Certificates'), [onCall]);
    });

    it('lists 200 policies', async () => {
      for (let index = 0; index < 200; index += 1) {
        await putPolicy(`Policy ${index}`, [], ['ops@example.com']);
      }
      script('leaves');
      await run('managePolicies', node());
      assert.equal(asked(0).text.match(/Policy \d+/g)?.length, 200);
    });

    it('says what to do in an account without policies', async () => {
      for (const { id } of await fake.policies({ account: accountId })) {
        await fake.removePolicy({ account: accountId, id });
      }
      script();
      await run('managePolicies', node());
      await said(/^Acme has no notification policies/);
    });
  });

  describe('a policy row', () => {
    const policyNode = async (name: string, destinationId = onCall) => ({
      kind: 'policy',
      accountId,
      destinationId,
      policyId: (await policyNamed(name)).id,
    });
    const rows = async (destinationId = onCall) =>
      readTree(extension, { kind: 'destination', accountId, destinationId });

    it('is disabled and enabled again, and nothing else of it changes', async () => {
      const before = await policyNamed('Attacks');
      script({ presses: 'Enable' });
      await run('togglePolicy', await policyNode('Attacks'));
      await said(/^Disabled the policy “Attacks”/);
      await until(async () => (await policyNamed('Attacks')).enabled);
      assert.deepEqual({ ...(await policyNamed('Attacks')), modified: '' }, { ...before, modified: '' });
      assert.equal(await puts(), 2);
    });

    it('makes the same state again on Retry, though the first attempt took effect', async () => {
      const path = '/accounts/*/alerting/v3/policies/*';
      await fake.addFault({ method: 'PUT', path, fault: { kind: 'reset' }, after: true, times: 1 });
      // The first look is before the update, the second one after it.
      await fake.addFault({ method: 'GET', path, times: 1 });
      await fake.addFault({ method: 'GET', path, fault: { kind: 'status', status: 400 }, times: 1 });
      script({ presses: 'Retry' }, 'leaves');
      await run('togglePolicy', await policyNode('Attacks'));
      await said(/^Disabled the policy “Attacks”/);
      assert.equal((await policyNamed('Attacks')).enabled, false);
      assert.equal(await puts(), 1);
    });

    it('is found by a quick pick without a row', async () => {
      script({ picks: ['Acme'] }, { picks: ['Tunnels'] });
      await run('togglePolicy');
      await said(/^Enabled the policy “Tunnels”/);
      assert.equal((await policyNamed('Tunnels')).enabled, true);
    });

    it('says that a policy no longer exists', async () => {
      const gone = await policyNode('Attacks');
      await fake.removePolicy({ account: accountId, id: gone.policyId });
      script();
      await run('togglePolicy', gone);
      await said(/no longer exists/);
    });

    it('shows that it is silenced, and until when', async () => {
      const [account] = await fake.accounts();
      assert.ok(account);
      const { id } = await policyNamed('Attacks');
      const hour = 3_600_000;
      await fake.putAccount({
        ...account,
        silences: [
          {
            id: 's',
            policy_id: id,
            start_time: new Date(Date.now() - hour).toISOString(),
            end_time: new Date(Date.now() + hour).toISOString(),
          },
        ],
      });
      extension.policies.forget([accountId]);
      const [row] = await rows();
      assert.match(row?.description ?? '', /HTTP DDoS Attack Alert · silenced until .+:\d\d/);
      assert.match(row?.tooltip ?? '', /State: silenced until/);
      assert.equal(row?.icon, 'bell-slash');
    });
  });

  describe('Explain Delivery', () => {
    const read = () => vscode.window.activeTextEditor?.document.getText() ?? '';
    const lenses = async (): Promise<readonly string[]> => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      const found: vscode.CodeLens[] = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri);
      return found.map(({ command, range }) => `${range.start.line}: ${command?.title}`);
    };

    it('walks the chain with the weakest link first and an action for each', async () => {
      await fake.putPolicy({ account: accountId, ...(await policyNamed('Attacks')), enabled: false });
      await run('explainDelivery', node());
      assert.match(read(), /^Delivery to “On-call” of Acme\nAs of .+\n\n✗ Broken: The policy is disabled: “Attacks”\./);
      assert.match(read(), /\? Unknown: Cloudflare has never delivered an alert to it\./);
      assert.match(read(), /✓ OK: The destination exists at Cloudflare\./);
      const actions = await lenses();
      assert.ok(actions.includes('0: Explain Again') && actions.includes('3: Enable “Attacks”'), actions.join());
      assert.doesNotMatch(read(), /receivers|http/);
      assert.equal(vscode.window.activeTextEditor?.document.isDirty, false);
    });

    it('reads Cloudflare again when it is asked again', async () => {
      await run('explainDelivery', node(backup));
      assert.match(read(), /✗ Broken: The policy is disabled: “Tunnels”/);
      script();
      await run('togglePolicy', {
        kind: 'policy',
        accountId,
        destinationId: backup,
        policyId: (await policyNamed('Tunnels')).id,
      });
      await run('explainDelivery', node(backup));
      await until(() => /✓ OK: The policy is enabled\./.test(read()), read);
    });

    it('says that a destination was deleted, and what could not be read', async () => {
      for (const path of ['**/policies', '**/silences', '**/history']) {
        await fake.addFault({ path, fault: { kind: 'status', status: 403 } });
      }
      await run('explainDelivery', node());
      assert.match(read(), /\? Unknown: Could not load the notification policies/);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await fake.clear({ part: 'faults' });
      await fake.removeDestination({ account: accountId, id: onCall });
      await run('explainDelivery', node());
      // VS Code may still have the document, which is then read again after it is shown.
      await until(() => read().includes('✗ Broken: The destination no longer exists at Cloudflare.'), read);
    });
  });
});
