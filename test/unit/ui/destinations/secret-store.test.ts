import assert from 'node:assert/strict';
import { createSecretStore } from '../../../../src/ui/destinations/secret-store.ts';
import { makeSecretStorage } from '../ui-services.ts';

const [BARE, DASHED] = ['f174e90afafe4643bbbc4a0ed4fc8415', 'F174E90A-fafe-4643-bbbc-4a0ed4fc8415'];

function makeStore(stored = new Map<string, string>()) {
  const redactor = { remember() {}, redact: (text: string) => text };
  return { stored, secrets: createSecretStore(makeSecretStorage(stored), redactor, () => {}) };
}

describe('a remembered secret', () => {
  for (const [written, read] of [
    [BARE, DASHED],
    [DASHED, BARE],
  ] as const) {
    it(`of ${written} is found, replaced and forgotten as ${read}`, async () => {
      const { stored, secrets } = makeStore();
      await secrets.remember('a', written, { secret: 'first' });
      assert.deepEqual(await secrets.get('a', read), { secret: 'first' });
      await secrets.remember('a', read, { secret: 'second' });
      assert.deepEqual([await secrets.get('a', written), stored.size], [{ secret: 'second' }, 1]);
      await secrets.forget('a', read);
      assert.equal(stored.size, 0);
    });
  }

  it('of an earlier version, under the ID as Cloudflare wrote it, is found, replaced and forgotten', async () => {
    const earlier = `cloudflareWebhooks.secret.a.${DASHED}`;
    const { stored, secrets } = makeStore(new Map([[earlier, '{"version":1,"secret":"old"}']]));
    assert.deepEqual(await secrets.get('a', DASHED), { secret: 'old' });
    await secrets.remember('a', DASHED, { secret: 'new' });
    assert.deepEqual(await secrets.get('a', DASHED), { secret: 'new' });
    await secrets.forget('a', DASHED);
    assert.equal(stored.size, 0);
  });
});
