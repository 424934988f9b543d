import type { Locator, Page } from 'playwright-core';

/**
 * The messages that come up at the lower right. Those without buttons leave by themselves after some ten seconds. VS Code shows
 * only three at a time, and of many in quick succession, as tests make them, it puts the later ones straight behind the bell; they
 * are looked for there too.
 */
export interface Notifications {
  /** Waits for a message with this text. */
  waitFor(text: string | RegExp): Promise<Locator>;
  /** The messages in sight, newest first. */
  texts(): Promise<readonly string[]>;
  /** The buttons of a message. */
  buttons(text: string | RegExp): Promise<readonly string[]>;
  /** Waits for a message and presses a button on it. */
  press(text: string | RegExp, button: string): Promise<void>;
  /** Waits for a message and closes it. */
  dismiss(text: string | RegExp): Promise<void>;
  /** Closes all, those that wait included. */
  clear(): Promise<void>;
}

/** How long to wait for a message to come up before looking behind the bell. */
const toastMilliseconds = 3000;

/** @see Notifications */
export function notificationsOf(page: Page, clear: () => Promise<void>): Notifications {
  const all = page.locator('.notifications-toasts, .notifications-center').locator('.notification-list-item');
  const center = page.locator('.notifications-center.visible');
  const bell = page.locator('[id="status.notifications"]');
  const find = async (text: string | RegExp): Promise<Locator> => {
    const found = all.filter({ hasText: text, visible: true }).first();
    await found.waitFor({ timeout: toastMilliseconds }).catch(async () => {
      if ((await center.count()) === 0) {
        await bell.click();
      }
      await found.waitFor();
    });
    return found;
  };
  const hideCenter = async (): Promise<void> => {
    if ((await center.count()) > 0) {
      await bell.click();
    }
  };
  return {
    waitFor: find,
    clear: async () => {
      await clear();
      await hideCenter();
      await all.first().waitFor({ state: 'detached' });
    },
    texts: async () => all.locator('.notification-list-item-message').allInnerTexts(),
    buttons: async (text) => {
      const found = await find(text);
      return found.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
    },
    press: async (text, button) => {
      const found = await find(text);
      await found.getByRole('button', { name: button, exact: true }).click();
      await hideCenter();
    },
    dismiss: async (text) => {
      const found = await find(text);
      await found.hover();
      await found.locator('.codicon-notifications-clear').click();
      await hideCenter();
    },
  };
}
