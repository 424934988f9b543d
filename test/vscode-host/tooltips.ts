import type { Page } from 'playwright-core';

/** Moves the pointer to where no tooltip is, and waits until the open one is gone: it would cover what is clicked next. */
export async function leaveTooltips(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  await page
    .locator('.workbench-hover')
    .first()
    .waitFor({ state: 'hidden', timeout: 2000 })
    .catch(() => undefined);
}
