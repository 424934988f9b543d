import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { addAccount, type Extension, fake, receiverUrl, run, startWithAcme, until } from '../extension-under-test.ts';
import {
  active,
  activePath,
  activeQuery,
  activeText,
  closeAll,
  fixesAt,
  ours,
  tabs,
  type,
} from '../json/json-documents.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('policy documents', () => {
  let extension: Extension;
  let accountId: string;
  let destinationId: string;
  let policyId: string;
  let user: ScriptedUser | undefined;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    destinationId = (await fake.putDestination({ account: accountId, name: 'On-call', url: receiverUrl('on-call') }))
      .id;
    policyId = (
      await fake.putPolicy({
        account: accountId,
        name: 'Attacks',
        description: 'Who to call',
        alert_type: 'dos_attack_l7',
        conditions: { '>=': [{ var: 'x' }, 100] },
        mechanisms: { webhooks: [{ id: destinationId }] },
      })
    ).id;
    await addAccount('Acme');
  });
  afterEach(async () => {
    user?.dispose();
    await closeAll();
  });

  const open = async (): Promise<vscode.TextDocument> => {
    await run('editPolicyAsJson', { kind: 'policy', accountId, destinationId, policyId });
    return active();
  };
  const script = (...reactions: readonly Reaction[]): ScriptedUser => {
    user?.dispose();
    user = scriptUser(...reactions);
    return user;
  };
  const stored = async () => (await fake.policies({ account: accountId })).find(({ id }) => id === policyId);
  const puts = async () => (await fake.log()).filter(({ method }) => method === 'PUT').length;
  const edit = async (document: vscode.TextDocument, change: (policy: Record<string, unknown>) => void) => {
    const policy = JSON.parse(document.getText()) as Record<string, unknown>;
    change(policy);
    await type(document, `${JSON.stringify(policy, undefined, 2)}\n`);
  };
  const show = (document: vscode.TextDocument) =>
    ours(document).map(({ range, code }) => `${typeof code === 'string' ? code : ''}: ${document.getText(range)}`);
  const showing = async (document: vscode.TextDocument, ...expected: readonly string[]): Promise<void> =>
    until(
      () => JSON.stringify(show(document)) === JSON.stringify(expected),
      () => JSON.stringify(ours(document)),
    );

  it('show the policy without what only Cloudflare sets, and never save automatically', async () => {
    const document = await open();
    assert.match(document.uri.path, /\/Attacks\.cfpolicy\.json$/);
    assert.equal(document.languageId, 'cfwebhook-json');
    assert.deepEqual(JSON.parse(document.getText()), {
      name: 'Attacks',
      enabled: true,
      alert_type: 'dos_attack_l7',
      mechanisms: { webhooks: [{ id: destinationId }] },
      description: 'Who to call',
      conditions: { '>=': [{ var: 'x' }, 100] },
    });
  });

  it('save the whole policy once, keep fields that are unknown here, and follow the name', async () => {
    const before = await stored();
    const document = await open();
    await edit(document, (policy) => {
      policy['name'] = 'Floods';
    });
    script();
    assert.ok(await document.save());
    assert.deepEqual({ ...(await stored()), modified: '' }, { ...before, name: 'Floods', modified: '' });
    assert.equal(await puts(), 1);
    await until(() => activePath().endsWith('/Floods.cfpolicy.json'), activePath);
    assert.equal(active().isDirty, false);
  });

  it('remove a field that was deleted from the document', async () => {
    const document = await open();
    await edit(document, (policy) => {
      delete policy['description'];
    });
    script();
    assert.ok(await document.save());
    assert.equal((await stored())?.description, undefined);
  });

  it('report problems at their place', async () => {
    const document = await open();
    await showing(document);
    await edit(document, (policy) => {
      policy['alert_type'] = 'http_alert_origin_error';
      policy['filters'] = { slo: ['99.9'], colour: ['red'] };
      policy['enabled'] = 'yes';
      policy['id'] = 'x';
      policy['mechanisms'] = { webhooks: [{ id: destinationId }, { id: 'f'.repeat(32) }], pigeon: [{ id: 'a' }] };
    });
    await until(
      () => ours(document).length >= 6,
      () => JSON.stringify(show(document)),
    );
    assert.deepEqual(
      show(document)
        .map((each) => each.replaceAll(/\s+/g, ''))
        .toSorted(),
      [
        `danglingDestination:"${'f'.repeat(32)}"`,
        'missingFilter:{"slo":["99.9"],"colour":["red"]}',
        'readOnlyKey:"id"',
        'unknownFilter:"colour"',
        'unknownMechanism:"pigeon"',
        'wrongType:"yes"',
      ],
    );
    script();
    assert.equal(await document.save(), false);
    assert.equal(await puts(), 0);
  });

  it('report an unknown alert type as a warning, and Cloudflare’s refusal at its field', async () => {
    const document = await open();
    await edit(document, (policy) => {
      policy['alert_type'] = 'made_up';
    });
    await showing(document, 'unknownAlertType: "made_up"');
    script();
    assert.equal(await document.save(), false);
    await showing(document, 'unknownAlertType: "made_up"', 'refused: "made_up"');
    assert.ok(document.isDirty);
    await edit(document, (policy) => {
      policy['alert_type'] = 'dos_attack_l4';
    });
    await showing(document);
    assert.ok(await document.save());
    assert.equal((await stored())?.alert_type, 'dos_attack_l4');
  });

  it('refuse a policy without a recipient before anything is sent', async () => {
    const document = await open();
    await edit(document, (policy) => {
      policy['mechanisms'] = { webhooks: [] };
    });
    await until(() => show(document).some((each) => each.startsWith('noMechanism')));
    script();
    assert.equal(await document.save(), false);
    assert.equal(await puts(), 0);
  });

  it('offer to remove a destination that was deleted', async () => {
    await fake.putPolicy({
      account: accountId,
      ...(await stored()),
      mechanisms: { webhooks: [{ id: 'e'.repeat(32) }, { id: destinationId }] },
    });
    const document = await open();
    await until(() => show(document).length === 1);
    const [fix] = await fixesAt(document, 'eeee');
    assert.ok(fix?.edit);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.deepEqual(JSON.parse(document.getText()).mechanisms, { webhooks: [{ id: destinationId }] });
  });

  it('complete alert types, filters, their values and destinations', async () => {
    const document = await open();
    const complete = async (text: string, at: string): Promise<readonly string[]> => {
      await type(document, text.replace('|', ''));
      const position = document.positionAt(text.indexOf('|'));
      const { items }: vscode.CompletionList = await vscode.commands.executeCommand(
        'vscode.executeCompletionItemProvider',
        document.uri,
        position,
      );
      return items.flatMap(({ label, detail, insertText }) =>
        typeof label === 'string' && typeof insertText === 'string' && insertText.includes(at)
          ? [`${label} | ${detail} | ${insertText}`]
          : [],
      );
    };
    assert.deepEqual(await complete('{ "alert_type": "|" }', 'incident_alert'), [
      'incident_alert | Cloudflare Status · Incident Alert · Cloudflare is having an incident. | "incident_alert"',
    ]);
    assert.deepEqual(await complete('{ "alert_type": "incident_alert", "filters": { "|" } }', 'incident'), [
      'incident_impact | INCIDENT_IMPACT_MINOR, INCIDENT_IMPACT_MAJOR, INCIDENT_IMPACT_CRITICAL | "incident_impact": []',
    ]);
    assert.deepEqual(
      await complete(
        '{ "alert_type": "incident_alert", "filters": { "incident_impact": ["INCIDENT_IMPACT_MINOR", "|"] } }',
        'MAJOR',
      ),
      ['INCIDENT_IMPACT_MAJOR | Major incident | "INCIDENT_IMPACT_MAJOR"'],
    );
    assert.deepEqual(await complete('{ "mechanisms": { "webhooks": [{ "id": "|" }] } }', destinationId), [
      `On-call | generic · ${destinationId} | "${destinationId}"`,
    ]);
    await closeAll();
  });

  it('show the names of destinations beside their IDs', async () => {
    const document = await open();
    const hints = async (): Promise<readonly vscode.InlayHint[]> =>
      vscode.commands.executeCommand(
        'vscode.executeInlayHintProvider',
        document.uri,
        new vscode.Range(0, 0, document.lineCount, 0),
      );
    assert.deepEqual(
      (await hints()).map(({ label }) => label),
      ['On-call'],
    );
  });

  describe('after a colleague changed the policy', () => {
    const meddle = async (): Promise<vscode.TextDocument> => {
      const document = await open();
      await edit(document, (policy) => {
        policy['name'] = 'Floods';
      });
      // Of the same length, so that VS Code does not notice it.
      await fake.putPolicy({ account: accountId, ...(await stored()), description: 'Who to cell' });
      return document;
    };

    it('send nothing if the user cancels', async () => {
      const document = await meddle();
      script('leaves');
      assert.equal(await document.save(), false);
      assert.match(user?.questions[0]?.title ?? '', /The policy “Attacks” has changed at Cloudflare/);
      assert.equal(await puts(), 0);
    });

    it('overwrite with Keep Mine', async () => {
      const document = await meddle();
      script({ presses: 'Keep Mine' });
      assert.ok(await document.save());
      const { name, description } = (await stored()) ?? {};
      assert.deepEqual([name, description], ['Floods', 'Who to call']);
      assert.equal(await puts(), 1);
    });

    it('load Cloudflare’s version and send nothing', async () => {
      const document = await meddle();
      script({ presses: 'Use Cloudflare’s Version' });
      assert.ok(await document.save());
      await until(() => activeText().includes('Who to cell') && activeText().includes('Attacks'), activeText);
      assert.equal(await puts(), 0);
    });
  });

  it('say that the policy was deleted, and keep the text', async () => {
    const document = await open();
    await edit(document, (policy) => {
      policy['name'] = 'Floods';
    });
    await fake.removePolicy({ account: accountId, id: policyId });
    script();
    assert.equal(await document.save(), false);
    assert.ok(document.isDirty);
    assert.match(document.getText(), /Floods/);
    assert.equal(await puts(), 0);
  });

  it('follow a change at Cloudflare if there are no edits', async () => {
    const document = await open();
    await fake.putPolicy({ account: accountId, ...(await stored()), description: 'Someone else' });
    extension.policies.forget([accountId]);
    await until(
      () => document.getText().includes('Someone else'),
      () => document.getText(),
    );
    assert.equal(document.isDirty, false);
  });

  it('say that the token may not write', async () => {
    const document = await open();
    await edit(document, (policy) => {
      policy['name'] = 'Floods';
    });
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 } });
    script();
    assert.equal(await document.save(), false);
    assert.ok(document.isDirty);
    assert.match(extension.logged(), /Failed to save a policy document/);
  });

  it('offer another token if the token can only read', async () => {
    const document = await open();
    await edit(document, (policy) => {
      policy['name'] = 'Floods';
    });
    await fake.putToken({ value: demoTokens.demo, permissions: ['notifications:read', 'accounts:read'] });
    script({ presses: 'Replace Token…' });
    assert.equal(await document.save(), false);
    await until(
      () => (user?.questions.length ?? 0) === 2,
      () => JSON.stringify(user?.questions),
    );
    assert.equal(user?.questions[0]?.title, 'To save this document, Acme needs a token that can edit notifications.');
    assert.equal(user?.questions[1]?.title, 'Replace Token of Acme');
  });

  it('follow a policy that another client renames or deletes, with their tab and their problems', async () => {
    const document = await open();
    const [policy] = await fake.policies({ account: accountId });
    await fake.putPolicy({ account: accountId, id: policy?.id ?? '', name: 'Renamed elsewhere' });
    await run('refreshAll');
    await until(() => activePath() === '/Acme/Renamed elsewhere.cfpolicy.json', activePath);
    await until(() => tabs().length === 1, 'the old tab to close');
    assert.notEqual(active().uri.toString(), document.uri.toString());
    const now = active();
    await edit(now, (each) => {
      each['alert_type'] = 'no_such_alert';
    });
    await until(() => ours(now).length > 0, 'a problem');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until(() => ours(now).length === 0, 'the problems to leave with the tab');
    const { uri } = await open();
    await fake.removePolicy({ account: accountId, id: policy?.id ?? '' });
    await run('refreshAll');
    await until(() => tabs().length === 0, 'the tab to close');
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
  });

  describe('of a new policy', () => {
    const create = async (alert: string): Promise<vscode.TextDocument> => {
      script({ picks: [alert] }, { types: 'Origin' }, { picks: ['On-call'] }, { types: '' }, { picks: ['Enabled'] });
      await run('createPolicy', { kind: 'account', accountId });
      await until(
        () => activePath().includes('.cfpolicy.json'),
        () => JSON.stringify(user?.questions),
      );
      return active();
    };
    const posts = async () => (await fake.log()).filter(({ method }) => method === 'POST').length;

    it('are prefilled with the required filters, and create it once they are given', async () => {
      const document = await create('Origin Error Rate Alert');
      assert.ok(document.isDirty);
      assert.deepEqual(JSON.parse(document.getText()), {
        name: 'Origin',
        alert_type: 'http_alert_origin_error',
        enabled: true,
        mechanisms: { webhooks: [{ id: destinationId }] },
        filters: { zones: [] },
      });
      await until(() => show(document).some((each) => each.startsWith('missingFilter')));
      assert.equal(await document.save(), false);
      await until(
        () => show(document).some((each) => each.startsWith('refused: {')),
        () => show(document).join(),
      );
      assert.equal(await posts(), 1);
      await edit(document, (policy) => {
        policy['filters'] = { zones: ['z1'] };
      });
      assert.ok(await document.save());
      const made = (await fake.policies({ account: accountId })).find(({ name }) => name === 'Origin');
      assert.deepEqual([made?.filters, await posts()], [{ zones: ['z1'] }, 2]);
      await until(() => activeQuery() === `account=${accountId}&policy=${made?.id}`, activeQuery);
      assert.equal(active().isDirty, false);
    });

    it('find the policy whose creation was not answered, instead of creating it again', async () => {
      const document = await create('Origin Error Rate Alert');
      await edit(document, (policy) => {
        policy['filters'] = { zones: ['z1'] };
      });
      await fake.addFault({ method: 'POST', fault: { kind: 'reset' }, after: true, times: 1 });
      assert.ok(await document.save());
      assert.equal(await posts(), 1);
      assert.equal((await fake.policies({ account: accountId })).filter(({ name }) => name === 'Origin').length, 1);
    });
  });
});
