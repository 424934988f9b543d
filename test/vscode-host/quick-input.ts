import type { Locator, Page } from 'playwright-core';
import { sendClick, sendEnter } from './send-event.ts';

/** VS Code's quick picks and input boxes. All use the same widget, which stays open between steps. */
export interface QuickInput {
  /** The widget, visible or not. */
  readonly widget: Locator;
  /** Waits for the step with this text in its title, prompt, message or placeholder. Call it before answering a step. */
  waitFor(text: string): Promise<void>;
  /** Replaces the text of the input. `timeout`: how long to wait for it, in milliseconds. */
  type(text: string, timeout?: number): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
  /** Presses Escape. */
  cancel(): Promise<void>;
  /** Replaces the text of the input and presses Enter. */
  answer(text: string): Promise<void>;
  /** Clicks the item with this label. In a multi-select list, this toggles the item. */
  pick(label: string | RegExp): Promise<void>;
  /** Presses a button of an item, identified by its tooltip. */
  pressItemButton(label: string | RegExp, button: string): Promise<void>;
  /** Presses a button in the title bar or beside the input, identified by its tooltip. */
  pressButton(button: string): Promise<void>;
  /** The accessible names of the visible items: label, description and detail, separated by commas. */
  items(): Promise<readonly string[]>;
  /** The text of the input. */
  value(): Promise<string>;
  /** Whether the input masks its text. */
  isMasked(): Promise<boolean>;
  /** The prompt or validation message below the input. */
  message(): Promise<string>;
  waitUntilClosed(): Promise<void>;
}

/** Returns the {@link QuickInput} of a page. */
export function quickInputOf(page: Page): QuickInput {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  const options = widget.getByRole('option');
  const checkboxes = widget.locator('.quick-input-list').getByRole('checkbox');
  const item = (label: string | RegExp): Locator =>
    widget.locator('.monaco-list-row', {
      has: page.locator('.quick-input-list-row .label-name').getByText(label, { exact: typeof label === 'string' }),
    });
  const type = async (text: string, timeout?: number): Promise<void> =>
    input.fill(text, timeout === undefined ? {} : { timeout });
  const accept = async (): Promise<void> => sendEnter(input);
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
    pick: async (label) => sendClick(item(label).locator('.label-name').first()),
    pressItemButton: async (label, button) => {
      await item(label).hover();
      await sendClick(item(label).getByRole('button', { name: button }));
    },
    pressButton: async (button) => sendClick(widget.getByRole('button', { name: button })),
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
