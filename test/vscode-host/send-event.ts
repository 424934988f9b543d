import type { Locator } from 'playwright-core';

/**
 * Clicks an element, as soon as it is visible and enabled, by an event that is sent to the element itself. For what VS Code
 * moves or renders anew at any time: if that happens between the press and the release of a mouse, they are no click. A tooltip
 * above the element does not matter either.
 */
export async function sendClick(target: Locator, options: { readonly timeout?: number } = {}): Promise<void> {
  const enabled = target.and(target.page().locator(':not([aria-disabled="true"])'));
  await enabled.waitFor(options);
  await enabled.dispatchEvent('click', {}, options);
}

/**
 * Presses Enter in an input, by an event that is sent to the input itself. A key of the keyboard goes to whatever has the focus:
 * an input that has just closed hands it to a row of the tree, which then collapses.
 */
export async function sendEnter(input: Locator): Promise<void> {
  await input.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 13 });
}
