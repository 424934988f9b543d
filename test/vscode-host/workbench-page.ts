import type { FrameLocator, Locator, Page } from 'playwright-core';
import { type ModalDialog, modalDialogOf } from './modal-dialog.ts';
import { type Notifications, notificationsOf } from './notifications.ts';
import { type QuickInput, quickInputOf } from './quick-input.ts';
import { type TreeView, treeViewOf } from './tree-view.ts';

/** The window of VS Code as a user sees it. Everything waits for what it needs; nothing sleeps. */
export interface WorkbenchPage {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly dialog: ModalDialog;
  readonly notifications: Notifications;
  /** What the page has logged as errors so far, less what VS Code always logs; grows. */
  readonly consoleErrors: readonly string[];
  /** Runs a command from the palette, by its full title with category, as "Cloudflare Webhooks: Refresh". */
  runCommand(title: string): Promise<void>;
  /** Shows a container of the activity bar, by its title. */
  openContainer(title: string): Promise<void>;
  /** A tree view, by its name; in a container of one view that is the title of both. */
  treeView(name: string): TreeView;
  /** The welcome content of the view in the side bar. */
  readonly welcome: Locator;
  /** The number on a container's icon, or undefined. */
  badge(containerTitle: string): Promise<string | undefined>;
  /** An entry of the status bar, by the id the extension gave it. Hidden ones are absent. */
  statusItem(id: string): Locator;
  /** An editor's tab, by its name. */
  editorTab(name: string | RegExp): Locator;
  /** The document of the active webview, whose content sits two frames deep. */
  webview(): FrameLocator;
  /** The text in sight of the output or terminal panel, with plain blanks. */
  panelText(): Promise<string>;
  /**
   * Reloads the window as a user does, who lets VS Code write down what is open, and waits until it can be used again.
   * The browser's own reload comes upon it unawares: it then restores what it wrote down up to a minute ago.
   */
  reload(): Promise<void>;
  /** Saves a picture of the window, caret and animations stilled, and gives its bytes. */
  screenshot(file?: string): Promise<Buffer>;
}

/** Files code-server has not got, a worker it does not serve under test, and what any reload of VS Code on the web complains of. */
const alwaysLogged =
  /vsda|serviceWorker\.js|Failed to load resource.*404|\[Service Worker\]|ERR_NAME_NOT_RESOLVED|bad HTTP response code|\[lifecycle\] Long running operations|IDBTransaction|IndexedDB database/;

/** The workbench colours its level by a format directive, which is of no use here. */
const levelPrefix = /^%c\s*ERR color: \S+ /;

/** @see WorkbenchPage */
export function workbenchPageOf(page: Page): WorkbenchPage {
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
      // A click on the icon of the open one would close it; after a reload it may be opening by itself just then.
      const expanded = icon.and(page.locator('[aria-expanded="true"]'));
      for (let attempt = 0; (await expanded.count()) === 0 && attempt < 5; attempt += 1) {
        await icon.click();
        await expanded.waitFor({ timeout: 2000 }).catch(() => undefined);
      }
      await expanded.waitFor();
    },
    treeView: (name) => treeViewOf(page, name),
    welcome: page.locator('.part.sidebar .welcome-view-content'),
    badge: async (title) => {
      const badge = container(title).locator('.badge-content').filter({ visible: true });
      return (await badge.count()) === 0 ? undefined : badge.innerText();
    },
    statusItem: (id) => page.locator(`.statusbar-item[id$=".${id}"]`),
    editorTab: (name) => page.locator('.part.editor').getByRole('tab', { name }),
    webview: () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame'),
    panelText: async () => {
      const lines = await page.locator('.part.panel .view-lines').innerText();
      return lines.replaceAll('\u00A0', ' ');
    },
    reload: async () => {
      const loaded = page.waitForEvent('load', { timeout: 30_000 });
      await runCommand(page, quickInput, 'Developer: Reload Window');
      await loaded;
      await waitUntilUsable(page);
    },
    screenshot: async (file) =>
      page.screenshot({ animations: 'disabled', caret: 'hide', ...(file === undefined ? {} : { path: file }) }),
  };
}

/** Waits until the window is drawn and takes keys. Extensions start later: wait for what they bring. */
export async function waitUntilUsable(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
  await page.locator('.part.activitybar .action-item').first().waitFor();
}

/** The palette lists the commands known when it opens; right after a start those of the extension may not be among them. */
async function runCommand(page: Page, quickInput: QuickInput, title: string): Promise<void> {
  const entry = quickInput.widget.locator('.monaco-list-row', { has: page.getByText(title, { exact: true }) }).first();
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('F1');
    await quickInput.waitFor('Type the name of a command to run');
    await quickInput.type(`>${title}`);
    try {
      await entry.click({ timeout: 1000 });
      return;
    } catch (error) {
      if (attempt === 20) {
        throw error;
      }
      await quickInput.cancel();
      await quickInput.waitUntilClosed();
    }
  }
}
