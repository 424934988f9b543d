import { HostError } from './host-error.ts';
import { startGuarded } from './guarded-process.ts';

/** What npm says, in any of its wordings, when the registry cannot be reached. */
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|ENOTCACHED)\b/;

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/** A registry that does not answer is reported after some ten seconds instead of npm's two minutes. */
const impatient = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];

/**
 * Runs `npm <args>` for one folder, with the user's own npm and registry, and never its install scripts.
 *
 * @param what names the goods in the error, as "VS Code 1.139.1"
 * @param signal ends npm early; the promise then rejects
 * @throws HostError when the registry cannot be reached or refuses, in one sentence
 */
export async function runNpm(
  what: string,
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { command, prefix } = npmCommand();
  const lines: string[] = [];
  const all = [...prefix, ...args, '--prefix', folder, '--no-global', ...quiet, ...impatient];
  const npm = startGuarded(command, all, { cwd: folder, env: npmEnvironment(), onLine: (line) => lines.push(line) });
  const stop = (): void => void npm.stop();
  signal.addEventListener('abort', stop);
  const exitCode = await npm.exited;
  signal.removeEventListener('abort', stop);
  if (signal.aborted || exitCode !== 0) {
    throw new HostError(explainNpmFailure(what, lines));
  }
}

/** One sentence for what npm printed when it failed. */
export function explainNpmFailure(what: string, lines: readonly string[]): string {
  const output = lines.join('\n');
  const network = unreachable.exec(output)?.[1];
  if (network !== undefined) {
    const host = /https?:\/\/([^/\s"']+)/.exec(output)?.[1] ?? 'the npm registry';
    return `${what} could not be fetched from ${host} (${network}): connect to the network, or set npm's registry to one within reach, and run this again.`;
  }
  const reasons = lines
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('A complete log of this run'));
  return `${what} could not be installed by npm: ${reasons.slice(0, 3).join(' ') || 'it gave no reason'}.`;
}

interface NpmCommand {
  readonly command: string;
  readonly prefix: readonly string[];
}

/** Inside an npm script the very npm that runs it, else the one on the PATH. */
function npmCommand(): NpmCommand {
  const running = process.env['npm_execpath'];
  if (running?.endsWith('npm-cli.js')) {
    return { command: process.execPath, prefix: [running] };
  }
  // Windows has npm as a batch file, which only its shell can start.
  return process.platform === 'win32'
    ? { command: process.env['ComSpec'] ?? 'cmd.exe', prefix: ['/d', '/s', '/c', 'npm'] }
    : { command: 'npm', prefix: [] };
}

/** npm hands its own settings to the scripts it runs; those of the outer project must not reach the inner install. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^npm_(package_|lifecycle_|command$|config_(local_prefix|prefix|global|omit|include|dry_run|workspace))/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
