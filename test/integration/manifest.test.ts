import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, JSON_LANGUAGE } from '../../src/ui/host/ids.ts';
import { EXTENSION_ID, getExtension } from './extension-under-test.ts';

type Manifest = {
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly qna: unknown;
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly languages: readonly { readonly id: string }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly media: { readonly svg: string; readonly altText: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
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

  describe('the walkthrough', () => {
    const steps = () => manifest().contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

    it('is one, with at most five steps, each with an action and an event that completes it', async () => {
      assert.deepEqual(
        manifest().contributes.walkthroughs.map(({ id }) => id),
        ['getStarted'],
      );
      assert.ok(steps().length <= 5);
      const commands = new Set(await vscode.commands.getCommands(true));
      const { properties } = manifest().contributes.configuration;
      for (const { id, description, media, completionEvents } of steps()) {
        assert.match(description, /\n\[[^\]]+\]\(command:/, id);
        assert.ok(media.altText.length > 20, id);
        for (const event of completionEvents) {
          const [kind = '', name = ''] = event.split(':');
          const isKnown = {
            onCommand: commands.has(name),
            onContext: name === 'cloudflareWebhooks.state == ready',
            onSettingChanged: name in properties,
            onStepSelected: name === '',
          }[kind];
          assert.ok(isKnown, event);
        }
      }
    });

    it('has pictures that take every color from the theme and run nothing', async () => {
      const { extensionUri } = vscode.extensions.getExtension(EXTENSION_ID) ?? assert.fail();
      for (const { media } of steps()) {
        const file = vscode.Uri.joinPath(extensionUri, media.svg);
        const svg = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
        assert.doesNotMatch(svg, /<script|<style|<image|<foreignObject|\bstyle=|\bon\w+=|href/i, media.svg);
        for (const [, color = ''] of svg.matchAll(/\b(?:fill|stroke)="([^"]+)"/g)) {
          assert.match(color, /^(none|(var\(--vscode-[\w-]+(, )?)+(transparent)?\)+)$/);
        }
      }
    });
  });

  it('links only to commands that exist, in the walkthrough and in the welcome views', async () => {
    const commands = new Set(await vscode.commands.getCommands(true));
    const { walkthroughs, viewsWelcome } = manifest().contributes;
    const texts = [
      ...viewsWelcome.map(({ contents }) => contents),
      ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ];
    const links = texts.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)(?:\?([^)]*))?\)/g)]);
    assert.ok(links.length > 10);
    for (const [link, command = '', encoded] of links) {
      assert.ok(commands.has(command), link);
      assert.doesNotThrow(() => encoded === undefined || JSON.parse(decodeURIComponent(encoded)), link);
    }
    const opening = links.find(([, command]) => command === 'workbench.action.openWalkthrough');
    assert.equal(JSON.parse(decodeURIComponent(opening?.[2] ?? '')), `${EXTENSION_ID}#${walkthroughs[0]?.id}`);
  });

  it('has welcome content with a way on for each state of an empty view', () => {
    const { viewsWelcome } = manifest().contributes;
    for (const state of ['noAccount', 'loading', 'unreadable', 'ready']) {
      const shown = viewsWelcome.filter(({ when }) => when.includes(`cloudflareWebhooks.state == ${state}`));
      assert.ok(shown.length > 0, state);
      assert.ok(
        shown.every(({ contents }) => contents.includes('](command:')),
        state,
      );
    }
    assert.ok(viewsWelcome.some(({ when }) => when.endsWith('&& cloudflareWebhooks.tokenWithoutAccounts')));
  });

  it('has what the Marketplace shows and finds', () => {
    const { categories, keywords, qna, galleryBanner, icon } = manifest();
    assert.ok(categories.length > 0);
    // More than 30 tags are refused, and VS Code adds some for what the extension contributes.
    assert.ok(keywords.length <= 20 && new Set(keywords).size === keywords.length);
    assert.equal(qna, false);
    assert.match(galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.match(icon, /\.png$/);
  });

  it('defines every manifest string in package.nls.json', () => {
    assert.doesNotMatch(JSON.stringify(manifest()), /"%[^"%]+%"/);
  });
});
