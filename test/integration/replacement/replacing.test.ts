import assert from 'node:assert/strict';
import {
  addAccount,
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  startWithAcme,
  until,
} from '../extension-under-test.ts';
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
  afterEach(() => user?.dispose());

  async function does(command: CommandName, ...reactions: readonly Reaction[]): Promise<ScriptedUser> {
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
    const { questions, messages } = await does('renameDestination', { types: ' ' }, { types: 'On-call' });
    assert.match(questions[0]?.problem ?? '', /Enter a name/);
    assert.deepEqual(messages, ['Renamed “Ops” to “On-call”.']);
    assert.deepEqual(await rows(), ['On-call']);
  });

  it('replaces after saying what will happen, and moves the policies', async () => {
    const { questions, messages } = await does(
      'replaceDestination',
      { types: 'nonsense' },
      { types: receiverUrl('new') },
      { types: 'good-secret' },
      { presses: 'Replace' },
    );
    assert.match(questions[0]?.problem ?? '', /\S/);
    assert.match(questions[3]?.text ?? '', /If a step fails, the replacement stops and the old destination stays/);
    assert.match(messages.join(), /^Replaced “Ops” of Acme\. 2 policies were moved/);
    assert.deepEqual(await usersOf((await newId()) ?? ''), ['Certificates', 'Attacks']);
    assert.deepEqual(await rows(), ['Ops']);
    assert.deepEqual((await extension.editing.load()).writer.unfinished(), []);
  });

  for (const [what, choice, left] of [
    ['resumed', 'Resume', 'new'],
    ['undone', 'Undo', 'old'],
  ] as const) {
    it(`says what is done and what is not where it stops, and can be ${what}`, async () => {
      await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
      const { questions, messages } = await does(
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
        /The new destination \(ID .+\) and the old destination both exist\. Not moved: “Attacks”, “Certificates”\./,
      );
      await until(async () => messages.length > 0);
      const [destination = assert.fail(), ...others] = await fake.destinations({ account: accountId });
      assert.ok(destination.url.endsWith(left));
      assert.equal(others.length, 0);
      assert.deepEqual((await usersOf(destination.id)).toSorted(), ['Attacks', 'Certificates']);
      assert.deepEqual((await extension.editing.load()).writer.unfinished(), []);
    });
  }

  it('keeps what it knows over a reload of the window, without URL or secret', async () => {
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    await does('replaceDestination', { types: receiverUrl('new') }, { types: 'good-secret' }, { presses: 'Replace' });
    const [state, ...others] = (await extension.editing.load()).writer.unfinished();
    assert.deepEqual([state?.oldId, state?.newId, others.length], [destinationId, await newId(), 0]);
    assert.doesNotMatch(JSON.stringify(extension.context.globalState.get('replacements')), /receivers|good-secret/);
    await (await extension.editing.load()).writer.dismiss(state ?? assert.fail());
  });

  it('passes a refused URL on in Cloudflare’s words, with nothing changed', async () => {
    await fake.addReceiverRule({ type: 'generic', answer: 'not_found' });
    const { questions } = await does(
      'replaceDestination',
      { types: receiverUrl('new') },
      { types: '' },
      { presses: 'Replace' },
    );
    assert.match(questions[3]?.title ?? '', /Webhook test failed/);
    assert.deepEqual(await rows(), ['Ops']);
    assert.deepEqual(await usersOf(destinationId), ['Certificates', 'Attacks']);
  });
});
