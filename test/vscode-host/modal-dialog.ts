import type { Locator, Page } from 'playwright-core';

export interface DialogText {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** A modal message. VS Code on the web ignores `window.dialogStyle` and always renders the dialog in the page. */
export interface ModalDialog {
  readonly box: Locator;
  /** Waits for a dialog and returns its texts. */
  read(): Promise<DialogText>;
  /** Waits for a dialog, presses a button and waits until the dialog is closed. */
  press(button: string): Promise<void>;
}

/** Returns the {@link ModalDialog} of a page. */
export function modalDialogOf(page: Page): ModalDialog {
  const box = page.locator('.monaco-dialog-box');
  const textOf = async (selector: string): Promise<string> =>
    (await box.locator(selector).allInnerTexts()).join('\n').trim();
  return {
    box,
    read: async () => {
      await box.waitFor();
      const [first, second, buttons] = await Promise.all([
        textOf('.dialog-message-text'),
        textOf('.dialog-message-detail'),
        box.locator('.dialog-buttons .monaco-button').allInnerTexts(),
      ]);
      // VS Code renders a message without a detail in the detail element.
      return first === '' ? { message: second, detail: '', buttons } : { message: first, detail: second, buttons };
    },
    press: async (button) => {
      await box.getByRole('button', { name: button, exact: true }).click();
      await box.waitFor({ state: 'hidden' });
    },
  };
}
