import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, FAILING_COLOR, JSON_LANGUAGE } from '../../src/ui/host/ids.ts';
import { hostileSettings } from '../vscode-host/hostile-settings.ts';
import { EXTENSION_ID, getExtension } from './extension-under-test.ts';

type MenuEntry = {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
};

type Manifest = {
  readonly activationEvents: readonly string[];
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly qna: unknown;
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly submenus: readonly { readonly id: string; readonly label: string }[];
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly title: string }[] };
    readonly views: Readonly<
      Record<string, readonly { readonly name: string; readonly accessibilityHelpContent?: string }[]>
    >;
    readonly keybindings: readonly { readonly key: string; readonly when: string }[];
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
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          { readonly scope?: string; readonly enum?: readonly string[]; readonly enumItemLabels?: readonly string[] }
        >
      >;
    };
  };
};

/** Commands that work on all selected rows. */
const FOR_SEVERAL = [
  'testDestination',
  'managePolicies',
  'createPolicy',
  'copyId',
  'copyUrl',
  'copyLink',
  'copyAsTerraform',
  'copyToAccount',
  'exportDestinations',
  'deleteDestination',
].map((name) => `cloudflareWebhooks.${name}`);
/** The order of the groups of a context menu: open and edit, test and state, policies, copy, transfer, manage. */
const GROUPS = ['1_open', '2_state', '3_policies', '4_copy', '5_transfer', '9_manage'];
const READY = 'cloudflareWebhooks.state == ready';

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
    const { submenus } = manifest().contributes;
    const known = new Set([...commands.map(({ command }) => command), ...submenus.map(({ id }) => id)]);
    for (const { command, submenu } of Object.values(menus).flat()) {
      assert.ok(known.has(command ?? submenu ?? ''), command ?? submenu);
    }
    const inline = contextMenu().filter(({ group = '' }) => group.startsWith('inline'));
    const listed = new Set(
      contextMenu()
        .filter((each) => !inline.includes(each))
        .map(({ command }) => command),
    );
    for (const { command } of inline) {
      assert.ok(listed.has(command), `${command} is inline only`);
    }
    assert.ok(!inline.some(({ command }) => command?.endsWith('deleteDestination')));
  });

  const contextMenu = (): readonly MenuEntry[] => manifest().contributes.menus['view/item/context'] ?? [];

  it('hides commands for one row while several are selected', () => {
    const copies = manifest().contributes.menus['cloudflareWebhooks.copy'] ?? [];
    for (const { command = '', when = '' } of [...contextMenu(), ...copies]) {
      // A policy is tested, and a policy of an account created, for one row.
      const isForSeveral = FOR_SEVERAL.includes(command) && !/viewItem (== policy\b|=~ \/\^account\/)/.test(when);
      if (command !== '') {
        assert.equal(when.includes('!listMultiSelection'), !isForSeveral, `${command}: ${when}`);
      }
    }
    assert.ok(FOR_SEVERAL.every((command) => [...contextMenu(), ...copies].some((each) => each.command === command)));
  });

  it('orders the context menus of rows: open, test and state, policies, copy, manage with delete last', () => {
    for (const row of ['destination', 'account', 'policy']) {
      const shown = contextMenu()
        .filter(({ group = '', when = '' }) => !group.startsWith('inline') && appliesTo(row, when))
        .toSorted((a, b) => ((a.group ?? '') < (b.group ?? '') ? -1 : 1));
      const groups = [...new Set(shown.map(({ group = '' }) => group.split('@')[0] ?? ''))];
      assert.deepEqual(
        groups,
        GROUPS.filter((each) => groups.includes(each)),
        row,
      );
      assert.equal(new Set(shown.map(({ group }) => group)).size, shown.length, `two entries of ${row} at one place`);
    }
    const last = contextMenu()
      .filter(({ when = '' }) => appliesTo('destination', when))
      .toSorted((a, b) => ((a.group ?? '') < (b.group ?? '') ? -1 : 1))
      .findLast(({ group = '' }) => !group.startsWith('inline'));
    assert.equal(last?.command, 'cloudflareWebhooks.deleteDestination');
  });

  it('has the copies of a destination in a submenu', () => {
    const { menus, submenus } = manifest().contributes;
    assert.deepEqual(submenus, [{ id: 'cloudflareWebhooks.copy', label: 'Copy' }]);
    assert.deepEqual(
      menus['cloudflareWebhooks.copy']?.map(({ command }) => command?.replace('cloudflareWebhooks.', '')),
      ['copyId', 'copyUrl', 'copyLink', 'copyAsCurl', 'copyAsTerraform'],
    );
    assert.ok(!contextMenu().some(({ command = '' }) => /copy(Id|Url|Link|As)/.test(command)));
  });

  it('shows only Add Account, Import and Show Log in the palette without an account', () => {
    const { commands, menus } = manifest().contributes;
    const palette = menus['commandPalette'] ?? [];
    const needing = palette.filter(({ when = '' }) => conditionsOf(when).includes(READY)).map(({ command }) => command);
    assert.equal(new Set(needing).size, needing.length);
    assert.deepEqual(
      commands.map(({ command }) => command).filter((command) => !needing.includes(command)),
      ['addAccount', 'importDestinations', 'showLog'].map((name) => `cloudflareWebhooks.${name}`),
    );
  });

  it('disables in the title of the view and in menus what cannot work', () => {
    const { commands, menus } = manifest().contributes;
    const enablement = new Map(
      commands.map((each) => [each.command.replace('cloudflareWebhooks.', ''), each.enablement]),
    );
    for (const { command = '' } of menus['view/title'] ?? []) {
      const name = command.replace('cloudflareWebhooks.', '');
      const always = ['addAccount', 'showLog', 'showAll'];
      assert.equal(enablement.get(name), always.includes(name) ? undefined : READY, name);
    }
    assert.equal(enablement.get('copyToAccount'), 'cloudflareWebhooks.severalAccounts');
  });

  it('has actions in the title of documents and panels', () => {
    const entries = manifest().contributes.menus['editor/title'] ?? [];
    const namesOf = (condition: string): readonly string[] =>
      entries.flatMap(({ command = '', when = '' }) =>
        conditionsOf(when).includes(condition) ? [command.replace('cloudflareWebhooks.', '')] : [],
      );
    assert.deepEqual(namesOf('resourceScheme == cfwebhook'), ['editDestination', 'testDestination']);
    assert.deepEqual(namesOf('activeWebviewPanelId == cloudflareWebhooks.panel'), [
      'editDestinationAsJson',
      'testDestination',
      'openInDashboard',
    ]);
  });

  it('contributes a color for each kind of theme, words for settings, help for the view, and links', () => {
    const { contributes, activationEvents } = manifest();
    assert.deepEqual(
      contributes.colors.map(({ id, defaults }) => [id, Object.keys(defaults)]),
      [[FAILING_COLOR, ['dark', 'light', 'highContrast', 'highContrastLight']]],
    );
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.equal(setting.enumItemLabels?.length, setting.enum?.length, name);
    }
    const [view] = contributes.views['cloudflareWebhooks'] ?? [];
    assert.match(view?.accessibilityHelpContent ?? '', /Enter opens the panel[^]+<keybinding:cloudflareWebhooks\./);
    assert.ok(activationEvents.includes('onUri'));
    // VS Code shows two equal titles once, and two different ones after each other.
    assert.equal(contributes.viewsContainers.activitybar[0]?.title, view?.name);
  });

  it('binds keys of the view only while it has the focus, and not while the user types', () => {
    const { keybindings } = manifest().contributes;
    assert.deepEqual([...new Set(keybindings.map(({ key }) => key))].toSorted(), ['delete', 'enter', 'f2']);
    for (const { when } of keybindings) {
      assert.match(when, /^focusedView == cloudflareWebhooks\.destinations && .*!inputFocus/);
    }
  });

  it('lets a workspace change no setting, and the tests try to change each', () => {
    const { properties } = manifest().contributes.configuration;
    assert.deepEqual([...new Set(Object.values(properties).map(({ scope }) => scope))], ['application']);
    assert.deepEqual(Object.keys(hostileSettings).toSorted(), Object.keys(properties).toSorted());
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

/** The conditions that must all hold. A VS Code server rewrites those about resources, with quotation marks. */
function conditionsOf(when: string): readonly string[] {
  return when.replaceAll("'", '').split(' && ');
}

/** Whether an entry of the context menu is for rows with this context value. */
function appliesTo(row: string, when: string): boolean {
  const [, exact, pattern] = /viewItem (?:== (\w+)|=~ \/(.+?)\/(?: |$))/.exec(when) ?? [];
  return exact === undefined ? new RegExp(pattern ?? '$^').test(row) : exact === row;
}
