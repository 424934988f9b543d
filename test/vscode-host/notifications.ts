import type { Locator, Page } from 'playwright-core';

/**
 * The messages that come up at the lower right. Those without buttons leave by themselves after some ten seconds; at most three
 * are in sight (fewer in a low window), and further ones wait until one of them is gone: `clear` before a step that counts on one.
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

/** @see Notifications */
export function notificationsOf(page: Page, clear: () => Promise<void>): Notifications {
  const all = page.locator('.notifications-toasts .notification-list-item');
  const find = async (text: string | RegExp): Promise<Locator> => {
    const found = all.filter({ hasText: text }).first();
    await found.waitFor();
    return found;
  };
  return {
    waitFor: find,
    clear: async () => {
      await clear();
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
    },
    dismiss: async (text) => {
      const found = await find(text);
      await found.hover();
      await found.locator('.codicon-notifications-clear').click();
    },
  };
}
