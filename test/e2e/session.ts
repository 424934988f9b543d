import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { VSIX } from '../../scripts/package-extension.ts';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { connectControl, type ControlClient } from '../fake-cloudflare/client.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../fake-cloudflare/server.ts';
import { cacheFolder } from '../vscode-host/cache-folder.ts';
import type { HostVersion } from '../vscode-host/host-versions.ts';
import type { Settings } from '../vscode-host/user-data.ts';
import { startWorkbench, type Workbench } from '../vscode-host/workbench.ts';
import { openWorkbench, type OpenWorkbench } from '../vscode-host/workbench-browser.ts';
import type { TreeView } from '../vscode-host/tree-view.ts';
import { PATIENCE, waitUntilUsable, type WorkbenchPage, workbenchPageOf } from '../vscode-host/workbench-page.ts';

export const CONTAINER = 'Webhook Destinations';
export const VIEW = 'Webhook Destinations';

/** The extensions that ours meets: the themes, and the languages that it opens or shows. */
const FEW_BUILTINS = [
  ...['theme-defaults', 'theme-seti'],
  ...['json', 'json-language-features', 'configuration-editing'],
  ...['markdown-basics', 'markdown-language-features', 'shellscript'],
];

/** The packaged extension in a real workbench, connected to a fake Cloudflare. */
export type Session = {
  readonly fake: ControlClient;
  /** The base URL of the fake webhook receivers, such as `/generic/…`. */
  readonly receiversUrl: string;
  /** User data, extension storage, logs and the browser profile. Deleted by `close`. */
  readonly dataDir: string;
  /** Closes the browser only, so that its profile can be read. */
  closeBrowser(): Promise<void>;
  readonly workbench: WorkbenchPage;
  readonly view: TreeView;
  close(): Promise<void>;
};

export type SessionOptions = {
  readonly version?: HostVersion;
  /** Packaged extensions to install beside ours. */
  readonly otherExtensions?: readonly string[];
  /** Whether VS Code has all extensions that come with it. Default: only `FEW_BUILTINS`, because all cost seconds to start. */
  readonly allBuiltins?: boolean;
  readonly userSettings?: Settings;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  /** The language of the extension, for example `de`. Default: English. */
  readonly language?: string;
};

/** Starts all parts. If one part fails to start, closes the earlier parts. */
export async function startSession(options: SessionOptions = {}): Promise<Session> {
  const parts: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts.splice(0).toReversed()) {
      await part.close();
    }
  };
  try {
    const fake: FakeCloudflare = await startFakeCloudflare({ seed: 'demo' });
    parts.push(fake);
    const server: Workbench = await startWorkbench({
      version: options.version ?? 'newest',
      vsix: VSIX,
      otherExtensions: options.otherExtensions ?? [],
      ...(options.allBuiltins ? {} : { builtinExtensions: FEW_BUILTINS }),
      userSettings: { 'cloudflareWebhooks.apiBaseUrl': fake.baseUrl, ...options.userSettings },
      env: { CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_ACCOUNT_ID: undefined, ...options.env },
    });
    parts.push(server);
    const { viewport, deviceScaleFactor, language } = options;
    const opened: OpenWorkbench = await openWorkbench(server, {
      ...(viewport ? { viewport } : {}),
      ...(deviceScaleFactor ? { deviceScaleFactor } : {}),
      ...(language === undefined ? {} : { language }),
    });
    parts.push(opened);
    const { workbench } = opened;
    const title = language === undefined ? CONTAINER : await readContainerTitle(language);
    await workbench.openContainer(title);
    return {
      fake: connectControl(fake.controlUrl),
      receiversUrl: fake.receiversUrl,
      dataDir: server.dataDir,
      closeBrowser: async () => opened.close(),
      workbench,
      view: workbench.treeView(language === undefined ? VIEW : title),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The view has the same title. */
async function readContainerTitle(language: string): Promise<string> {
  const strings: Readonly<Record<string, string>> = JSON.parse(await readFile(`package.nls.${language}.json`, 'utf8'));
  return strings['container.title'] ?? '';
}

/** Starts all parts with one empty account, Acme, for the demo token. The account is not added to VS Code yet. */
export async function startWithAcme(
  options: SessionOptions = {},
): Promise<{ readonly session: Session; readonly account: string }> {
  const session = await startSession(options);
  await session.fake.reset({ seed: 'empty' });
  await session.fake.putToken({ value: demoTokens.demo });
  return { session, account: (await session.fake.putAccount({ name: 'Acme' })).id };
}

/** Completes Add Account from the token prompt, with all accounts selected except the unticked ones. */
export async function answerAddAccount(
  { workbench }: Session,
  token: string,
  unticked: readonly string[] = [],
): Promise<void> {
  const { quickInput } = workbench;
  await quickInput.waitFor('Paste a Cloudflare API token');
  await quickInput.answer(token);
  await quickInput.waitFor('Choose the accounts to add');
  for (const name of unticked) {
    await quickInput.pick(name);
  }
  await quickInput.accept();
  await quickInput.waitUntilClosed();
}

/** Adds the only account of the token from the welcome view, and waits for the given row. */
export async function addOnlyAccount(session: Session, token: string, row: string): Promise<void> {
  const { workbench, view } = session;
  const { quickInput } = workbench;
  await workbench.welcome.getByText('Add Account…').click();
  await quickInput.waitFor('Paste a Cloudflare API token');
  await quickInput.answer(token);
  await quickInput.waitFor('Choose the accounts to add');
  await quickInput.accept();
  await quickInput.waitFor('Enter a name for this account.');
  await quickInput.accept();
  await view.row(row).waitFor();
}

/** Answers VS Code's own file dialog, which is a quick input in a browser. */
export async function answerFileDialog({ workbench: { quickInput } }: Session, file: string): Promise<void> {
  await quickInput.widget.getByRole('button', { name: /^(OK|Save|Open)$/ }).waitFor();
  // The dialog resets its input while it reads a folder, and takes the first Enter as a step into it. It gets some time to close
  // before the next attempt, which would make it read again.
  await waitUntil(async () => {
    if (await quickInput.widget.isVisible()) {
      await quickInput.answer(file).catch(() => {});
    }
    return quickInput.widget.waitFor({ state: 'hidden', timeout: 3000 }).then(
      () => true,
      () => false,
    );
  });
}

/** Replaces all occurrences in the active editor. */
export async function replaceInEditor({ page }: WorkbenchPage, from: string, to: string): Promise<void> {
  await page.keyboard.press('Control+h');
  const find = page.locator('.find-widget');
  await find.getByPlaceholder('Find').fill(from);
  await find.getByPlaceholder('Replace').fill(to);
  await page.keyboard.press('Control+Alt+Enter');
  await page.locator('.monaco-editor .view-lines').getByText(to).first().waitFor();
  await page.keyboard.press('Escape');
}

/**
 * The color themes that every surface must be readable in: the value of the setting, the name in the list of themes, the class
 * of the window, and the kind that a webview has.
 */
export const THEMES = {
  dark: { setting: 'Default Dark Modern', label: 'Dark Modern', className: 'vs-dark', kind: 'vscode-dark' },
  light: { setting: 'Default Light Modern', label: 'Light Modern', className: 'vs', kind: 'vscode-light' },
  'high-contrast-dark': {
    setting: 'Default High Contrast',
    label: 'Dark High Contrast',
    className: 'hc-black',
    kind: 'vscode-high-contrast',
  },
  'high-contrast-light': {
    setting: 'Default High Contrast Light',
    label: 'Light High Contrast',
    className: 'hc-light',
    kind: 'vscode-high-contrast-light',
  },
} as const;
export type Theme = keyof typeof THEMES;
export const THEME_NAMES: readonly Theme[] = ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'];

/** Chooses a color theme, and waits until the window has it. */
export async function setTheme({ workbench }: Session, theme: Theme): Promise<void> {
  const { className, label } = THEMES[theme];
  const { quickInput, page } = workbench;
  await workbench.runCommand('Preferences: Color Theme');
  await quickInput.waitFor('Select Color Theme');
  await quickInput.type(label);
  await quickInput.pick(label);
  await quickInput.waitUntilClosed();
  await page.locator(`.monaco-workbench.${className}`).waitFor();
}

/** Changes the color theme and waits until the window and its visible webview have it. */
export async function setThemeOfWebview(session: Session, theme: Theme): Promise<void> {
  await setTheme(session, theme);
  await session.workbench.webview().locator(`body[data-vscode-theme-kind="${THEMES[theme].kind}"]`).waitFor();
}

/** Sets the width of the side bar, in pixels. */
export async function resizeSideBar({ workbench: { page } }: Session, width: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (box) {
    const edge = box.x + box.width;
    await page.mouse.move(edge, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(edge + width - box.width, box.y + 200, { steps: 4 });
    await page.mouse.up();
  }
}

/** Another window of the same VS Code and profile, with an extension host of its own. */
export async function openSecondWindow({ workbench }: Session): Promise<WorkbenchPage> {
  const page = await workbench.page.context().newPage();
  const other = workbenchPageOf(page);
  await page.goto(workbench.page.url());
  await waitUntilUsable(page);
  return other;
}

/** Waits until a condition holds. */
export async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await isSo())) {
    if (Date.now() > end) {
      throw new Error('Timed out');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until VS Code has backed up unsaved text, so that it survives a reload. */
export async function untilBackedUp({ dataDir }: Session, text: string): Promise<void> {
  const folder = path.join(dataDir, 'User', 'Backups');
  await waitUntil(async () => {
    const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const texts = files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => readFile(path.join(parentPath, name)));
    return (await Promise.all(texts)).some((content) => content.includes(text));
  });
}

/** The console errors of the extension. VS Code logs errors of its own, mainly without a network. */
export function errorsOfExtension({ workbench }: Session): readonly string[] {
  // An error of the extension contains its name or its file.
  return workbench.consoleErrors.filter((text) => /cloudflare-?webhooks|webhook-destinations/i.test(text));
}

/** Saves a screenshot if the test failed. Call it after each test. */
export async function keepPictureOfFailure(
  test: { readonly state?: string | undefined; readonly title: string } | undefined,
  { workbench }: Session,
): Promise<void> {
  if (test?.state === 'failed') {
    await workbench.screenshot(pictureFile(`failed ${test.title}`));
  }
}

/** The path of a screenshot that is not committed. */
export function pictureFile(name: string): string {
  return path.join(cacheFolder, 'screenshots', `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
}
