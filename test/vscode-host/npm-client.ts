import { HostError } from './host-error.ts';
import { startGuarded } from './guarded-process.ts';

/** Matches the error codes that npm prints when the registry cannot be reached. */
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|ENOTCACHED)\b/;

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/** Reports an unreachable registry after about ten seconds instead of npm's two minutes. */
const shortRetries = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];

/**
 * Runs `npm <args>` in one folder with the user's npm and registry. Never runs install scripts.
 *
 * @param what the name of the software in error messages, for example "VS Code 1.139.1"
 * @param signal stops npm; the promise then rejects
 * @throws HostError if npm fails or is stopped
 */
export async function runNpm(
  what: string,
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { command, prefix } = npmCommand();
  const lines: string[] = [];
  const all = [...prefix, ...args, '--prefix', folder, '--no-global', ...quiet, ...shortRetries];
  const npm = startGuarded(command, all, { cwd: folder, env: npmEnvironment(), onLine: (line) => lines.push(line) });
  const stop = (): void => void npm.stop();
  signal.addEventListener('abort', stop);
  const exitCode = await npm.exited;
  signal.removeEventListener('abort', stop);
  if (signal.aborted || exitCode !== 0) {
    throw new HostError(explainNpmFailure(what, lines));
  }
}

/** Returns the error message for the output of a failed npm. */
export function explainNpmFailure(what: string, lines: readonly string[]): string {
  const output = lines.join('\n');
  const network = unreachable.exec(output)?.[1];
  if (network !== undefined) {
    const host = /https?:\/\/([^/\s"']+)/.exec(output)?.[1] ?? 'the npm registry';
    return `Could not download ${what} from ${host} (${network}). Connect to the network or set npm's registry to a reachable one, then run the command again.`;
  }
  const reasons = lines
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('A complete log of this run'));
  return `npm could not install ${what}: ${reasons.slice(0, 3).join(' ') || 'npm printed no reason'}.`;
}

interface NpmCommand {
  readonly command: string;
  readonly prefix: readonly string[];
}

/** Returns the npm that runs the current script, or else the npm on the PATH. */
function npmCommand(): NpmCommand {
  const running = process.env['npm_execpath'];
  if (running?.endsWith('npm-cli.js')) {
    return { command: process.execPath, prefix: [running] };
  }
  // On Windows, npm is a batch file, which only cmd.exe can start.
  return process.platform === 'win32'
    ? { command: process.env['ComSpec'] ?? 'cmd.exe', prefix: ['/d', '/s', '/c', 'npm'] }
    : { command: 'npm', prefix: [] };
}

/** npm passes its settings to scripts as variables. Removes those of this project, which would change the install. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^npm_(package_|lifecycle_|command$|config_(local_prefix|prefix|global|omit|include|dry_run|workspace))/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
