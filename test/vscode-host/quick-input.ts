import type { Locator, Page } from 'playwright-core';

/** VS Code's quick picks and input boxes. There is one widget for all of them, which stays up from one step to the next. */
export interface QuickInput {
  /** The widget, visible or not. */
  readonly widget: Locator;
  /** Waits for the step whose title, prompt, message or placeholder has this text; always call it before answering a step. */
  waitFor(text: string): Promise<void>;
  /** Replaces what is typed. */
  type(text: string): Promise<void>;
  /** Enter. */
  accept(): Promise<void>;
  /** Escape. */
  cancel(): Promise<void>;
  /** Types and accepts. */
  answer(text: string): Promise<void>;
  /** Chooses the item with this label; where several may be chosen, ticks or unticks it. */
  pick(label: string | RegExp): Promise<void>;
  /** Presses a button on an item, by its tooltip. */
  pressItemButton(label: string | RegExp, button: string): Promise<void>;
  /** Presses a button of the step itself, in its title bar or beside its input, by its tooltip. */
  pressButton(button: string): Promise<void>;
  /** The accessible names of the items in sight: label, description and detail, comma between. */
  items(): Promise<readonly string[]>;
  /** What the input holds. */
  value(): Promise<string>;
  /** Whether what is typed is masked. */
  isMasked(): Promise<boolean>;
  /** The line under the input: prompt, validation message. */
  message(): Promise<string>;
  waitUntilClosed(): Promise<void>;
}

/** @see QuickInput */
export function quickInputOf(page: Page): QuickInput {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  const options = widget.getByRole('option');
  const checkboxes = widget.locator('.quick-input-list').getByRole('checkbox');
  const item = (label: string | RegExp): Locator =>
    widget.locator('.monaco-list-row', {
      has: page.locator('.quick-input-list-row .label-name').getByText(label, { exact: typeof label === 'string' }),
    });
  const type = async (text: string): Promise<void> => input.fill(text);
  const accept = async (): Promise<void> => input.press('Enter');
  return {
    widget,
    type,
    accept,
    waitFor: async (text) => {
      const withText = widget.filter({ hasText: text });
      const withPlaceholder = widget.filter({ has: page.getByPlaceholder(text) });
      await withText.or(withPlaceholder).filter({ visible: true }).waitFor();
    },
    cancel: async () => input.press('Escape'),
    answer: async (text) => {
      await type(text);
      await accept();
    },
    pick: async (label) => item(label).click(),
    pressItemButton: async (label, button) => {
      await item(label).hover();
      await item(label).getByRole('button', { name: button }).click();
    },
    pressButton: async (button) => widget.getByRole('button', { name: button }).click(),
    items: async () => {
      await options.or(checkboxes).first().waitFor();
      const rows = await widget.locator('.monaco-list-row').all();
      return Promise.all(rows.map(async (row) => (await row.getAttribute('aria-label')) ?? ''));
    },
    value: async () => input.inputValue(),
    isMasked: async () => (await input.getAttribute('type')) === 'password',
    message: async () => widget.locator('.quick-input-message').innerText(),
    waitUntilClosed: async () => widget.waitFor({ state: 'hidden' }),
  };
}
