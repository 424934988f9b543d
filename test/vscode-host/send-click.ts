import type { Locator } from 'playwright-core';

/**
 * Clicks an element, as soon as it is visible, by an event that is sent to the element itself. For what VS Code moves or renders
 * anew at any time: if that happens between the press and the release of a mouse, they are no click. A tooltip above the
 * element does not matter either.
 */
export async function sendClick(target: Locator, options: { readonly timeout?: number } = {}): Promise<void> {
  await target.waitFor(options);
  await target.dispatchEvent('click', {}, options);
}
