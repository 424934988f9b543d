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

describe('Create Policy…', () => {
  let extension: Extension;
  let accountId: string;
  let onCall: string;
  let backup: string;
  let user: ScriptedUser | undefined;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    const put = async (name: string) =>
      (await fake.putDestination({ account: accountId, name, url: receiverUrl(name) })).id;
    onCall = await put('On-call');
    backup = await put('Backup');
    await addAccount('Acme');
  });
  afterEach(async () => {
    user?.dispose();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const script = (...reactions: readonly Reaction[]): ScriptedUser => {
    user?.dispose();
    user = scriptUser(...reactions);
    return user;
  };
  const node = (destinationId = onCall) => ({ kind: 'destination', accountId, destinationId });
  const accountNode = () => ({ kind: 'account', accountId });
  const policies = async () => fake.policies({ account: accountId });
  const onlyPolicy = async () => {
    const [policy, ...others] = await policies();
    assert.deepEqual(others, []);
    const { id: _, created: __, modified: ___, ...rest } = policy ?? assert.fail('There is no policy');
    return rest;
  };
  const posts = async () =>
    (await fake.log()).filter(({ method, path }) => method === 'POST' && path.endsWith('/policies')).length;
  const asked = (index: number) => user?.questions[index] ?? assert.fail(`There is no question ${index}`);
  const said = async (words: RegExp): Promise<void> => untilSaid(() => user, words);
  const setIneligible = async (...ineligible: readonly ('webhook' | 'email')[]) => {
    const [account] = await fake.accounts();
    await fake.putAccount({ ...(account ?? assert.fail()), ineligible });
  };
  const toState: readonly Reaction[] = [{ picks: ['HTTP DDoS'] }, 'accepts', 'accepts', 'accepts'];

  it('creates a policy for the destination of the row, and the row shows it', async () => {
    await readTree(extension, { kind: 'destination', accountId, destinationId: onCall });
    script(...toState, { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(/^Created the policy “HTTP DDoS Attack Alert”\. It delivers to “On-call”\.$/);
    assert.deepEqual(await onlyPolicy(), {
      name: 'HTTP DDoS Attack Alert',
      alert_type: 'dos_attack_l7',
      enabled: true,
      mechanisms: { webhooks: [{ id: onCall }] },
    });
    assert.equal(await posts(), 1);
    const [row] = await readTree(extension, { kind: 'destination', accountId, destinationId: onCall });
    assert.equal(row?.label, 'HTTP DDoS Attack Alert');
    assert.deepEqual(
      user?.questions.map(({ kind, title, step }) => `${kind} ${title} ${step}`).slice(0, 5),
      ['pick', 'input', 'pick', 'input', 'pick'].map((kind, index) => `${kind} Create Policy ${index + 1}/5`),
    );
  });

  it('lists the alerts by product, with description, type and required filters', async () => {
    script('leaves');
    await run('createPolicy', accountNode());
    const { text } = asked(0);
    assert.match(text, /^Origin Monitoring\nOrigin Error Rate Alert \| http_alert_origin_error \| High levels/);
    assert.match(text, /errors at your origin\. Requires the filter “zones”\.\nPassive Origin Monitoring/);
    assert.match(
      text,
      /\nDDoS Protection\nHTTP DDoS Attack Alert \| dos_attack_l7 \| An HTTP DDoS attack[^\n]+mitigated\.\n/,
    );
    assert.equal(await posts(), 0);
  });

  it('creates a disabled policy with the chosen name, destinations and e-mail addresses, and enables it', async () => {
    script(
      { picks: ['Incident Alert'] },
      { types: '  Cloudflare incidents ' },
      { picks: ['On-call', 'Backup'] },
      { types: 'ops@example.com; Boss@example.com, OPS@example.com' },
      { picks: ['Disabled'] },
      { presses: 'Enable' },
    );
    await run('createPolicy', accountNode());
    await said(/^Enabled the policy “Cloudflare incidents”/);
    assert.match(
      asked(5).title,
      /^Created the policy “Cloudflare incidents”\. It is disabled and sends no alerts\. .+ “On-call”, “Backup”,? and 2 e-mail addresses\.$/,
    );
    assert.deepEqual(await onlyPolicy(), {
      name: 'Cloudflare incidents',
      alert_type: 'incident_alert',
      enabled: true,
      mechanisms: {
        webhooks: [{ id: backup }, { id: onCall }],
        email: [{ id: 'ops@example.com' }, { id: 'Boss@example.com' }],
      },
    });
    const sent = (await fake.log()).find(({ method, path }) => method === 'POST' && path.endsWith('/policies'));
    assert.deepEqual(sent?.fields, ['name', 'alert_type', 'enabled', 'mechanisms']);
    assert.equal(await posts(), 1);
  });

  it('selects all destinations that the command was run on, and takes the account from a palette pick', async () => {
    script({ picks: ['HTTP DDoS'] }, 'accepts', 'leaves');
    await run('createPolicy', node(), [node(), node(backup)]);
    assert.equal(asked(2).initial, 'Backup, On-call');
    script();
    await run('createPolicy', node(), [node(), { ...node(), accountId: 'another' }]);
    await said(/^The selected destinations belong to several accounts\./);
    script({ picks: ['Acme'] }, { picks: ['HTTP DDoS'] }, 'accepts', 'leaves');
    await run('createPolicy');
    assert.equal(asked(3).initial, '');
    script({ picks: ['HTTP DDoS'] }, 'accepts', 'leaves');
    await run('createPolicy', { kind: 'noPolicy', accountId, destinationId: backup });
    assert.equal(asked(2).initial, 'Backup');
    assert.equal(await posts(), 0);
  });

  it('keeps every answer when the user goes back', async () => {
    script(
      { picks: ['Incident Alert'] },
      { types: 'Incidents' },
      { picks: ['Backup'] },
      { types: 'ops@example.com' },
      'goes back',
      { types: 'half@', goesBack: true },
      { picks: ['Backup', 'On-call'], goesBack: true },
      { types: 'Half a na', goesBack: true },
      'accepts',
      { types: 'Whole name' },
      'accepts',
      'accepts',
      { types: 'boss@example.com' },
      { picks: ['Disabled'] },
    );
    await run('createPolicy', node());
    await said(/^Created the policy “Whole name”/);
    assert.deepEqual(
      user?.questions.slice(0, 14).map(({ step, initial }) => `${step} ${initial}`),
      [
        '1/5 ',
        '2/5 Incident Alert',
        '3/5 On-call',
        '4/5 ',
        '5/5 Enabled',
        '4/5 ops@example.com',
        '3/5 Backup',
        '2/5 Incidents',
        '1/5 Incident Alert',
        '2/5 Half a na',
        '3/5 Backup, On-call',
        '4/5 half@',
        '4/5 half@',
        '5/5 Enabled',
      ],
    );
    assert.match(asked(11).problem, /^“half@” is not an e-mail address\.$/);
    assert.deepEqual(await onlyPolicy(), {
      name: 'Whole name',
      alert_type: 'incident_alert',
      enabled: false,
      mechanisms: { webhooks: [{ id: backup }, { id: onCall }], email: [{ id: 'boss@example.com' }] },
    });
  });

  it('proposes the name of the new alert if the name was not changed', async () => {
    script({ picks: ['HTTP DDoS'] }, 'goes back', { picks: ['Tunnel Health'] }, 'leaves');
    await run('createPolicy', node());
    assert.deepEqual([asked(1).initial, asked(3).initial], ['HTTP DDoS Attack Alert', 'Tunnel Health Alert']);
  });

  it('asks for a name and for a recipient, in words', async () => {
    script({ picks: ['HTTP DDoS'] }, { types: ' \u200B ' }, { types: 'P' }, { picks: [] }, { types: '' }, 'leaves');
    await run('createPolicy', node());
    assert.equal(asked(1).problem, 'Enter a name.');
    assert.equal(asked(4).problem, 'Enter an e-mail address, because no webhook destination is selected.');
    assert.equal(await posts(), 0);
  });

  it('opens a JSON document with the required filters, and sends nothing', async () => {
    script({ picks: ['Origin Error Rate'] }, { types: 'Origin' }, 'accepts', { types: 'a@example.com' }, 'accepts');
    await run('createPolicy', node());
    await until(() => vscode.window.activeTextEditor !== undefined);
    assert.match(asked(4).text, /^Enabled \| A JSON document opens first\. Requires the filter “zones”\.$/m);
    assert.deepEqual(JSON.parse(vscode.window.activeTextEditor?.document.getText() ?? ''), {
      name: 'Origin',
      alert_type: 'http_alert_origin_error',
      enabled: true,
      mechanisms: { webhooks: [{ id: onCall }], email: [{ id: 'a@example.com' }] },
      filters: { zones: [] },
    });
    assert.equal(await posts(), 0);
  });

  it('says first that webhooks are not allowed, and goes on with e-mail addresses', async () => {
    await setIneligible('webhook');
    script('leaves');
    await run('createPolicy', node());
    assert.match(asked(0).text, /^Cloudflare does not allow Acme to send alerts to webhooks\./);
    assert.equal(user?.questions.length, 1);
    script(
      { presses: 'Use E-Mail Addresses' },
      { picks: ['HTTP DDoS'] },
      'accepts',
      { types: 'a@example.com' },
      { picks: ['Enabled'] },
    );
    await run('createPolicy', node());
    await said(/^Created the policy .+ delivers to 1 e-mail address\.$/);
    assert.deepEqual((await onlyPolicy()).mechanisms, { email: [{ id: 'a@example.com' }] });
    assert.equal(asked(1).step, '1/4');
  });

  it('skips the e-mail addresses if they are not allowed, and says so', async () => {
    await setIneligible('email');
    script({ picks: ['HTTP DDoS'] }, 'accepts', { picks: [], goesBack: true }, 'leaves');
    await run('createPolicy', node());
    assert.match(asked(2).prompt, /E-mail is not allowed here\.$/);
    script({ picks: ['HTTP DDoS'] }, 'accepts', 'accepts', { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(/^Created the policy .+ delivers to “On-call”\.$/);
    assert.deepEqual((await onlyPolicy()).mechanisms, { webhooks: [{ id: onCall }] });
  });

  it('says that an account may use neither, and that it has no destinations', async () => {
    await setIneligible('webhook', 'email');
    script();
    await run('createPolicy', accountNode());
    await said(/^Cloudflare does not allow Acme to send alerts to webhooks or e-mail addresses/);
    await setIneligible('email');
    await fake.removeDestination({ account: accountId, id: onCall });
    await fake.removeDestination({ account: accountId, id: backup });
    await run('createPolicy', accountNode());
    await said(/^Acme has no webhook destinations, and/);
  });

  it('goes on if it is unknown which mechanisms are allowed', async () => {
    await fake.addFault({ path: '**/destinations/eligible', fault: { kind: 'status', status: 403 } });
    script(...toState, { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(/^Created the policy/);
  });

  it('asks again from the refused answer, with everything typed', async () => {
    // Cloudflare refuses a type that it listed.
    await fake.addFault({
      method: 'POST',
      path: '**/policies',
      times: 1,
      fault: {
        kind: 'status',
        status: 400,
        body: { success: false, errors: [{ code: 17004, message: 'invalid alert type' }], messages: [], result: null },
      },
    });
    script(
      { picks: ['HTTP DDoS'] },
      { types: 'Mine' },
      'accepts',
      { types: 'a@example.com' },
      { picks: ['Disabled'] },
      { presses: 'Try Again' },
      { picks: ['Tunnel Health'] },
      'accepts',
      'accepts',
      'accepts',
      'accepts',
    );
    await run('createPolicy', node());
    await said(/^Created the policy “Mine”/);
    assert.match(asked(5).title, /^The policy “Mine” was not created\..+invalid alert type.+17004/);
    assert.deepEqual(
      user?.questions.slice(6, 11).map(({ step, initial }) => `${step} ${initial}`),
      ['1/5 HTTP DDoS Attack Alert', '2/5 Mine', '3/5 On-call', '4/5 a@example.com', '5/5 Disabled'],
    );
    assert.deepEqual(await onlyPolicy(), {
      name: 'Mine',
      alert_type: 'tunnel_health_event',
      enabled: false,
      mechanisms: { webhooks: [{ id: onCall }], email: [{ id: 'a@example.com' }] },
    });
    assert.equal(await posts(), 2);
  });

  it('offers JSON if Cloudflare requires filters that it did not list', async () => {
    const errors = [{ code: 17103, message: 'filters are required' }];
    await fake.addFault({
      method: 'POST',
      path: '**/policies',
      fault: { kind: 'status', status: 400, body: { success: false, errors, messages: [], result: null } },
    });
    script({ picks: ['Incident Alert'] }, 'accepts', 'accepts', 'accepts', 'accepts', { presses: 'Edit as JSON' });
    await run('createPolicy', node());
    const text = () => vscode.window.activeTextEditor?.document.getText() ?? '';
    await until(() => text().includes('Incident Alert'), text);
    const { filters, name } = JSON.parse(text());
    assert.deepEqual([name, filters], ['Incident Alert', { incident_impact: [] }]);
  });

  it('recognizes the policy if the answer is lost', async () => {
    await fake.addFault({ method: 'POST', path: '**/policies', fault: { kind: 'reset' }, after: true, times: 1 });
    script(...toState, { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(/^Created the policy “HTTP DDoS Attack Alert”/);
    assert.equal((await policies()).length, 1);
    assert.equal(await posts(), 1);
  });

  it('says that the token may not write, with its remedy, and sends once', async () => {
    await fake.addFault({ method: 'POST', path: '**/policies', fault: { kind: 'denied', cause: 'permission' } });
    script(...toState, { picks: ['Enabled'] }, { presses: 'Try Again' }, 'leaves');
    await run('createPolicy', node());
    await until(() => user?.questions.length === 7);
    assert.match(asked(5).title, /^The policy .+ was not created\. The token does not have permission for Acme/);
    assert.equal(`${asked(6).step} ${asked(6).initial}`, '5/5 Enabled');
    assert.equal(await posts(), 1);
    assert.deepEqual(await policies(), []);
  });

  it('asks again with the answers and sends with the new token, once the token was replaced', async () => {
    const second = 'cfut_second_token_0123456789';
    const { id } = await fake.putToken({ value: second });
    await fake.addFault({
      method: 'POST',
      path: '**/policies',
      fault: { kind: 'denied', cause: 'permission' },
      times: 1,
    });
    script(...toState, { picks: ['Disabled'] }, { presses: 'Replace Token…' }, { types: second }, 'accepts');
    await run('createPolicy', node());
    await said(/^Created the policy “HTTP DDoS Attack Alert”/);
    assert.equal(`${asked(7).step} ${asked(7).initial}`, '5/5 Disabled');
    const creations = (await fake.log()).filter(({ method, path }) => method === 'POST' && path.endsWith('/policies'));
    assert.deepEqual([creations.length, creations[1]?.token === id, creations[0]?.token === id], [2, true, false]);
  });

  it('sends nothing with the token of an account that was removed since', async () => {
    await fake.addFault({ method: 'POST', path: '**/policies', fault: { kind: 'status', status: 500 }, times: 1 });
    const { showErrorMessage } = vscode.window;
    script(...toState, { picks: ['Enabled'] }, { presses: 'Try Again' }, 'leaves');
    const show = vscode.window.showErrorMessage;
    Object.assign(vscode.window, {
      showErrorMessage: async (...given: Parameters<typeof show>) => {
        extension.store.setConnections([]);
        return show(...given);
      },
    });
    try {
      await run('createPolicy', node());
      await until(() => user?.questions.length === 7);
    } finally {
      Object.assign(vscode.window, { showErrorMessage });
    }
    assert.match(
      asked(6).title,
      /did not confirm that it created the policy .+ The account Acme was removed from VS Code\./,
    );
    assert.equal(await posts(), 1);
  });

  it('asks for the destinations again if one was deleted since', async () => {
    // The list before the creation no longer has the destination that the pick had.
    const { api } = extension.store.entry(accountId)?.connection ?? assert.fail();
    const list = api.listDestinations.bind(api);
    let calls = 0;
    Object.assign(api, {
      async listDestinations(...given: Parameters<typeof list>) {
        calls += 1;
        if (calls === 2) {
          await fake.removeDestination({ account: accountId, id: onCall });
        }
        return list(...given);
      },
    });
    script(
      { picks: ['HTTP DDoS'] },
      'accepts',
      { picks: ['On-call', 'Backup'] },
      'accepts',
      { picks: ['Enabled'] },
      { presses: 'Try Again' },
      'accepts',
      'accepts',
      'accepts',
    );
    await run('createPolicy', node());
    await said(/^Created the policy .+ delivers to “Backup”\.$/);
    assert.match(asked(5).title, /a selected destination no longer exists at Cloudflare/);
    assert.equal(`${asked(6).step} ${asked(6).initial}`, '3/5 Backup');
    assert.equal(await posts(), 1);
  });

  it('can be canceled while it is created, and says what may follow', async () => {
    const { withProgress } = vscode.window;
    const canceled = new vscode.CancellationTokenSource();
    canceled.cancel();
    Object.assign(vscode.window, {
      withProgress: async (...[options, task]: Parameters<typeof withProgress>) =>
        options.cancellable ? task({ report: () => {} }, canceled.token) : withProgress(options, task),
    });
    try {
      script(...toState, { picks: ['Disabled'] }, { presses: 'Try Again' }, 'leaves');
      await run('createPolicy', node());
      await until(() => user?.questions.length === 7);
    } finally {
      Object.assign(vscode.window, { withProgress });
    }
    assert.match(asked(5).title, /^Creating the policy .+ was canceled\. If the request was already sent/);
    assert.equal(`${asked(6).step} ${asked(6).initial}`, '5/5 Disabled');
    assert.equal(await posts(), 0);
  });

  it('reports a policy that differs from what was sent, and does not offer to try again', async () => {
    const { api } = extension.store.entry(accountId)?.connection ?? assert.fail();
    const getPolicy = api.getPolicy.bind(api);
    Object.assign(api, {
      async getPolicy(...given: Parameters<typeof getPolicy>) {
        const policy = await getPolicy(...given);
        return { ...policy, whole: { ...policy.whole, enabled: false } };
      },
    });
    script(...toState, { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(/^Created the policy .+, but it differs from what was sent \(enabled\)\./);
    assert.equal(user?.questions.length, 5);
  });

  it('says if the new policy could not be loaded, and does not call that a failure', async () => {
    await fake.addFault({ method: 'GET', path: '**/policies/*', fault: { kind: 'status', status: 404 } });
    script(...toState, { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(/^Created the policy .+ The policy could not be loaded afterwards\./);
    assert.equal(await posts(), 1);
  });

  it('shows names from outside as plain text', async () => {
    const name = '$(bug) [x](command:y) \u202Eabc';
    await fake.putDestination({ account: accountId, id: backup, name, url: receiverUrl('Backup') });
    script({ picks: ['HTTP DDoS'] }, { types: name }, { picks: ['bug'] }, 'accepts', { picks: ['Enabled'] });
    await run('createPolicy', node());
    await said(
      /^Created the policy “\$\(bug\) \[x\] \(command:y\) abc”\. It delivers to “\$\(bug\) \[x\] \(command:y\) abc”\.$/,
    );
    assert.ok(asked(2).text.includes(String.raw`\$(bug)`));
  });

  it('shows why the choices could not be loaded', async () => {
    await fake.addFault({ path: '**/available_alerts', fault: { kind: 'status', status: 403 } });
    script();
    await run('createPolicy', node());
    await said(/^The token does not have permission for Acme/);
  });

  it('is offered by Policies… in an account without policies', async () => {
    script({ presses: 'Create Policy…' }, ...toState, { picks: ['Enabled'] });
    await run('managePolicies', node());
    await said(/^Created the policy .+ delivers to “On-call”\.$/);
    assert.match(asked(0).title, /^Acme has no notification policies\.$/);
  });
});
