import type { FrameLocator, Locator, Page } from 'playwright-core';
import { type ModalDialog, modalDialogOf } from './modal-dialog.ts';
import { type Notifications, notificationsOf } from './notifications.ts';
import { type QuickInput, quickInputOf } from './quick-input.ts';
import { sendClick } from './send-event.ts';
import { type TreeView, treeViewOf } from './tree-view.ts';

/** The window of VS Code as a user sees it. Every action waits for the elements that it needs. */
export interface WorkbenchPage {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly dialog: ModalDialog;
  readonly notifications: Notifications;
  /** The errors logged by the page so far, without those that VS Code always logs. This array grows. */
  readonly consoleErrors: readonly string[];
  /** Runs a command from the palette by its full title, for example "Cloudflare Webhooks: Refresh". */
  runCommand(title: string): Promise<void>;
  /** Shows the view container with this title. */
  openContainer(title: string): Promise<void>;
  /** A tree view by its name. If a container has only one view, the view has the title of the container. */
  treeView(name: string): TreeView;
  /** The welcome content of a view in the side bar. */
  readonly welcome: Locator;
  /** Waits for a badge with this text on a view container's icon; undefined: for no badge. */
  waitForBadge(containerTitle: string, text: string | undefined): Promise<void>;
  /** A status bar item by its id in the extension. Hidden items do not exist in the page. */
  statusItem(id: string): Locator;
  /** The tab of an editor, by its name. */
  editorTab(name: string | RegExp): Locator;
  /** The document of the active webview, which is nested two frames deep. */
  webview(): FrameLocator;
  /** The visible text of the output or terminal panel, with non-breaking spaces replaced by spaces. */
  panelText(): Promise<string>;
  /**
   * Reloads the window with "Developer: Reload Window" and waits until it is usable. This command saves the state first; a
   * reload by the browser restores state that can be a minute old.
   */
  reload(): Promise<void>;
  /** Takes a picture of the window without caret and animations. Returns its bytes, and saves them if `file` is given. */
  screenshot(file?: string): Promise<Buffer>;
}

/** Errors about files that code-server lacks, its service worker under test, and reloads of VS Code on the web. */
const alwaysLogged =
  /vsda|serviceWorker\.js|Failed to load resource.*404|\[Service Worker\]|ERR_NAME_NOT_RESOLVED|bad HTTP response code|\[lifecycle\] Long running operations|IDBTransaction|IndexedDB database/;

/** The workbench formats the level of a log line with a `%c` color directive. */
const levelPrefix = /^%c\s*ERR color: \S+ /;

/**
 * How long to wait for what must appear, in milliseconds. It only bounds a failure: on a busy machine, VS Code takes more than 15
 * seconds to start the extensions after a reload.
 */
export const PATIENCE = 60_000;

/** Returns the {@link WorkbenchPage} of a page, and starts to collect its errors. */
export function workbenchPageOf(page: Page): WorkbenchPage {
  page.setDefaultTimeout(PATIENCE);
  const consoleErrors: string[] = [];
  const collect = (text: string): void => {
    if (!alwaysLogged.test(text)) {
      consoleErrors.push(text.replace(levelPrefix, ''));
    }
  };
  page.on('console', (message) => {
    if (message.type() === 'error') {
      collect(message.text());
    }
  });
  page.on('pageerror', (error) => collect(error.stack ?? error.message));

  const quickInput = quickInputOf(page);
  const container = (title: string): Locator =>
    page.locator('.part.activitybar .action-item', { has: page.locator(`.action-label[aria-label^="${title}"]`) });

  return {
    page,
    quickInput,
    dialog: modalDialogOf(page),
    notifications: notificationsOf(page, async () =>
      runCommand(page, quickInput, 'Notifications: Clear All Notifications'),
    ),
    consoleErrors,
    runCommand: async (title) => runCommand(page, quickInput, title),
    openContainer: async (title) => {
      const icon = container(title);
      await icon.waitFor();
      // A click on the icon of an open container closes it. After a reload, VS Code can open the container at the same time.
      const expanded = icon.and(page.locator('[aria-expanded="true"]'));
      for (let attempt = 0; (await expanded.count()) === 0 && attempt < 5; attempt += 1) {
        await icon.click();
        await expanded.waitFor({ timeout: 2000 }).catch(() => undefined);
      }
      await expanded.waitFor();
    },
    treeView: (name) => treeViewOf(page, name),
    welcome: page.locator('.part.sidebar .welcome-view-content'),
    waitForBadge: async (title, text) => {
      const badge = container(title).locator('.badge-content').filter({ visible: true });
      await (text === undefined
        ? badge.waitFor({ state: 'detached' })
        : badge.filter({ hasText: new RegExp(`^${text}$`) }).waitFor());
    },
    statusItem: (id) => page.locator(`.statusbar-item[id$=".${id}"]`),
    editorTab: (name) => page.locator('.part.editor').getByRole('tab', { name }),
    webview: () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame'),
    panelText: async () => {
      const lines = await page.locator('.part.panel .view-lines').innerText();
      return lines.replaceAll('\u00A0', ' ');
    },
    reload: async () => {
      const loaded = page.waitForEvent('load');
      await runCommand(page, quickInput, 'Developer: Reload Window');
      await loaded;
      await waitUntilUsable(page);
    },
    screenshot: async (file) =>
      page.screenshot({ animations: 'disabled', caret: 'hide', ...(file === undefined ? {} : { path: file }) }),
  };
}

/** Waits until the window is rendered and accepts keys. Extensions start later, so wait for their contributions. */
export async function waitUntilUsable(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
  await page.locator('.part.activitybar .action-item').first().waitFor();
}

/** Retries, because the palette lists the commands known when it opens, and extensions register theirs after startup. */
async function runCommand(page: Page, quickInput: QuickInput, title: string): Promise<void> {
  const entry = quickInput.widget.locator('.monaco-list-row', { has: page.getByText(title, { exact: true }) }).first();
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('F1');
    try {
      await quickInput.waitFor('Type the name of a command to run');
      // The palette closes if something else takes the focus, such as an editor that opens late.
      await quickInput.type(`>${title}`, 2000);
      await sendClick(entry, { timeout: 1000 });
      return;
    } catch (error) {
      if (attempt === 20) {
        throw error;
      }
      await page.keyboard.press('Escape');
      await quickInput.waitUntilClosed();
    }
  }
}
