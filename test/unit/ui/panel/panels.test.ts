import assert from 'node:assert/strict';
import { controls } from '../../../fake-cloudflare/control.ts';
import { ACCOUNT } from '../../core/destinations/fake-account.ts';
import { usePanels } from './panels-under-test.ts';

describe('panels', () => {
  const window = usePanels();
  const { account } = window;

  describe('a question', () => {
    beforeEach(() => controls.changeSettings(account.world(), { putMode: 'as-documented' }));

    it('is withdrawn when the user takes the version of Cloudflare', async () => {
      const { id, url } = await account.put('Ops');
      const page = await window.edit(await window.api().getDestination(ACCOUNT, id));
      await page.type({ url: account.hook('mine') });
      await page.press('Save');
      controls.putDestination(account.world(), { account: ACCOUNT, id, name: 'Theirs' });
      await window.store().refresh();
      assert.match(page.text(), /changed at Cloudflare.*“Update in Place” keeps the ID/);
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
      await page.type({ url: account.hook('right') });
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
});
