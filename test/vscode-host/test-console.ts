import { formatWithOptions } from 'node:util';

/** What the workbench itself logs while it starts and runs, which would bury the words of the tests. */
const workbenchTalk =
  /^(Resolv(ing|ed) connection token|Creating a socket|Updating additional builtin extensions|Ignoring fetching additional builtin extensions|ChatSessionStore:|Invoking resolveAuthority|Overwriting extension|\[(reconnection-grace-time|AgentHost:remote|AccountPolicyGate|Service Worker|driver)\])/;

/**
 * One call of console in the extension host, as a line to print, or undefined for the workbench's own talk.
 *
 * @param args the arguments as the workbench hands them over: plain JSON values, errors already as their stacks
 */
export function formatConsoleCall(args: readonly unknown[]): string | undefined {
  const line = formatWithOptions({ depth: 6, colors: false }, ...args);
  // Errors of the workbench carry its own source in their stacks.
  const foreign = workbenchTalk.test(line) || line.includes('/static/out/vs/code/browser/workbench/workbench.js');
  return foreign ? undefined : line;
}
