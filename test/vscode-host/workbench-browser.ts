import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { browserFlags } from './browser-flags.ts';
import { ensureChromium } from './chromium.ts';
import type { Report } from './host-install.ts';
import type { Workbench } from './workbench.ts';
import { type WorkbenchPage, waitUntilUsable, workbenchPageOf } from './workbench-page.ts';

export interface BrowserOptions {
  /** In CSS pixels; 1280 × 900 unless given. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Device pixels per CSS pixel: 2 for pictures that stay sharp on dense screens. */
  readonly deviceScaleFactor?: number;
  /** A window on the screen instead of none. */
  readonly headed?: boolean;
  readonly report?: Report;
}

/** A window of a running VS Code in a browser of its own. */
export interface OpenWorkbench {
  readonly context: BrowserContext;
  readonly workbench: WorkbenchPage;
  /** Ends the browser. The profile stays with the workbench's data, so that it can be opened again. */
  close(): Promise<void>;
}

/**
 * Opens a running VS Code and waits until its window can be used. The browser's profile lies in the workbench's data: VS Code on
 * the web keeps an extension's secrets in the browser, and there they survive a reload and a second opening.
 */
export async function openWorkbench(
  server: Pick<Workbench, 'url' | 'dataDir'>,
  options: BrowserOptions = {},
): Promise<OpenWorkbench> {
  const context = await chromium.launchPersistentContext(path.join(server.dataDir, 'browser'), {
    executablePath: await ensureChromium(options.report),
    args: [...browserFlags],
    headless: options.headed !== true,
    viewport: options.viewport ?? { width: 1280, height: 900 },
    deviceScaleFactor: options.deviceScaleFactor ?? 1,
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const workbench = workbenchPageOf(page);
    await page.goto(server.url);
    await waitUntilUsable(page);
    return { context, workbench, close: async () => context.close() };
  } catch (error) {
    await context.close();
    throw error;
  }
}
