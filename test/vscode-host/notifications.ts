import type { Locator, Page } from 'playwright-core';
import { sendClick } from './send-event.ts';

/**
 * The notifications at the lower right. VS Code hides a notification without buttons after about ten seconds. It shows at
 * most three at a time and moves later ones to the notification center, so searches include the notification center.
 */
export interface Notifications {
  /** Waits for a notification with this text. */
  waitFor(text: string | RegExp): Promise<Locator>;
  /** The texts of the visible notifications, newest first. */
  texts(): Promise<readonly string[]>;
  /** The labels of the buttons of a notification. */
  buttons(text: string | RegExp): Promise<readonly string[]>;
  /** Waits for a notification and presses one of its buttons. */
  press(text: string | RegExp, button: string): Promise<void>;
  /** Waits for a notification and closes it. */
  dismiss(text: string | RegExp): Promise<void>;
  /** Closes all notifications, including those in the notification center. */
  clear(): Promise<void>;
}

/** How long to wait for a visible notification before opening the notification center. */
const toastMilliseconds = 3000;

/** Returns the {@link Notifications} of a page. `clear` runs the command that clears all notifications. */
export function notificationsOf(page: Page, clear: () => Promise<void>): Notifications {
  const all = page.locator('.notifications-toasts, .notifications-center').locator('.notification-list-item');
  const center = page.locator('.notifications-center.visible');
  const pressBell = async (): Promise<void> => sendClick(page.locator('[id="status.notifications"] a'));
  const find = async (text: string | RegExp): Promise<Locator> => {
    const found = all.filter({ hasText: text, visible: true }).first();
    await found.waitFor({ timeout: toastMilliseconds }).catch(async () => {
      if ((await center.count()) === 0) {
        await pressBell();
      }
      await found.waitFor();
    });
    return found;
  };
  const hideCenter = async (): Promise<void> => {
    if ((await center.count()) > 0) {
      await pressBell();
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
      await sendClick(found.getByRole('button', { name: button, exact: true }));
      await hideCenter();
    },
    dismiss: async (text) => {
      const found = await find(text);
      await sendClick(found.locator('.codicon-notifications-clear'));
      await hideCenter();
    },
  };
}
