import { formatWithOptions } from 'node:util';

/** Matches log lines of the workbench, which would hide the output of the tests. */
const workbenchLine =
  /^(Resolv(ing|ed) connection token|Creating a socket|Updating additional builtin extensions|Ignoring fetching additional builtin extensions|ChatSessionStore:|Invoking resolveAuthority|Overwriting extension|\[(reconnection-grace-time|AgentHost:remote|AccountPolicyGate|Service Worker|driver)\])/;

/**
 * Formats one console call in the extension host as a line. Returns undefined for log lines of the workbench.
 *
 * @param args the arguments from the workbench: plain JSON values, with errors converted to their stacks
 */
export function formatConsoleCall(args: readonly unknown[]): string | undefined {
  const line = formatWithOptions({ depth: 6, colors: false }, ...args);
  // Errors of the workbench have its source file in their stacks.
  const foreign = workbenchLine.test(line) || line.includes('/static/out/vs/code/browser/workbench/workbench.js');
  return foreign ? undefined : line;
}
