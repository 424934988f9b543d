import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addAccount, type Extension, fake, run, startWithAcme, until } from '../extension-under-test.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('links to destinations', () => {
  let extension: Extension;
  let user: ScriptedUser;
  let accountId: string;
  let ids: readonly string[];

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    const put = async (name: string) =>
      fake.putDestination({ account: accountId, name, url: `https://example.com/${name}` });
    ids = (await Promise.all(['Alpha', 'Beta'].map(put))).map(({ id }) => id);
    await addAccount('Acme');
    user = scriptUser();
  });
  afterEach(() => user.dispose());

  const follow = async (link: string): Promise<void> =>
    (await extension.managing.load()).openLink(vscode.Uri.parse(link, true));
  const refused = async (link: string): Promise<string> =>
    follow(link).then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
  const selected = () => extension.destinationsView.selected()[0];

  it('copies one link per destination, without a name or a URL, and shows the row of a link', async () => {
    const nodes = ids.map((destinationId) => ({ kind: 'destination', accountId, destinationId }));
    await run('copyLink', nodes[0], nodes);
    const links = (await vscode.env.clipboard.readText()).split('\n');
    const prefix = `${vscode.env.uriScheme}://webhook-destinations.cloudflare-webhooks/open`;
    assert.deepEqual(
      links,
      ids.map((id) => `${prefix}?account=${accountId}&destination=${id}`),
    );
    const before = (await fake.log()).length;
    await follow(links[1] ?? '');
    await until(() => JSON.stringify(selected()) === JSON.stringify(nodes[1]), 'the row to be selected');
    assert.equal((await fake.log()).length, before);
    assert.deepEqual([user.questions, user.messages], [[], []]);
  });

  it('says why a link shows nothing, and runs nothing', async () => {
    const before = (await fake.log()).length;
    const at = (query: string): string => `vscode://webhook-destinations.cloudflare-webhooks/open?${query}`;
    const other = '0'.repeat(32);
    const links = [
      at(`account=${accountId}&destination=${ids[0]}&destination=${ids[1]}`),
      at('account=%5Bx%5D(command:workbench.action.quit)&destination=y'),
      at(`account=${other}&destination=${ids[0]}`),
      at(`account=${accountId}&destination=${other}`),
    ];
    assert.deepEqual(await Promise.all(links.map(refused)), [
      'This link to a webhook destination is not valid.',
      'This link to a webhook destination is not valid.',
      'The link is about a Cloudflare account that has not been added to VS Code.',
      'The link is about a webhook destination that Acme did not have at the last refresh.',
    ]);
    assert.equal((await fake.log()).length, before);
    assert.deepEqual(user.questions, []);
  });
});
