import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  addAccount,
  endReplacements,
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  startWithAcme,
  until,
} from '../extension-under-test.ts';
import { keyOfReplacement } from '../../../src/core/replacement/state.ts';
import type { CommandName } from '../../../src/ui/host/ids.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('Rename… and Replace…', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;
  let destinationId: string;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    destinationId = (await fake.putDestination({ account: accountId, name: 'Ops', url: receiverUrl('old') })).id;
    await fake.putPolicy({
      account: accountId,
      name: 'Certificates',
      mechanisms: { webhooks: [{ id: destinationId }] },
    });
    await fake.putPolicy({ account: accountId, name: 'Attacks', mechanisms: { webhooks: [{ id: destinationId }] } });
    await addAccount('Acme');
  });
  afterEach(async () => {
    user?.dispose();
    await endReplacements(extension);
  });

  async function runWith(command: CommandName, ...reactions: readonly Reaction[]): Promise<ScriptedUser> {
    user?.dispose();
    user = scriptUser(...reactions);
    await run(command, { kind: 'destination', accountId, destinationId });
    return user;
  }
  const rows = async () => (await readTree(extension))[0]?.children.map(({ label }) => label);
  const usersOf = async (id: string) =>
    (await fake.policies({ account: accountId }))
      .filter(({ mechanisms }) => mechanisms.webhooks?.some((each) => each.id === id))
      .map(({ name }) => name);
  const newId = async () =>
    (await fake.destinations({ account: accountId })).find(({ url }) => url.endsWith('new'))?.id;

  it('renames, and refuses an empty name in place', async () => {
    const { questions, messages } = await runWith('renameDestination', { types: ' ' }, { types: 'On-call' });
    assert.match(questions[0]?.problem ?? '', /Enter a name/);
    assert.deepEqual(messages, ['Renamed “Ops” to “On-call”.']);
    assert.deepEqual(await rows(), ['On-call']);
  });

  it('renames to the name without the invisible characters that were copied with it', async () => {
    const { questions } = await runWith(
      'renameDestination',
      { types: '\u200B \uFEFF' },
      { types: ' On\u2060-call \u200B' },
    );
    assert.match(questions[0]?.problem ?? '', /Enter a name/);
    assert.deepEqual(await rows(), ['On-call']);
  });

  it('sends nothing where the new name is the old one with white space', async () => {
    await fake.clear({ part: 'log' });
    const { messages } = await runWith('renameDestination', { types: ' Ops ' });
    assert.deepEqual([messages, (await fake.log()).filter(({ method }) => method === 'PUT')], [[], []]);
  });

  describe('where Cloudflare tests the URL with every change', () => {
    const whole = 'https://hooks.slack.com/services/T/B/one';

    it('renames a destination with a cut URL if the whole URL is remembered, and else says why not and what to do', async () => {
      await fake.changeSettings({ putMode: 'tests-url', urlSecrets: 'cut' });
      destinationId = (await fake.putDestination({ account: accountId, name: 'Chat', url: whole, type: 'slack' })).id;
      await run('refreshAll');
      const { messages } = await runWith('renameDestination', { types: 'Night shift' });
      assert.deepEqual(messages, [
        'Could not rename “Chat”. Cloudflare tested the URL without its secret part, which it hides and which this machine does not remember. Enter the full URL. Use “Edit Destination…” to change the URL together with the name.',
      ]);
      assert.deepEqual(await rows(), ['Chat', 'Ops']);
      const key = `cloudflareWebhooks.secret.${accountId}.${destinationId}`;
      await extension.context.secrets.store(key, JSON.stringify({ version: 1, url: whole }));
      await runWith('renameDestination', { types: 'Night shift' });
      assert.deepEqual(await rows(), ['Night shift', 'Ops']);
    });

    it('says that the receiver refused the test of a rename', async () => {
      await fake.changeSettings({ putMode: 'tests-url' });
      await fake.addReceiverRule({ type: 'generic', answer: 'not_found' });
      const { messages } = await runWith('renameDestination', { types: 'Night shift' });
      assert.match(
        messages[0] ?? '',
        /^Could not rename “Ops”, because Cloudflare’s test of its URL failed\. .+ has no webhook at this URL/,
      );
      assert.deepEqual(await rows(), ['Ops']);
    });
  });

  it('replaces after saying what will happen, and moves the policies', async () => {
    const { questions, messages } = await runWith(
      'replaceDestination',
      { types: 'nonsense' },
      { types: receiverUrl('new') },
      { types: 'good-secret' },
      { presses: 'Replace' },
    );
    assert.match(questions[0]?.problem ?? '', /\S/);
    assert.match(
      questions[3]?.text ?? '',
      /127\.0\.0\.1.+These policies move to it: “Attacks” and “Certificates”\..+Until then, you can stop, resume or undo/,
    );
    assert.match(messages.join(), /^Replaced “Ops” of Acme\. The new ID is .+\. 2 policies were moved\.$/);
    assert.deepEqual(await usersOf((await newId()) ?? ''), ['Certificates', 'Attacks']);
    assert.deepEqual(await rows(), ['Ops']);
    assert.deepEqual(await (await extension.editing.load()).replacements.unfinished(), []);
  });

  it('says which step it asks for, and keeps the URL and the secret when the user goes back', async () => {
    const { questions } = await runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: 'good-secret', goesBack: true },
      'accepts',
      'accepts',
      { presses: 'Replace' },
    );
    assert.deepEqual(
      questions.map(({ step }) => step),
      ['1/2', '2/2', '1/2', '2/2', ''],
    );
    assert.equal(questions[2]?.initial, receiverUrl('new'));
    assert.ok((await fake.received()).some(({ headers }) => headers['cf-webhook-auth'] === 'good-secret'));
  });

  for (const [what, choice, left] of [
    ['resumed', 'Resume', 'new'],
    ['undone', 'Undo', 'old'],
  ] as const) {
    it(`says what is done and what is not where it stops, and can be ${what}`, async () => {
      await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
      const { questions, messages } = await runWith(
        'replaceDestination',
        { types: receiverUrl('new') },
        { types: '' },
        { presses: 'Replace' },
        { presses: choice },
      );
      const stop = questions[3]?.title ?? '';
      assert.match(stop, /does not have permission/);
      assert.match(
        stop,
        /The new destination \(ID .+\) and the old one both exist\. On the old destination: “Attacks” and “Certificates”\./,
      );
      await until(async () => messages.length > 0);
      const [destination = assert.fail(), ...others] = await fake.destinations({ account: accountId });
      assert.ok(destination.url.endsWith(left));
      assert.equal(others.length, 0);
      assert.deepEqual((await usersOf(destination.id)).toSorted(), ['Attacks', 'Certificates']);
      assert.deepEqual(await (await extension.editing.load()).replacements.unfinished(), []);
    });
  }

  it('deletes neither of the two destinations of one that stopped, and says what to do', async () => {
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const start: readonly Reaction[] = [{ types: receiverUrl('new') }, { types: '' }, { presses: 'Replace' }, 'leaves'];
    await runWith('replaceDestination', ...start);
    const made = (await newId()) ?? assert.fail();
    for (const id of [destinationId, made]) {
      user?.dispose();
      user = scriptUser({ presses: 'Delete' });
      await run('deleteDestination', { kind: 'destination', accountId, destinationId: id });
      const said = () => [...(user?.messages ?? []), ...(user?.questions ?? []).map(({ title }) => title)].join(' ');
      await until(
        () => /The replacement of “Ops” has not ended\. Resume, undo or end it in the panel/.test(said()),
        said,
      );
    }
    assert.equal((await fake.destinations({ account: accountId })).length, 2);
    assert.equal((await fake.log()).filter(({ method }) => method === 'DELETE').length, 0);
  });

  it('is resumed with the connection that the account has by then, not with that of the notification', async () => {
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const { showWarningMessage } = vscode.window;
    let updates = 0;
    const replaceConnections = (): void => {
      const replaced = extension.store.entries().map(({ connection: { api, ...rest } }) => {
        const updatePolicy = async (...given: Parameters<typeof api.updatePolicy>): Promise<void> => {
          updates += 1;
          await api.updatePolicy(...given);
        };
        return { ...rest, api: { ...api, updatePolicy } };
      });
      extension.store.setConnections(replaced);
    };
    const replacing = runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: '' },
      { presses: 'Replace' },
      { presses: 'Resume' },
    );
    const show = vscode.window.showWarningMessage;
    Object.assign(vscode.window, {
      showWarningMessage: async (...given: Parameters<typeof show>) => {
        if (/403|permission/.test(given[0])) {
          replaceConnections();
        }
        return show(...given);
      },
    });
    try {
      await replacing;
      await until(async () => user?.messages.some((message) => message.startsWith('Replaced “Ops”')) ?? false);
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
    }
    assert.ok(updates > 0);
  });

  it('persists what can be resumed, without URL or secret', async () => {
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    await runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: 'good-secret' },
      { presses: 'Replace' },
    );
    const { replacements } = await extension.editing.load();
    const [state, ...others] = await replacements.unfinished();
    assert.deepEqual([state?.oldId, state?.newId, others.length], [destinationId, await newId(), 0]);
    const folder = vscode.Uri.joinPath(extension.context.globalStorageUri, 'operations');
    for (const [name] of await vscode.workspace.fs.readDirectory(folder)) {
      const text = Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name))).toString();
      assert.doesNotMatch(text, /receivers|good-secret/);
    }
    await endReplacements(extension);
  });

  it('never offers Undo once the old destination is gone, and finishes instead', async () => {
    // The deletion succeeds, but its answer is lost, and the old destination cannot be fetched for a while.
    await fake.addFault({ method: 'DELETE', fault: { kind: 'reset' }, after: true, delayMs: 500, times: 1 });
    const replacing = runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: '' },
      { presses: 'Replace' },
      { presses: 'Retry' },
      { presses: 'Finish' },
    );
    await until(async () => (await fake.log()).some(({ method }) => method === 'DELETE'));
    const path = `/accounts/*/alerting/v3/destinations/webhooks/${destinationId}`;
    await fake.addFault({ method: 'GET', path, fault: { kind: 'html' }, times: 4 });
    const { questions, messages } = await replacing;
    await until(
      async () => messages.length > 0,
      () => JSON.stringify(questions),
    );
    assert.match(messages.join(), /^Replaced “Ops” of Acme\./);
    const offered = questions.filter(({ kind }) => kind === 'message').map(({ buttons }) => buttons);
    assert.ok(
      offered.some((buttons) => buttons.includes('Finish')),
      JSON.stringify(offered),
    );
    assert.ok(!offered.some((buttons) => buttons.includes('Undo')), JSON.stringify(offered));
    const [destination = assert.fail(), ...others] = await fake.destinations({ account: accountId });
    assert.ok(destination.url.endsWith('new'));
    assert.equal(others.length, 0);
    assert.deepEqual((await usersOf(destination.id)).toSorted(), ['Attacks', 'Certificates']);
    assert.deepEqual(await (await extension.editing.load()).replacements.unfinished(), []);
  });

  it('gives the new destination to a policy that the deletion of the old one by a colleague emptied', async () => {
    const before = (await fake.policies({ account: accountId })).find(({ name }) => name === 'Certificates');
    const { id = '' } = before ?? {};
    const path = `/accounts/*/alerting/v3/policies/${id}`;
    await fake.addFault({ method: 'PUT', path, fault: { kind: 'status', status: 403 }, times: 1 });
    const { questions } = await runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: '' },
      { presses: 'Replace' },
    );
    await until(() => questions.some(({ buttons }) => buttons.includes('Resume')));
    // As Cloudflare may do it: the deleted destination is taken out of the policies.
    await fake.removeDestination({ account: accountId, id: destinationId });
    await fake.putPolicy({ account: accountId, ...before, mechanisms: { webhooks: [] } });
    const created = (await newId()) ?? assert.fail();
    assert.deepEqual(await usersOf(created), ['Attacks']);
    const { replacements } = await extension.editing.load();
    const connection = extension.store.entry(accountId)?.connection ?? assert.fail();
    const key = keyOfReplacement({ accountId, oldId: destinationId });
    assert.deepEqual((await replacements.look(connection, key))?.steps, ['finish']);
    const { ending, state } = await replacements.take('finish', connection, key);
    assert.deepEqual([ending, state.policies.every(({ moved }) => moved)], ['done', true]);
    assert.deepEqual((await usersOf(created)).toSorted(), ['Attacks', 'Certificates']);
  });

  it('creates and deletes nothing where a colleague changed the destination while the question was open', async () => {
    await fake.putDestination({ account: accountId, id: destinationId, name: 'Ops EU', url: receiverUrl('eu') });
    await fake.clear({ part: 'log' });
    const { messages, questions } = await runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: '' },
      { presses: 'Replace' },
    );
    const told = () => [...messages, ...questions.map(({ title }) => title)].join(' | ');
    await until(() => told().includes('Another client changed “Ops EU” at Cloudflare'), told);
    const changes = (await fake.log()).filter(({ method }) => method !== 'GET');
    assert.deepEqual([changes, await rows()], [[], ['Ops EU']]);
  });

  it('leaves everything as it is if its notification outlived the replacement', async () => {
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    await runWith('replaceDestination', { types: receiverUrl('new') }, { types: '' }, { presses: 'Replace' });
    const { replacements } = await extension.editing.load();
    const connection = extension.store.entry(accountId)?.connection ?? assert.fail();
    const key = `${accountId}.${destinationId}`;
    await replacements.take('resume', connection, key);
    await assert.rejects(replacements.take('undo', connection, key), { name: 'StepUnavailableError', reason: 'ended' });
    assert.equal((await fake.destinations({ account: accountId })).length, 1);
  });

  it('lets one window work on a destination at a time', async () => {
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    await runWith('replaceDestination', { types: receiverUrl('new') }, { types: '' }, { presses: 'Replace' });
    const { replacements } = await extension.editing.load();
    const connection = extension.store.entry(accountId)?.connection ?? assert.fail();
    const key = `${accountId}.${destinationId}`;
    const both = await Promise.allSettled([
      replacements.take('resume', connection, key),
      replacements.take('undo', connection, key),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const [left, ...others] = await fake.destinations({ account: accountId });
    assert.equal(others.length, 0);
    assert.deepEqual((await usersOf(left?.id ?? '')).toSorted(), ['Attacks', 'Certificates']);
  });

  it('asks which name stays if a colleague renamed the destination', async () => {
    user?.dispose();
    user = scriptUser({ types: 'Mine' }, { presses: 'Keep Mine' });
    await fake.putDestination({ account: accountId, id: destinationId, name: 'Theirs' });
    await run('renameDestination', { kind: 'destination', accountId, destinationId });
    assert.match(user.questions[1]?.title ?? '', /Another client renamed “Ops” to “Theirs”/);
    assert.deepEqual(await rows(), ['Mine']);
  });

  it('renames a destination whose URL a colleague changed, and keeps that URL', async () => {
    await fake.changeSettings({ putMode: 'as-documented' });
    await fake.putDestination({ account: accountId, id: destinationId, url: receiverUrl('theirs') });
    await runWith('renameDestination', { types: 'On-call' });
    const [only] = await fake.destinations({ account: accountId });
    assert.deepEqual([only?.name, only?.url], ['On-call', receiverUrl('theirs')]);
  });

  it('passes a refused URL on in Cloudflare’s words, with nothing changed', async () => {
    await fake.addReceiverRule({ type: 'generic', answer: 'not_found' });
    const { questions } = await runWith(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: '' },
      { presses: 'Replace' },
    );
    assert.match(questions[3]?.title ?? '', /Webhook test failed/);
    assert.deepEqual(await rows(), ['Ops']);
    assert.deepEqual(await usersOf(destinationId), ['Certificates', 'Attacks']);
    assert.deepEqual(await (await extension.editing.load()).replacements.unfinished(), []);
  });
});
