import assert from 'node:assert/strict';
import { loadingActivity } from '../../../src/ui/panel/activity.ts';
import { buildView } from '../../../src/ui/panel/panel-view.ts';
import { typesWithPigeon } from '../../made-up-type.ts';
import { makePanelModel } from '../../unit/ui/panel/make-model.ts';
import { addAccount, fake, startOver } from '../extension-under-test.ts';

describe('the view of the panel', () => {
  it('knows a type that was added to the registry', async () => {
    const extension = await startOver();
    await addAccount('Tern & Co. Labs');
    const [entry] = extension.store.entries();
    assert.ok(entry);
    const url = 'https://loft.pigeon.example/fly/roof?ring=good';
    const buildFor = (typed: string) =>
      buildView(
        makePanelModel({
          fields: { name: 'Roof', url: typed, secret: '', remember: false },
          visited: new Set(['url'] as const),
          activity: loadingActivity(),
        }),
        entry,
        typesWithPigeon,
      );
    const { guess, findings } = buildFor(url);
    assert.match(guess, /Carrier Pigeon\. The secret is part of the URL.+https:\/\/loft\.pigeon\.example/);
    assert.deepEqual(findings, []);
    const texts = [url.replace('https', 'http'), url.replace('fly', 'parrot')].flatMap((each) =>
      buildFor(each).findings.map(({ severity, text }) => `${severity}: ${text}`),
    );
    assert.equal(texts.length, 2);
    assert.match(texts[0] ?? '', /^error: Carrier Pigeon requires https/);
    assert.match(texts[1] ?? '', /^warning: Cloudflare does not treat a Carrier Pigeon URL with \/parrot\//);
  });

  it('marks the URL that Cloudflare returned without its secret part', async () => {
    const extension = await startOver();
    const account = await fake.putAccount({ name: 'Cut' });
    const { id } = await fake.putDestination({
      account: account.id,
      name: 'Chat',
      url: 'https://hooks.slack.com/services/T/B/secret',
      type: 'slack',
    });
    await addAccount('Cut');
    const entry = extension.store.entries().find(({ connection }) => connection.account.id === account.id);
    assert.ok(entry);
    const buildFor = (url: string, secret = '') =>
      buildView(
        makePanelModel({
          accountId: account.id,
          destinationId: id,
          fields: { name: 'Chat', url, secret, remember: false },
          base: { name: 'Chat', url },
          lastName: 'Chat',
          visited: new Set(['url'] as const),
          activity: loadingActivity(),
        }),
        entry,
      );
    const cut = 'https://hooks.slack.com/services/T/B';
    const saved = buildFor(cut);
    assert.match(saved.guess, /Cloudflare hides the secret part of this URL/);
    assert.deepEqual(saved.findings, []);
    const other = buildFor(`${cut}2`);
    assert.doesNotMatch(other.guess, /hides/);
    assert.match(other.findings[0]?.text ?? '', /^This Slack URL lacks its secret part/);
    assert.deepEqual(buildFor(`${cut}2`, 's3cret').findings, []);
    assert.match(
      buildFor(` ${cut.slice(0, 30)}\u200b${cut.slice(30)}`).findings[0]?.text ?? '',
      /invisible characters/,
    );
  });
});
