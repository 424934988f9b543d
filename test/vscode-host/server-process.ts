import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { HostError } from './host-error.ts';

/** A server of VS Code that listens on 127.0.0.1. */
export interface ServerProcess {
  readonly port: number;
  /** What it has printed so far, the noise left out. */
  readonly logs: readonly string[];
  readonly process: GuardedProcess;
}

export interface ServerCommand {
  readonly node: string;
  readonly args: readonly string[];
  /** Added to the environment of this process; undefined removes. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Matches the line that tells the port, in its first group. */
  readonly listening: RegExp;
  readonly onLine?: (line: string) => void;
}

const startMilliseconds = 60_000;

/** Started from a terminal of VS Code or a debugger, ours would talk to theirs; code-server also takes options from these. */
const foreignVariables =
  /^(VSCODE_|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$|NODE_PATH$|PASSWORD$|HASHED_PASSWORD$|PORT$|npm_)/;

/**
 * Starts a server and waits until it listens.
 *
 * @throws HostError when the port is taken, when it ends early, or when it does not listen within a minute
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const logs: string[] = [];
  const listening = Promise.withResolvers<number>();
  const guarded = startGuarded(command.node, command.args, {
    env: serverEnvironment(command.env),
    onLine: (line) => {
      const port = command.listening.exec(line)?.[1];
      if (port !== undefined) {
        listening.resolve(Number(port));
      }
      logs.push(line);
      command.onLine?.(line);
    },
  });
  const timer = setTimeout(
    () => listening.reject(new HostError(`VS Code did not start listening within a minute. ${lastLines(logs)}`)),
    startMilliseconds,
  );
  void guarded.exited.then((code) => listening.reject(explainEarlyEnd(code, logs)));
  try {
    return { port: await listening.promise, logs, process: guarded };
  } catch (error) {
    await guarded.stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The environment a server of ours gets: this process's own, without what belongs to an outer VS Code or npm, plus `extra`. */
export function serverEnvironment(extra: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !foreignVariables.test(name));
  return { ...Object.fromEntries(own), ...extra };
}

function explainEarlyEnd(exitCode: number, logs: readonly string[]): HostError {
  const taken = logs.join('\n').match(/EADDRINUSE[^\n]*?:(\d+)/)?.[1];
  if (taken !== undefined) {
    return new HostError(`Port ${taken} is taken by another program: choose another one.`);
  }
  return new HostError(`VS Code ended while starting, with exit code ${exitCode}. ${lastLines(logs)}`);
}

function lastLines(logs: readonly string[]): string {
  return logs.length === 0 ? 'It printed nothing.' : `Its last lines:\n${logs.slice(-8).join('\n')}`;
}
