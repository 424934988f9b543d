import axeCore from 'axe-core';
import type { WorkbenchPage } from '../vscode-host/workbench-page.ts';

/** The axe-core violations in the visible webview: the rule, and the HTML of each element. */
export async function findAxeViolations(workbench: WorkbenchPage): Promise<readonly string[]> {
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
