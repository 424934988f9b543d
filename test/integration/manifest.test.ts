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

  it('defines every manifest string in package.nls.json', () => {
    assert.doesNotMatch(JSON.stringify(manifest()), /"%[^"%]+%"/);
  });
});
