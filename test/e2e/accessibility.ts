import axeCore from 'axe-core';
import type { Session } from './session.ts';

/** The axe-core violations in the visible panel. */
export async function findViolations({ workbench }: Session): Promise<readonly string[]> {
  const body = workbench.webview().locator('main');
  // The content security policy blocks scripts, but not an evaluation by the browser driver.
  return body.evaluate(async (main, script): Promise<readonly string[]> => {
    const { defaultView } = main.ownerDocument;
    (defaultView as unknown as { eval(code: string): void }).eval(script);
    const { axe } = defaultView as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, axeCore.source);
}
