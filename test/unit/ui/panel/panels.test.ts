import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { controls } from '../../../fake-cloudflare/control.ts';
import { failWith } from '../../core/api/fake-api.ts';
import { ACCOUNT } from '../../core/destinations/fake-account.ts';
import { settle, until, usePanels } from './panels-under-test.ts';

describe('panels', () => {
  const window = usePanels();
  const { account } = window;

  describe('a question', () => {
    beforeEach(() => controls.changeSettings(account.world(), { putMode: 'as-documented' }));

    it('is withdrawn when the destination changes at Cloudflare', async () => {
      const { id, url } = await account.put('Ops');
      const page = await window.edit(await window.api().getDestination(ACCOUNT, id));
      await page.type({ url: account.hook('mine') });
      await page.press('Save');
      controls.putDestination(account.world(), { account: ACCOUNT, id, name: 'Theirs' });
      await window.store().refresh();
      assert.match(page.text(), /changed at Cloudflare/);
      assert.deepEqual(page.labels(), ['Use Cloudflare’s Version', 'Keep Mine', 'Save', 'Replace…']);
      await page.press('Use Cloudflare’s Version');
      assert.deepEqual([page.text(), page.fields().name, page.fields().url], ['', 'Theirs', url]);
      // The page may be slow to hide the button.
      await page.act('updateInPlace');
      assert.deepEqual([account.stored(id)?.name, account.stored(id)?.url], ['Theirs', url]);
    });

    it('is withdrawn when a form without edits follows Cloudflare', async () => {
      const destination = await account.put('Ops');
      const page = await window.edit(destination);
      await page.press('Replace…');
      assert.match(page.text(), /Replace “Ops”/);
      controls.putDestination(account.world(), { account: ACCOUNT, id: destination.id, name: 'Theirs' });
      await window.store().refresh();
      assert.deepEqual([page.text(), page.fields().name], ['', 'Theirs']);
    });

    it('is not asked about values that the user corrected while the policies were loaded', async () => {
      const destination = await account.put('Ops');
      const page = await window.edit(destination);
      const policies = window.hold('listPolicies');
      await page.type({ url: account.hook('typo') });
      const saving = page.press('Save');
      await policies.isCalled();
      assert.equal(page.text(), 'Loading from Cloudflare…');
      await page.type({ url: account.hook('right') });
      assert.equal(page.text(), '');
      policies.release();
      await saving;
      assert.equal(page.text(), '');
      await page.press('Save');
      await page.press('Update in Place');
      assert.equal(account.stored(destination.id)?.url, account.hook('right'));
    });

    it('is not answered for other values than those it asks about', async () => {
      const destination = await account.put('Ops');
      const page = await window.edit(destination);
      await page.type({ url: account.hook('asked') });
      await page.press('Save');
      await page.act('updateInPlace', { url: account.hook('other') });
      assert.deepEqual([page.text(), account.stored(destination.id)?.url], ['', destination.url]);
    });
  });

  describe('Undo of an update in place', () => {
    beforeEach(() => controls.changeSettings(account.world(), { putMode: 'as-documented' }));

    const update = async () => {
      const destination = await account.put('Ops');
      const page = await window.edit(destination);
      await page.type({ url: account.hook('new') });
      await page.press('Save');
      await page.press('Update in Place');
      return { page, ...destination };
    };

    it('keeps what was typed since', async () => {
      const { page, id, url } = await update();
      await page.type({ name: 'Mine', secret: 'typed' });
      await page.press('Undo');
      assert.deepEqual([account.stored(id)?.name, account.stored(id)?.url], ['Ops', url]);
      const { name, secret } = page.fields();
      assert.deepEqual([name, page.fields().url, secret], ['Mine', url, 'typed']);
    });

    it('keeps a name that another client changed since, and shows it beside a typed one', async () => {
      const { page, id, url } = await update();
      await page.type({ name: 'Mine' });
      controls.putDestination(account.world(), { account: ACCOUNT, id, name: 'Theirs' });
      await page.press('Undo');
      assert.deepEqual([account.stored(id)?.name, account.stored(id)?.url], ['Theirs', url]);
      assert.match(page.text(), /The destination changed at Cloudflare: the new name is “Theirs”/);
    });

    it('changes nothing if another client changed the URL since', async () => {
      const { page, id } = await update();
      controls.putDestination(account.world(), { account: ACCOUNT, id, url: account.hook('theirs') });
      await window.store().refresh();
      await page.press('Undo');
      assert.equal(account.stored(id)?.url, account.hook('theirs'));
      assert.match(page.text(), /Another client changed “Ops” at Cloudflare/);
    });
  });

  describe('a panel that is closed while it creates', () => {
    async function closeWhileCreating(): Promise<() => void> {
      const page = await window.openNew();
      await page.type({ name: 'Ops', url: account.hook('slow') });
      await window.draftIsKept('slow');
      const creation = window.hold('createDestination');
      await page.press('Create');
      await creation.isCalled();
      page.panel.dispose();
      await settle();
      assert.deepEqual([window.notifications, window.created.length], [[], 1]);
      return creation.release;
    }

    it('reports the destination, and offers its draft no second time', async () => {
      const release = await closeWhileCreating();
      release();
      const { message, buttons } = await window.notification();
      assert.deepEqual([message.includes('“Ops”'), buttons, account.names()], [true, [], ['Ops']]);
      await window.noDraftIsKept();
    });

    it('reports why the creation failed, and then offers the draft', async () => {
      account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
      const release = await closeWhileCreating();
      release();
      const { message, press } = await window.notification();
      assert.match(message, /Your input is unchanged\. “New Webhook Destination” was closed with unsaved changes\./);
      press('Reopen');
      const page = await window.page(1);
      assert.deepEqual([page.fields().name, page.fields().url], ['Ops', account.hook('slow')]);
      await page.press('Create');
      await until(() => account.names().length === 1, 'the destination');
    });
  });

  describe('a panel that is closed while it replaces', () => {
    async function closeWhileReplacing(): Promise<() => void> {
      const page = await window.open(await account.put('Ops'));
      await page.press('Replace…');
      await until(() => page.labels().includes('Replace'), 'the question');
      const creation = window.hold('createDestination');
      await page.press('Replace');
      await creation.isCalled();
      page.panel.dispose();
      return creation.release;
    }

    it('reports the end', async () => {
      const release = await closeWhileReplacing();
      release();
      const { message, buttons } = await window.notification();
      assert.match(message, /^Replaced “Ops” of Acme\./);
      assert.deepEqual(buttons, []);
    });

    it('reports where it stopped, and can be resumed in the panel', async () => {
      const release = await closeWhileReplacing();
      const [{ id } = assert.fail()] = await window.api().listDestinations(ACCOUNT);
      account.putPolicy('Policy', [id]);
      account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
      release();
      const { message, buttons, press } = await window.notification();
      assert.match(message, /both exist\..*Resume moves the remaining policies/);
      assert.deepEqual(buttons, ['Reopen']);
      press('Reopen');
      const page = await window.page(1);
      await until(() => page.labels().includes('Resume'), 'the button');
      await page.press('Resume');
      await until(() => page.text().includes('Replaced “Ops”'), 'the end');
    });
  });

  describe('the secret that was sent', () => {
    const secretOf = (name: string) =>
      controls.destinations(account.world(), { account: ACCOUNT }).find((each) => each.name === name)?.secret;

    it('does not count if the replacement was refused', async () => {
      const destination = await account.put('Ops');
      await window.secrets().remember(ACCOUNT, destination.id, { secret: 'good' });
      const page = await window.edit(destination);
      account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
      await page.type({ secret: 'refused', remember: true });
      await page.press('Replace…');
      await page.press('Replace');
      assert.match(page.text(), /Nothing was changed/);
      await page.type({ secret: '' });
      await page.press('Replace…');
      await page.press('Replace');
      assert.match(page.text(), /Replaced “Ops”/);
      assert.deepEqual([secretOf('Ops'), window.rememberedSecrets()], ['good', ['good']]);
    });

    /** The new destination exists, and its secret was sent; the policy was not changed. */
    const replaceUntilItStops = async () => {
      const destination = await account.put('Ops');
      account.putPolicy('Policy', [destination.id]);
      const page = await window.edit(destination);
      account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
      await page.type({ secret: 'sent' });
      await page.press('Replace…');
      await page.press('Replace');
      return page;
    };

    it('counts for the next replacement', async () => {
      const page = await window.edit(await account.put('Ops'));
      await page.type({ secret: 'sent' });
      await page.press('Replace…');
      await page.press('Replace');
      await page.type({ url: account.hook('next') });
      await page.press('Replace…');
      await page.press('Replace');
      assert.deepEqual([page.fields().url, secretOf('Ops')], [account.hook('next'), 'sent']);
    });

    it('counts after a replacement that stopped and was resumed', async () => {
      const page = await replaceUntilItStops();
      await page.press('Resume');
      await page.type({ url: account.hook('next') });
      await page.press('Replace…');
      await page.press('Replace');
      assert.deepEqual([page.fields().url, secretOf('Ops')], [account.hook('next'), 'sent']);
    });

    it('does not count if another editor stores another one, also while the question is open', async () => {
      const destination = await account.put('Ops');
      const store = async (secret: string) => window.secrets().remember(ACCOUNT, destination.id, { secret });
      await store('first');
      const page = await window.edit(destination);
      await page.type({ secret: 'sent' });
      await page.press('Save');
      await page.press('Update in Place');
      await store('second');
      await page.press('Replace…');
      await store('third');
      await page.press('Replace');
      assert.deepEqual([secretOf('Ops'), window.rememberedSecrets()], ['third', ['third']]);
    });

    it('is not replaced by none without a new question, if another editor deleted it', async () => {
      const destination = await account.put('Ops');
      await window.secrets().remember(ACCOUNT, destination.id, { secret: 'first' });
      const page = await window.edit(destination);
      await page.press('Replace…');
      await window.secrets().forget(ACCOUNT, destination.id);
      await page.press('Replace');
      assert.match(page.text(), /The new destination will have no secret/);
      assert.deepEqual([account.names(), page.fields().remember], [['Ops'], false]);
    });

    it('stays to be remembered after an update whose answer was lost', async () => {
      const destination = await account.put('Ops');
      await window.secrets().remember(ACCOUNT, destination.id, { secret: 'old' });
      const page = await window.edit(destination);
      account.fail({ method: 'PUT', fault: { kind: 'status', status: 502 }, times: 1 });
      await page.type({ secret: 'new' });
      await page.press('Save');
      await page.press('Update in Place');
      assert.match(page.text(), /status 502.*The request was sent and may still take effect\./s);
      assert.deepEqual([page.fields().remember, window.rememberedSecrets()], [true, []]);
      await page.press('Save');
      await page.press('Update in Place');
      assert.deepEqual([page.fields().remember, window.rememberedSecrets()], [true, ['new']]);
    });

    describe('if another editor stored it after the panel was opened', () => {
      const open = async () => {
        controls.changeSettings(account.world(), { putMode: 'as-documented' });
        const destination = await account.put('Ops');
        const store = async () => window.secrets().remember(ACCOUNT, destination.id, { secret: 'theirs' });
        return { page: await window.open(destination), store };
      };

      it('stays remembered after a rename', async () => {
        const { page, store } = await open();
        await page.type({ name: 'Ops 2' });
        await store();
        await page.press('Save');
        await page.sees(/Renamed to “Ops 2”/);
        assert.deepEqual([page.fields().remember, window.rememberedSecrets()], [true, ['theirs']]);
      });

      it('gives way to the new one of an update in place', async () => {
        const { page, store } = await open();
        await page.type({ secret: 'mine' });
        await page.press('Save');
        await page.sees(/Replace “Ops”/);
        await store();
        await page.press('Update in Place');
        await page.sees(/does not confirm secret changes/);
        assert.deepEqual([page.fields().remember, window.rememberedSecrets()], [true, ['mine']]);
      });

      it('stays remembered after an update was undone', async () => {
        const { page, store } = await open();
        await page.type({ url: account.hook('new') });
        await page.press('Save');
        await page.sees(/Replace “Ops”/);
        await page.press('Update in Place');
        await page.sees(/Saved the new URL/);
        await store();
        await page.press('Undo');
        await until(() => !page.view().busy && !page.labels().includes('Undo'), 'the end');
        assert.deepEqual([page.fields().remember, window.rememberedSecrets()], [true, ['theirs']]);
      });

      for (const [end, change] of [
        [/Renamed to “Ops 2”/, () => {}],
        [/status 502/, () => account.fail({ method: 'PUT', fault: { kind: 'status', status: 502 }, times: 1 })],
      ] as const) {
        it(`stays remembered where that was during a rename: ${end.source}`, async () => {
          const { page, store } = await open();
          change();
          await page.type({ name: 'Ops 2' });
          const update = window.hold('updateDestination');
          await page.press('Save');
          await update.isCalled();
          await store();
          update.release();
          await page.sees(end);
          assert.deepEqual([page.fields().remember, window.rememberedSecrets()], [true, ['theirs']]);
        });
      }
    });

    it('stays remembered by a draft that was typed before it was stored', async () => {
      const destination = await account.put('Ops');
      const page = await window.open(destination);
      await page.type({ name: 'Mine' });
      page.panel.dispose();
      await window.secrets().remember(ACCOUNT, destination.id, { secret: 'stored' });
      (await window.notification()).press('Reopen');
      const { name, remember } = (await window.page(1)).fields();
      assert.deepEqual([name, remember], ['Mine', true]);
    });

    it('does not count after the replacement was undone', async () => {
      const page = await replaceUntilItStops();
      await page.press('Undo');
      assert.match(page.text(), /was undone/);
      await page.type({ secret: '' });
      await page.press('Replace…');
      assert.match(page.text(), /The new destination will have no secret/);
    });
  });

  describe('an ID with dashes in one answer and without them in another', () => {
    beforeEach(() => controls.changeSettings(account.world(), { ids: 'mixed' }));

    it('is the same destination after a replacement', async () => {
      const page = await window.edit(await account.put('Ops'));
      await page.type({ url: account.hook('new') });
      await page.press('Replace…');
      await page.press('Replace');
      assert.match(page.text(), /Replaced “Ops”/);
      assert.deepEqual([page.labels().includes('Save'), page.fields().url], [true, account.hook('new')]);
      const [listed = assert.fail()] = await window.api().listDestinations(ACCOUNT);
      window.lastTests().set(ACCOUNT, listed.id, { at: 0, way: 'direct', result: 'worked', reason: 'Fine', url: '' });
      assert.match(JSON.stringify(page.view().about), /Fine/);
    });

    it('has one panel after it was created', async () => {
      const page = await window.openNew();
      await page.type({ name: 'Ops', url: account.hook('new') });
      await page.press('Create');
      await until(() => page.labels().includes('Save'), 'the destination in its panel');
      const [listed = assert.fail()] = await window.api().listDestinations(ACCOUNT);
      await window.open(listed);
      assert.deepEqual([window.created.length, page.panel.reveals], [1, 1]);
      assert.ok(window.panels().isOpen(ACCOUNT, listed.id.replaceAll('-', '')));
    });

    it('shows a replacement that stopped after another one ended', async () => {
      const page = await window.edit(await account.put('Ops'));
      await page.type({ url: account.hook('first') });
      await page.press('Replace…');
      await page.press('Replace');
      const [listed = assert.fail()] = await window.api().listDestinations(ACCOUNT);
      account.putPolicy('Policy', [listed.id]);
      account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
      await page.type({ url: account.hook('second') });
      await page.press('Replace…');
      await page.press('Replace');
      assert.ok(page.labels().includes('Resume'), page.text());
    });
  });

  describe('“Remember on this machine”', () => {
    it('stores nothing for a rename, since this machine does not know the secret', async () => {
      const destination = await account.put('Ops');
      const page = await window.edit(destination);
      await page.type({ name: 'Ops 2', remember: true });
      await page.press('Save');
      assert.match(page.text(), /Renamed to “Ops 2”/);
      assert.equal(await window.secrets().get(ACCOUNT, destination.id), undefined);
    });

    it('stores that a destination was created without a secret, also after a rename', async () => {
      const page = await window.openNew();
      await page.type({ name: 'Ops', url: account.hook('new'), remember: true });
      await page.press('Create');
      await until(() => page.labels().includes('Replace…'), 'the destination');
      const [{ id } = assert.fail()] = await window.api().listDestinations(ACCOUNT);
      assert.deepEqual(await window.secrets().get(ACCOUNT, id), {});
      await page.type({ name: 'Ops 2' });
      await page.press('Save');
      await until(() => page.text().includes('Ops 2'), 'the new name');
      assert.deepEqual(await window.secrets().get(ACCOUNT, id), {});
    });
  });

  it('shows older ages without a refresh', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const page = await window.edit(await account.put('Ops'));
      await until(() => page.view().about?.timeline.days.length, 'the timeline');
      const before = page.panel.sent.length;
      mock.timers.tick(60_000);
      assert.deepEqual(
        page.panel.sent.slice(before).map(({ kind }) => kind),
        ['view'],
      );
    } finally {
      mock.timers.reset();
    }
  });

  it('persists what was typed right before a reload', async () => {
    const page = await window.open(await account.put('Ops'));
    await page.type({ name: 'Mine' });
    window.panels().dispose();
    await window.draftIsKept('Mine');
  });

  describe('Reopen', () => {
    it('brings back what was typed right before the panel was closed', async () => {
      const page = await window.open(await account.put('Ops'));
      await page.type({ name: 'Mine', remember: true });
      page.panel.dispose();
      (await window.notification()).press('Reopen');
      const reopened = await window.page(1);
      const { name, remember } = reopened.fields();
      assert.deepEqual([name, remember, reopened.panel.title], ['Mine', true, '● Ops']);
    });

    it('fills a panel of the destination that was opened in the meantime', async () => {
      const destination = await account.put('Ops');
      const page = await window.open(destination);
      await page.type({ name: 'Mine', secret: 'typed', remember: true });
      page.panel.dispose();
      const question = await window.notification();
      const other = await window.open(destination);
      question.press('Reopen');
      await until(() => other.fields().name === 'Mine', 'the draft');
      assert.deepEqual([window.created.length, other.panel.reveals, other.panel.title], [2, 1, '● Ops']);
      assert.match(other.view().secretHint, /The secret you typed was not stored/);
      assert.equal(other.fields().remember, true);
      await other.press('Save');
      await until(() => other.text().includes('Renamed to “Mine”'), 'the new name');
    });

    it('asks for the secret again until one was saved', async () => {
      controls.changeSettings(account.world(), { putMode: 'as-documented' });
      const page = await window.open(await account.put('Ops'));
      await page.type({ name: 'Mine', secret: 'typed' });
      page.panel.dispose();
      (await window.notification()).press('Reopen');
      const reopened = await window.page(1);
      const lost = /The secret you typed was not stored/;
      await reopened.press('Save');
      await reopened.sees(/Renamed to “Mine”/);
      assert.match(reopened.view().secretHint, lost);
      await reopened.type({ secret: 'again' });
      await reopened.press('Save');
      await reopened.sees(/Replace “Mine”/);
      await reopened.press('Update in Place');
      await reopened.sees(/does not confirm secret changes/);
      assert.equal(reopened.fields().secret, '');
      assert.doesNotMatch(reopened.view().secretHint, lost);
    });

    it('is offered again if that panel has other edits', async () => {
      const destination = await account.put('Ops');
      const page = await window.open(destination);
      await page.type({ name: 'Mine' });
      page.panel.dispose();
      const question = await window.notification();
      const other = await window.open(destination);
      await other.type({ name: 'Other' });
      question.press('Reopen');
      const again = await window.notification();
      assert.deepEqual([other.fields().name, other.panel.reveals, again.message], ['Other', 1, question.message]);
      await other.press('Save');
      await until(() => other.text().includes('Renamed to “Other”'), 'the new name');
      again.press('Reopen');
      await until(() => other.fields().name === 'Mine', 'the draft');
      assert.match(other.text(), /The destination changed at Cloudflare: the new name is “Other”/);
    });
  });

  describe('a restored tab that is shown after its destination was opened again', () => {
    /** `edits`: what is typed in the tab before the reload. */
    const reopen = async (edits: { readonly name?: string; readonly secret?: string }) => {
      const destination = await account.put('Ops');
      const page = await window.open(destination);
      await page.type(edits);
      const show = window.reload(page);
      return { show, other: await window.open(destination) };
    };

    it('hands its draft over', async () => {
      const { show, other } = await reopen({ name: 'Mine', secret: 'typed' });
      await show();
      await until(() => other.fields().name === 'Mine', 'the draft');
      assert.match(other.view().secretHint, /The secret you typed was not stored/);
      assert.deepEqual([other.panel.reveals, other.panel.title, window.notifications], [1, '● Ops', []]);
      await other.press('Save');
      await other.sees(/Renamed to “Mine”/);
      await window.noDraftIsKept();
    });

    it('offers its draft if that panel has other edits', async () => {
      const { show, other } = await reopen({ name: 'Mine' });
      await other.type({ name: 'Other' });
      await show();
      const { message, buttons, press } = await window.notification();
      assert.equal(message, '“Ops” was closed with unsaved changes.');
      assert.deepEqual([other.fields().name, buttons], ['Other', ['Reopen', 'Discard']]);
      await other.press('Save');
      await other.sees(/Renamed to “Other”/);
      press('Reopen');
      await until(() => other.fields().name === 'Mine', 'the draft');
    });

    it('is closed without a word if it has no draft', async () => {
      const { show, other } = await reopen({});
      await other.type({ name: 'Other' });
      await show();
      await settle();
      assert.deepEqual([other.fields().name, window.notifications], ['Other', []]);
    });
  });

  describe('a restored tab whose state is from before its destination was created', () => {
    const reload = async () => {
      const page = await window.openNew();
      await page.type({ name: 'Ops', url: account.hook('new') });
      await page.press('Create');
      await until(() => page.labels().includes('Save'), 'the destination in its panel');
      await page.type({ name: 'Mine' });
      const show = window.reload(page, 0);
      const [destination = assert.fail()] = await window.api().listDestinations(ACCOUNT);
      return { show, destination };
    };

    it('is the panel of the destination, also beside a panel of a new one', async () => {
      const { show, destination } = await reload();
      const other = await window.openNew();
      const shown = show();
      const restored = await window.page(2);
      await shown;
      await window.panels().open({ connection: window.connection(), destination });
      assert.deepEqual([window.created.length, restored.panel.reveals, restored.fields().name], [3, 1, 'Mine']);
      assert.equal(other.fields().name, '');
    });

    it('hands its draft over if the destination was opened again', async () => {
      const { show, destination } = await reload();
      const other = await window.open(destination);
      await show();
      await until(() => other.fields().name === 'Mine', 'the draft');
      assert.deepEqual(window.notifications, []);
    });

    it('offers its draft if it is closed at once', async () => {
      const { show } = await reload();
      const shown = show();
      window.created.at(-1)?.dispose();
      await shown;
      const { message } = await window.notification();
      assert.equal(message, '“Ops” was closed with unsaved changes.');
    });
  });

  describe('messages of the page and the host that cross', () => {
    const NONE = { name: 0, url: 0, secret: 0, remember: 0 };

    it('keep what is typed right after Save', async () => {
      const destination = await account.put('Ops');
      const page = await window.open(destination);
      await page.type({ name: 'Ops 2' });
      const update = window.hold('updateDestination');
      await page.press('Save');
      await update.isCalled();
      await page.type({ name: 'Ops 2x' });
      update.release();
      await page.sees(/Renamed to “Ops 2”/);
      assert.deepEqual([page.fields().name, account.stored(destination.id)?.name], ['Ops 2x', 'Ops 2']);
      await window.draftIsKept('Ops 2x');
    });

    it('keep the newer value of each field', async () => {
      const { id, url } = await account.put('Ops');
      const page = await window.open(await window.api().getDestination(ACCOUNT, id));
      const theirs = account.hook('theirs');
      controls.putDestination(account.world(), { account: ACCOUNT, id, name: 'Theirs', url: theirs });
      await window.store().refresh();
      await until(() => page.fields().name === 'Theirs', 'the new name');
      const old = { name: 'Ops x', url, secret: '', remember: false };
      page.panel.receive({ kind: 'edit', fields: old, edits: { ...NONE, name: 1 } });
      page.panel.receive({ kind: 'act', action: 'save', fields: old, edits: { ...NONE, name: 1 } });
      await page.sees(/Renamed to “Ops x”/);
      assert.equal(account.stored(id)?.url, theirs);
    });
  });

  it('withdraws that there are no changes once there are some', async () => {
    const page = await window.edit(await account.put('Ops'));
    await page.press('Save');
    assert.equal(page.text(), 'No changes to save.');
    await page.type({ name: 'Mine' });
    assert.equal(page.text(), '');
  });

  describe('a panel whose account is removed', () => {
    const REMOVED = 'The Cloudflare account was removed from VS Code.';

    it('says so, and keeps what was typed', async () => {
      const page = await window.edit(await account.put('Ops'));
      await page.type({ name: 'Mine' });
      window.store().setConnections([]);
      assert.deepEqual([page.text(), page.view().busy, page.labels()], [REMOVED, false, []]);
      await page.type({ name: 'Mine too' });
      window.store().setConnections([window.connection()]);
      await window.store().refresh();
      assert.deepEqual([page.text(), page.fields().name, page.labels()], ['', 'Mine too', ['Save', 'Replace…']]);
    });

    it('creates nothing if a notice offers to save while the account is loaded again', async () => {
      controls.changeSettings(account.world(), { putMode: 'as-documented' });
      const page = await window.edit(await account.put('Ops'));
      account.fail({ method: 'PUT', fault: { kind: 'status', status: 422 }, times: 1 });
      await page.type({ url: account.hook('new') });
      await page.press('Save');
      await page.press('Update in Place');
      window.store().setConnections([]);
      window.store().setConnections([window.connection()]);
      await settle();
      for (const action of ['save', 'replace', 'testTyped'] as const) {
        await page.act(action);
      }
      assert.deepEqual(account.names(), ['Ops']);
    });

    it('is named where a save was not sent because of that', async () => {
      const page = await window.edit(await account.put('Ops'));
      const { getDestination } = window.api();
      window.api().getDestination = async (...given) => {
        const before = await getDestination(...given);
        window.store().setConnections([]);
        return before;
      };
      await page.type({ name: 'Mine' });
      await page.press('Save');
      assert.match(page.text(), /The account Acme was removed from VS Code\.$/);
    });

    it('says so for a new destination', async () => {
      const page = await window.openNew();
      window.store().setConnections([]);
      assert.equal(page.text(), REMOVED);
    });

    it('says so only once the accounts are loaded', async () => {
      const destination = await account.put('Ops');
      const load = window.openLoading();
      const page = await window.edit(destination);
      assert.equal(page.text(), 'Loading from Cloudflare…');
      load();
      await settle();
      assert.deepEqual([page.text(), page.view().busy], [REMOVED, false]);
    });
  });

  it('names the account where its token is the cause, and the destination where Cloudflare refused it', async () => {
    const page = await window.edit(await account.put('Ops'));
    for (const [kind, sentence] of [
      ['auth', /^Cloudflare rejected the token of Acme: /],
      ['forbidden', /^The token does not have permission for Mine\. /],
      ['rejected', /^Cloudflare rejected the request for Mine\./],
      ['notFound', /^Cloudflare could not find Mine\. /],
      ['notFound of the account', /^Cloudflare could not find Acme \(code 7003\)\. /],
      ['network', /^Could not reach Cloudflare for Acme\. /],
    ] as const) {
      window.api().updateDestination = failWith(
        kind === 'notFound of the account' ? { kind: 'notFound', codes: [7003] } : { kind },
      );
      await page.type({ name: 'Mine' });
      await page.press('Save');
      assert.match(page.text(), sentence);
    }
  });

  it('says that the stored accounts could not be loaded, and is not busy without end', async () => {
    const load = window.openLoading();
    const page = await window.edit(await account.put('Ops'));
    load(false);
    await settle();
    assert.match(page.text(), /^The stored accounts could not be loaded\./);
    assert.equal(page.view().busy, false);
  });

  it('keeps the new name if an accepted rename cannot be read back, and advises no replacement', async () => {
    const destination = await account.put('Ops');
    const page = await window.edit(destination);
    const api = window.api();
    const { updateDestination } = api;
    api.updateDestination = async (...given) => {
      await updateDestination(...given);
      Object.assign(api, {
        getDestination: failWith({ kind: 'network' }),
        listDestinations: failWith({ kind: 'network' }),
      });
    };
    await page.type({ name: 'Ops 2' });
    await page.press('Save');
    assert.equal(page.text(), 'Cloudflare accepted the new name of “Ops 2”, but it could not be checked.');
    assert.deepEqual(
      [
        page.fields().name,
        page.view().heading,
        page
          .view()
          .notices.at(-1)
          ?.buttons.map(({ label }) => label),
      ],
      ['Ops 2', 'Ops 2', ['Dismiss']],
    );
  });
});
