import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, JSON_LANGUAGE } from '../../src/ui/host/ids.ts';
import { EXTENSION_ID, getExtension } from './extension-under-test.ts';

type Manifest = {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly languages: readonly { readonly id: string }[];
    readonly jsonLanguageParticipants: readonly { readonly languageId: string }[];
    readonly chatSkills: readonly { readonly path: string; readonly when?: string }[];
    readonly languageModelTools: readonly { readonly name: string; readonly modelDescription: string }[];
    readonly configurationDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> };
  };
};

describe('manifest', () => {
  const manifest = (): Manifest => vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as Manifest;

  it('contributes exactly the registered commands, all in one category', async () => {
    await getExtension();
    const { commands } = manifest().contributes;
    const registered = (await vscode.commands.getCommands(true)).filter((name) =>
      /^cloudflareWebhooks\.[a-zA-Z]+$/.test(name),
    );
    assert.deepEqual(commands.map(({ command }) => command).toSorted(), registered.toSorted());
    assert.deepEqual(COMMANDS.map((name) => `cloudflareWebhooks.${name}`).toSorted(), registered.toSorted());
    assert.ok(commands.every(({ category, title }) => category === 'Cloudflare Webhooks' && !title.startsWith('%')));
  });

  it('uses only contributed commands in menus, and repeats inline commands in the context menu', () => {
    const { commands, menus } = manifest().contributes;
    const known = new Set(commands.map(({ command }) => command));
    for (const entry of Object.values(menus).flat()) {
      assert.ok(known.has(entry.command), entry.command);
    }
    const context = (menus['view/item/context'] ?? []) as readonly { command: string; group: string }[];
    const listed = new Set(context.filter(({ group }) => !group.startsWith('inline')).map(({ command }) => command));
    for (const { command } of context.filter(({ group }) => group.startsWith('inline'))) {
      assert.ok(listed.has(command), `${command} is inline only`);
    }
    assert.ok(
      !context.some(({ command, group }) => command.endsWith('deleteDestination') && group.startsWith('inline')),
    );
  });

  it('does not let a workspace change the API base URL, which receives tokens', () => {
    const { properties } = manifest().contributes.configuration;
    assert.deepEqual([...new Set(Object.values(properties).map(({ scope }) => scope))], ['application']);
  });

  it('turns auto save off for the language of the JSON documents, which has JSON support', () => {
    const { languages, jsonLanguageParticipants, configurationDefaults } = manifest().contributes;
    assert.deepEqual(
      languages.map(({ id }) => id),
      [JSON_LANGUAGE],
    );
    assert.deepEqual(jsonLanguageParticipants, [{ languageId: JSON_LANGUAGE }]);
    assert.equal(configurationDefaults[`[${JSON_LANGUAGE}]`]?.['files.autoSave'], 'off');
  });

  it('contributes a skill whose file is in the extension and names both language model tools', async () => {
    const { extensionUri } = vscode.extensions.getExtension(EXTENSION_ID) ?? assert.fail();
    const { chatSkills, languageModelTools } = manifest().contributes;
    assert.deepEqual(chatSkills, [
      { path: './skills/diagnose-webhook-destination/SKILL.md', when: 'cloudflareWebhooks.state == ready' },
    ]);
    for (const { path } of chatSkills) {
      const uri = vscode.Uri.joinPath(extensionUri, path);
      assert.ok(uri.path.startsWith(`${extensionUri.path}/`));
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      // The name must be that of the folder: lower case, digits and hyphens.
      const [, name, description] = /^---\nname: ([a-z0-9-]{1,64})\ndescription: (.{1,1024})\n---\n/.exec(text) ?? [];
      assert.equal(name, path.split('/').at(-2));
      assert.ok(description);
      for (const tool of languageModelTools) {
        assert.ok(text.includes(`\`${tool.name}\``), tool.name);
      }
    }
  });

  it('documents every state of an answer in the descriptions of the tools, and in the skill', async () => {
    const { extensionUri } = vscode.extensions.getExtension(EXTENSION_ID) ?? assert.fail();
    const { chatSkills, languageModelTools } = manifest().contributes;
    const skill = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, chatSkills[0]?.path ?? ''));
    const texts = [...languageModelTools.map((tool) => tool.modelDescription), new TextDecoder().decode(skill)];
    const states = ['fresh', 'stale', 'loading', 'failed', 'unread'];
    for (const word of [...states, 'complete', 'partial', 'unknown', 'noAccounts', 'readAt']) {
      assert.ok(
        texts.every((text) => new RegExp(`\\b${word}\\b`).test(text)),
        word,
      );
    }
  });

  it('defines every manifest string in package.nls.json', () => {
    assert.doesNotMatch(JSON.stringify(manifest()), /"%[^"%]+%"/);
  });
});
