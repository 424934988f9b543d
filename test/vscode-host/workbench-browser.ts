import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { browserFlags } from './browser-flags.ts';
import { ensureChromium } from './chromium.ts';
import type { Report } from './host-install.ts';
import type { Workbench } from './workbench.ts';
import { type WorkbenchPage, waitUntilUsable, workbenchPageOf } from './workbench-page.ts';

export interface BrowserOptions {
  /** In CSS pixels. Default: 1280 × 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Device pixels per CSS pixel. Use 2 for sharp pictures on high-density screens. Default: 1. */
  readonly deviceScaleFactor?: number;
  /** Whether to show the browser window. Default: headless. */
  readonly headed?: boolean;
  /**
   * The language of the extensions, for example `de`. VS Code itself stays English, because its language packs are not in
   * the npm registry. Default: English.
   */
  readonly language?: string;
  readonly report?: Report;
}

/** A window of a running VS Code in a separate browser. */
export interface OpenWorkbench {
  readonly context: BrowserContext;
  readonly workbench: WorkbenchPage;
  /** Closes the browser. Its profile stays in the workbench's data folder, so the window can be opened again. */
  close(): Promise<void>;
}

/**
 * Opens a running VS Code and waits until its window is usable. VS Code on the web stores an extension's secrets in the
 * browser, so the browser profile is in the workbench's data folder, where it survives a reload or a second opening.
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
    if (options.language !== undefined) {
      // VS Code's page assigns its own language later, which must not win.
      const get = `get: () => ${JSON.stringify(options.language)}, set() {}`;
      await context.addInitScript(`Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { ${get} });`);
    }
    await page.goto(server.url);
    await waitUntilUsable(page);
    return { context, workbench, close: async () => context.close() };
  } catch (error) {
    await context.close();
    throw error;
  }
}
