import assert from 'node:assert/strict';
import type { ToPanel } from '../../../src/core/panel-protocol.ts';
import {
  addAccount,
  endReplacements,
  type Extension,
  fake,
  readState,
  startOver,
  until,
} from '../extension-under-test.ts';
import { openPanelPage, type Page } from './panel-page.ts';
import { scriptUser } from '../scripted-user.ts';

type Destination = Awaited<ReturnType<typeof fake.destinations>>[number];

describe('panel', () => {
  let extension: Extension;
  let accountId: string;
  let destination: Destination;
  let receivers: string;

  beforeEach(async () => {
    extension = await startOver();
    const account = (await fake.accounts()).find(({ name }) => name === 'Tern & Co. Labs');
    accountId = account?.id ?? '';
    await addAccount(account?.name ?? '');
    destination = await find('Sensor gateway');
    receivers = `${new URL(destination.url).origin}/receivers`;
  });

  const all = () => fake.destinations({ account: accountId });
  const find = async (name: string) =>
    (await all()).find((each) => each.name === name) ?? assert.fail(`There is no ${name}`);
  const openPage = async (destinationId?: string, draftId?: string): Promise<Page> =>
    openPanelPage(extension, accountId, destinationId, draftId);

  let page: Page;
  afterEach(() => page.close());

  it('sends texts, fields and the view when the page is ready', async () => {
    page = await openPage(destination.id);
    assert.deepEqual(
      new Set(page.sent.map(({ kind }) => kind)),
      new Set(['texts', 'fields', 'view'] satisfies ToPanel['kind'][]),
    );
    assert.deepEqual(page.fields(), { name: 'Sensor gateway', url: destination.url, secret: '', remember: false });
    assert.match(page.view().about?.policies.summary ?? '', /polic/);
    assert.match(page.view().about?.timeline.alerts ?? '', /last 30 days/);
  });

  it('starts a new panel in its first field, once', async () => {
    page = await openPage();
    const focused = () => page.sent.filter(({ kind }) => kind === 'focus');
    assert.deepEqual(focused(), [{ kind: 'focus', at: 'name' }]);
    await page.controller.receive({ kind: 'ready' });
    assert.equal(focused().length, 1);
    page.close();
    page = await openPage(destination.id);
    assert.deepEqual(focused(), []);
  });

  it('generates a secret only for a type whose secret the user invents', async () => {
    page = await openPage();
    assert.equal(page.view().canGenerate, false);
    for (const [url, canGenerate] of [
      [`${receivers}/generic/hook`, true],
      ['https://hooks.slack.com/services/T/B/x', false],
      ['https://splunk.example.com/services/collector/event', false],
      ['https://api.datadoghq.com/api/v1/events', false],
    ] as const) {
      await page.types({ url });
      assert.equal(page.view().canGenerate, canGenerate, url);
    }
  });

  it('leads with a failing destination: when, the last success, and what can be done', async () => {
    page = await openPage(destination.id);
    const banner = () => page.view().banner;
    assert.equal(banner(), undefined);
    await fake.recordDelivery({ account: accountId, id: destination.id, succeeded: true });
    await fake.recordDelivery({ account: accountId, id: destination.id, succeeded: false });
    await extension.store.refresh([accountId]);
    assert.match(
      banner()?.lines.join(' ') ?? '',
      /failing\. The last delivery failed on .+ The last success was on .+, so the failures began after that/,
    );
    assert.deepEqual(
      banner()?.buttons.map(({ label }) => label),
      ['Test from This Machine', 'Explain Delivery'],
    );
    assert.deepEqual(page.view().notices, []);
    const user = scriptUser({ types: '' }, 'leaves');
    await page.presses('testFromHere');
    await until(() => user.questions.length === 2);
    user.dispose();
    assert.equal(user.questions[0]?.title, 'Test “Sensor gateway” from This Machine');
    await fake.recordDelivery({ account: accountId, id: destination.id, succeeded: true });
    await extension.store.refresh([accountId]);
    assert.equal(banner(), undefined);
  });

  it('offers another token if the token can only read', async () => {
    page = await openPage(destination.id);
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 } });
    await page.types({ name: 'Mine' });
    await page.presses('save');
    assert.match(
      page.told(),
      /does not have permission for Mine.+Nothing was saved\. Your input is unchanged\. \[Replace Token…\] \[Dismiss\]$/,
    );
    assert.equal(page.fields().name, 'Mine');
    const user = scriptUser('leaves');
    await page.presses('replaceToken');
    await until(() => user.questions.length > 0);
    user.dispose();
    assert.match(user.questions[0]?.title ?? '', /^Replace Token of Tern & Co\. Labs/);
  });

  it('shows a failed fetch beside the form without blocking the form', async () => {
    await fake.addFault({ path: '**/policies', fault: { kind: 'status', status: 403 } });
    page = await openPage(destination.id);
    assert.match(page.view().about?.policies.summary ?? '', /does not have permission/);
    assert.match(page.view().about?.timeline.alerts ?? '', /last 30 days/);
  });

  it('creates a destination and becomes its panel', async () => {
    page = await openPage();
    await page.types({ name: 'Fresh', url: `${receivers}/generic/hook`, secret: 's3cret', remember: true });
    await page.presses('save');
    assert.match(page.told(), /^Created “Fresh”/);
    const made = await find('Fresh');
    assert.equal(made.secret, 's3cret');
    assert.equal(page.controller.target().destinationId, made.id);
    assert.equal(page.fields().secret, '');
    assert.equal(page.fields().remember, true);
    assert.doesNotMatch(readState(extension.context), /s3cret/);
  });

  it('shows the errors of a field after the user leaves it or saves', async () => {
    page = await openPage();
    await page.types({ url: 'ftp://x' });
    assert.deepEqual(page.view().findings, []);
    await page.types({ url: 'ftp://x' }, 'url');
    assert.deepEqual(
      page.view().findings.map(({ field }) => field),
      ['url'],
    );
    await page.presses('save');
    assert.deepEqual(
      page.view().findings.map(({ field }) => field),
      ['name', 'url'],
    );
    assert.deepEqual(page.sent.at(-1), { kind: 'focus', at: 'name' });
    assert.equal(
      (await all()).some(({ name }) => name === ''),
      false,
    );
  });

  it('keeps every field if Cloudflare rejects the change', async () => {
    page = await openPage();
    const typed = { name: 'Refused', url: `${receivers}/generic/hook`, secret: 'wrong', remember: false };
    await page.types(typed);
    await page.presses('save');
    assert.match(page.told(), /Webhook test failed[^]+rejected the secret, or a firewall blocked Cloudflare/i);
    // The same values would fail again, so only the test from here is offered.
    assert.match(page.told(), /\[Test from This Machine\] \[Dismiss\]$/);
    assert.doesNotMatch(page.told(), /\[Try Again\]/);
    assert.deepEqual(page.fields(), typed);
    assert.equal(page.view().busy, false);
  });

  it('tests the typed values from this machine and tries again after Cloudflare could not reach a new host', async () => {
    await extension.state.update('testedHosts', []);
    page = await openPage();
    // “Send” allows a host for the whole session, so this is not the host of the other tests.
    const url = `${receivers.replace('127.0.0.1', 'localhost')}/generic/hook`;
    const typed = { name: 'New host', url, secret: 's3cret', remember: false };
    await page.types(typed);
    await fake.addReceiverRule({ type: 'generic', path: '/hook', fault: { kind: 'reset' }, times: 1 });
    await page.presses('save');
    assert.match(page.told(), /could not reach[^]+\[Try Again\] \[Test from This Machine\] \[Dismiss\]$/);
    const before = (await fake.received()).length;
    const declining = scriptUser('leaves');
    await page.presses('testTyped');
    declining.dispose();
    assert.match(declining.questions[0]?.title ?? '', /^Send a test to/);
    assert.equal((await fake.received()).length, before);
    const user = scriptUser({ presses: 'Send' });
    await page.presses('testTyped');
    user.dispose();
    assert.match(page.told(), /“New host” from this machine succeeded \(status 200[^]+Nothing was saved\./);
    const received = (await fake.received()).slice(before);
    assert.deepEqual(
      received.map(({ headers }) => headers['cf-webhook-auth']),
      ['s3cret'],
    );
    assert.equal((await all()).filter(({ name }) => name === 'New host').length, 0);
    assert.deepEqual(page.fields(), typed);
    await page.presses('save');
    assert.match(page.told(), /^Created “New host”/);
    assert.equal((await find('New host')).secret, 's3cret');
  });

  it('does not create a duplicate if fetching the new destination fails', async () => {
    page = await openPage();
    await page.types({ name: 'Only one', url: `${receivers}/generic/hook` });
    await fake.addFault({
      method: 'GET',
      path: '**/destinations/webhooks/*',
      fault: { kind: 'status', status: 403 },
      times: 1,
    });
    await page.presses('save');
    assert.match(page.told(), /^Created “Only one”/);
    assert.equal((await all()).filter(({ name }) => name === 'Only one').length, 1);
  });

  it('describes the effect of saving in advance', async () => {
    page = await openPage(destination.id);
    assert.match(page.view().plan, /^No changes to save/);
    await page.types({ name: 'Other' });
    assert.match(page.view().plan, /^Saving changes only the name/);
    await page.types({ url: `${receivers}/generic/other` });
    assert.match(page.view().plan, /name and URL/);
    await page.types({ url: 'https://hooks.slack.com/services/T/B/x' });
    assert.match(page.view().plan, /different type/);
  });

  it('reports a new secret as unverifiable and offers a replacement, which sends it again', async () => {
    page = await openPage(destination.id);
    await page.types({ secret: 'n3w' });
    await page.presses('save');
    assert.match(page.told(), /\[Replace\] \[Update in Place\] \[Cancel\]/);
    await page.presses('updateInPlace');
    assert.match(page.told(), /Cloudflare does not confirm secret changes.*\[Replace…\]/);
    await page.presses('replace');
    await page.presses('confirm');
    assert.match(page.told(), /^Replaced/);
    assert.equal((await find('Sensor gateway')).secret, 'n3w');
  });

  it('sends no secret that was typed for a service of another type', async () => {
    page = await openPage(destination.id);
    await page.types({ url: 'https://api.opsgenie.com/v2/alerts', secret: 'key-of-opsgenie' });
    await fake.addFault({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    await page.presses('save');
    await page.presses('confirm');
    assert.doesNotMatch(page.told(), /^Replaced/);
    await page.types({ url: `${receivers}/generic/new`, secret: '' });
    await page.presses('save');
    await page.presses('confirm');
    assert.match(page.told(), /^Replaced/);
    assert.equal((await find('Sensor gateway')).secret, undefined);
  });

  it('reports a new URL as applied if Cloudflare changed it', async () => {
    await fake.changeSettings({ putMode: 'as-documented' });
    page = await openPage(destination.id);
    await page.types({ url: `${receivers}/generic/new` });
    await page.presses('save');
    await page.presses('updateInPlace');
    assert.match(page.told(), /^Saved the new URL\..*\[Undo\]/);
    assert.equal((await find('Sensor gateway')).url, `${receivers}/generic/new`);
    await page.presses('revert');
    assert.equal((await find('Sensor gateway')).url, destination.url);
  });

  it('warns before a replacement that the secret will be missing', async () => {
    page = await openPage(destination.id);
    await page.types({ url: `${receivers}/generic/new` });
    await page.presses('replace');
    assert.match(page.told(), /will have no secret/);
    await page.types({ url: `${receivers}/generic/newer` });
    assert.equal(page.told(), '');
    await page.presses('confirm');
    assert.equal((await find('Sensor gateway')).id, destination.id);
  });

  it('does not offer a replacement for a URL whose secret part is unknown', async () => {
    await fake.changeSettings({ urlSecrets: 'cut' });
    const url = 'https://hooks.slack.com/services/T000/B000/secret';
    const { id } = await fake.putDestination({ account: accountId, name: 'Cut', url, type: 'slack' });
    await extension.store.refresh([accountId]);
    page = await openPage(id);
    await page.presses('replace');
    assert.match(page.told(), /secret[^]+Nothing was replaced\. \[Dismiss\]$/);
    await page.types({ secret: 'other' });
    await page.presses('replace');
    assert.match(page.told(), /\[Replace\] \[Cancel\]$/);
  });

  describe('with an interrupted replacement', () => {
    beforeEach(async () => {
      await fake.putPolicy({
        account: accountId,
        name: 'Origin down',
        mechanisms: { webhooks: [{ id: destination.id }] },
      });
      await fake.addFault({
        method: 'PUT',
        path: '**/policies/*',
        fault: { kind: 'status', status: 403 },
        times: 1,
      });
      page = await openPage(destination.id);
      await page.types({ url: `${receivers}/generic/new` });
      await page.presses('replace');
      await page.presses('confirm');
    });

    it('shows the progress and completes on Resume', async () => {
      assert.match(page.told(), /the old one both exist.*\[Resume\] \[Undo\] \[Keep Both\]/);
      const { steps = [] } = page.view().notices.at(-1) ?? {};
      assert.ok(steps.some(({ text, state }) => text.includes('“Origin down”') && state !== 'done'));
      await page.presses('resume');
      assert.match(page.told(), /^Replaced/);
      const made = await find('Sensor gateway');
      assert.notEqual(made.id, destination.id);
      assert.equal(page.controller.target().destinationId, made.id);
    });

    it('rolls the replacement back on Undo, and loads the policies again', async () => {
      await page.presses('undo');
      assert.match(page.told(), /^The replacement of “Sensor gateway” of .+ was undone/);
      assert.ok(page.view().about?.policies.rows.some(({ name }) => name === 'Origin down'));
      assert.deepEqual(
        (await all()).filter(({ name }) => name === 'Sensor gateway').map(({ id }) => id),
        [destination.id],
      );
      assert.equal(page.controller.target().destinationId, destination.id);
    });

    it('shows the interrupted replacement when the panel is opened again', async () => {
      page.close();
      page = await openPage(destination.id);
      assert.match(page.told(), /was interrupted.*\[Resume\] \[Undo\]/);
      await page.presses('undo');
    });

    it('keeps the interrupted replacement if its notice is dismissed', async () => {
      await page.presses('dismiss');
      assert.equal(page.told(), '');
      page.close();
      page = await openPage(destination.id);
      assert.match(page.told(), /was interrupted/);
      await page.presses('undo');
    });
  });

  it('stops a replacement, which is no error, and keeps the old destination', async () => {
    page = await openPage(destination.id);
    await page.types({ url: `${receivers}/generic/new` });
    await page.presses('replace');
    const replacing = page.presses('confirm');
    await until(() => page.view().notices.some(({ steps }) => steps !== undefined));
    await page.presses('cancel');
    await replacing;
    assert.match(page.told(), /^The replacement was stopped\./);
    assert.notEqual(page.view().notices.at(-1)?.tone, 'error');
    assert.ok((await all()).some(({ id }) => id === destination.id));
    await endReplacements(extension);
  });

  it('tests the saved destination, reports unsaved edits and shows the last result', async () => {
    page = await openPage(destination.id);
    assert.equal(page.view().tools[0]?.label, 'Test…');
    const lastTest = () => page.view().about?.facts.find(({ label }) => label === 'Last test')?.value ?? '';
    assert.equal(lastTest(), '');
    await page.types({ name: 'Mine' });
    const user = scriptUser({ picks: ['From this machine'] }, { types: '' }, { presses: 'Send' });
    await page.presses('test');
    assert.match(page.told(), /uses the saved destination, not your unsaved changes/);
    await until(() => lastTest() !== '');
    user.dispose();
    assert.equal(user.questions[0]?.title, 'Test “Sensor gateway”');
    assert.match(lastTest(), /^from this machine: succeeded now$/);
    assert.equal(page.fields().name, 'Mine');
  });

  it('shows a change at Cloudflare if there are no edits', async () => {
    page = await openPage(destination.id);
    await fake.putDestination({ account: accountId, id: destination.id, name: 'Elsewhere' });
    await extension.store.refresh();
    assert.equal(page.fields().name, 'Elsewhere');
    assert.equal(page.view().heading, 'Elsewhere');
  });

  it('reports a change at Cloudflare without overwriting edits, until the user loads it', async () => {
    page = await openPage(destination.id);
    await page.types({ name: 'Mine' });
    await fake.putDestination({ account: accountId, id: destination.id, name: 'Elsewhere' });
    await extension.store.refresh();
    assert.equal(page.fields().name, 'Mine');
    assert.match(page.told(), /the new name is “Elsewhere”.*\[Use Cloudflare’s Version\] \[Keep Mine\]/);
    await page.presses('keep');
    assert.equal(page.told(), '');
    await page.presses('load');
    assert.equal(page.fields().name, 'Elsewhere');
  });

  it('reports a deletion and keeps the fields to create the destination again', async () => {
    page = await openPage(destination.id);
    await fake.removeDestination({ account: accountId, id: destination.id });
    await extension.store.refresh();
    assert.match(page.told(), /“Sensor gateway” no longer exists/);
    assert.equal(page.fields().url, destination.url);
    assert.equal(page.view().buttons[0]?.label, 'Create Again');
  });

  it('restores a draft without its secret in a later window', async () => {
    page = await openPage(destination.id, 'kept');
    await page.types({ name: 'Half', url: `${receivers}/generic/half`, secret: 'n3w' });
    await new Promise((resolve) => setTimeout(resolve, 600));
    page.controller.dispose();
    assert.doesNotMatch(readState(extension.context), /generic\/half/);
    page = await openPage(destination.id, 'kept');
    assert.deepEqual(page.fields(), {
      name: 'Half',
      url: `${receivers}/generic/half`,
      secret: '',
      remember: false,
    });
    assert.match(page.view().secretHint, /was not stored\. Enter it again/);
  });
});
