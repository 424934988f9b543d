import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { sendClick } from './send-event.ts';
import { leaveTooltips } from './tooltips.ts';

/** The accessible name of a row: `accessibilityInformation.label` of the item, else its tooltip, else its label. */
export type RowName = string | RegExp;

/** A tree view in the side bar. */
export interface TreeView {
  /** The tree element; absent while the view shows its welcome content. */
  readonly tree: Locator;
  /** A row. A string matches part of the name, ignoring case. Only visible rows exist in the page; see `reveal`. */
  row(name: RowName): Locator;
  /** The accessible names of the visible rows, top to bottom. */
  rows(): Promise<readonly string[]>;
  /** Scrolls from the top until the row is visible. */
  reveal(name: RowName): Promise<void>;
  /** Expands a row and waits for its first child. */
  expand(name: RowName): Promise<void>;
  collapse(name: RowName): Promise<void>;
  select(name: RowName): Promise<void>;
  /** Selects an entry of a row's context menu, or of a submenu of it, identified by its full label. */
  pickFromMenu(name: RowName, entry: string, submenu?: string): Promise<void>;
  /** The labels of a row's context menu, top to bottom. */
  menuEntries(name: RowName): Promise<readonly string[]>;
  /** Presses an inline button of a row, identified by its title. */
  pressInline(name: RowName, action: string): Promise<void>;
  /** Presses a button in the title of the view, identified by its title. */
  pressTitleAction(action: string): Promise<void>;
}

/** A menu ignores clicks right after it opens, because it takes them as the end of the click that opened it. */
const menuPauseMilliseconds = 300;

/** Returns the {@link TreeView} with this title. */
export function treeViewOf(page: Page, title: string): TreeView {
  const sideBar = page.locator('.part.sidebar');
  const tree = page.getByRole('tree', { name: title });
  const row = (name: RowName): Locator => tree.getByRole('treeitem', { name }).first();
  const menu = page.locator('.monaco-menu');

  const toggle = async (name: RowName, expanded: boolean): Promise<Locator> => {
    const found = row(name);
    await found.waitFor();
    if ((await found.getAttribute('aria-expanded')) !== String(expanded)) {
      await sendClick(found.locator('.monaco-tl-twistie'));
    }
    await tree.locator(`[role="treeitem"][aria-expanded="${expanded}"]`).and(found).waitFor();
    return found;
  };
  const openMenu = async (name: RowName): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      await leaveTooltips(page);
      await row(name).click({ button: 'right' });
      try {
        await menu.first().waitFor({ timeout: 5000 });
        return;
      } catch (error) {
        // A row that is rendered anew between the press and the release of the button opens no menu.
        if (attempt === 3) {
          throw error;
        }
      }
    }
  };

  return {
    tree,
    row,
    rows: async () => {
      const all = await tree.getByRole('treeitem').all();
      return Promise.all(all.map(async (each) => (await each.getAttribute('aria-label')) ?? ''));
    },
    reveal: async (name) => scrollTo(page, tree, row(name)),
    expand: async (name) => {
      const parent = await toggle(name, true);
      const [index, level] = await Promise.all([parent.getAttribute('data-index'), parent.getAttribute('aria-level')]);
      await tree.locator(`[data-index="${Number(index) + 1}"][aria-level="${Number(level) + 1}"]`).waitFor();
    },
    collapse: async (name) => {
      await toggle(name, false);
    },
    select: async (name) => {
      await row(name).click();
      await row(name).and(page.locator('[aria-selected="true"]')).waitFor();
    },
    pickFromMenu: async (name, entry, submenu) => {
      for (let attempt = 1; ; attempt += 1) {
        await openMenu(name);
        try {
          if (submenu !== undefined) {
            await menu.getByText(submenu, { exact: true }).hover();
          }
          await pickFromOpenMenu(page, entry);
          return;
        } catch (error) {
          // VS Code closes a menu if something else takes the focus, such as an editor that opens late.
          if (attempt === 5 || (await menu.count()) > 0) {
            throw error;
          }
        }
      }
    },
    menuEntries: async (name) => {
      await openMenu(name);
      const labels = await menu.locator('.action-item:not(.disabled) .action-label:not(.separator)').allInnerTexts();
      await page.keyboard.press('Escape');
      await menu.first().waitFor({ state: 'hidden' });
      return labels;
    },
    pressInline: async (name, action) => {
      await row(name).hover();
      await sendClick(row(name).getByRole('button', { name: action }));
    },
    pressTitleAction: async (action) => {
      await sendClick(sideBar.locator('.title, .pane-header').getByRole('button', { name: action }).first());
    },
  };
}

/** Picks an entry of the context menu that is open, whatever opened it. */
export async function pickFromOpenMenu(page: Page, entry: string): Promise<void> {
  const menu = page.locator('.monaco-menu');
  // The accessible name of an entry includes its keybinding, so the label is matched by text.
  const found = menu.getByRole('menuitem').filter({ has: page.getByText(entry, { exact: true }) });
  await found.hover();
  await delay(menuPauseMilliseconds);
  await found.click({ delay: 120 });
  await menu.first().waitFor({ state: 'hidden' });
}

/** How long to search for a row, in milliseconds. */
const rowTimeout = 60_000;

async function scrollTo(page: Page, tree: Locator, wanted: Locator): Promise<void> {
  const height = (await tree.boundingBox())?.height ?? 200;
  const bottom = tree.locator('.monaco-list-rows [data-last-element="true"]');
  // Sent to the list itself: a tooltip or a sticky row below the mouse would take it.
  // VS Code reads `wheelDeltaY`, of which 120 scroll down by -50 pixels.
  const scroll = async (pixels: number): Promise<void> =>
    tree
      .locator('.monaco-list-rows')
      .dispatchEvent('wheel', { wheelDeltaY: -2.4 * pixels, bubbles: true, cancelable: true });
  const isThere = async (): Promise<boolean> =>
    wanted.waitFor({ timeout: 400 }).then(
      () => true,
      () => false,
    );
  // In one step, because VS Code can render the row anew at any time. If it is gone now, the search goes on.
  const show = async (): Promise<boolean> =>
    wanted
      .evaluate((row) => row.scrollIntoView({ block: 'nearest' }), undefined, { timeout: 400 })
      .then(
        () => true,
        () => false,
      );
  await leaveTooltips(page);
  // The row can still be added anywhere in the tree, so the search starts again from the top.
  let startsAgain = true;
  for (const started = Date.now(); Date.now() - started < rowTimeout;) {
    await scroll(startsAgain ? -1000 * height : 0.8 * height);
    if ((await isThere()) && (await show())) {
      return;
    }
    startsAgain = (await bottom.count()) > 0;
  }
  throw new Error(`No row in the tree: ${String(wanted)}`);
}
