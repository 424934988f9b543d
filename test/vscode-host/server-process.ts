import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { HostError } from './host-error.ts';

/** A VS Code server that listens on 127.0.0.1. */
export interface ServerProcess {
  readonly port: number;
  /** The lines that the server has printed so far. */
  readonly logs: readonly string[];
  readonly process: GuardedProcess;
}

export interface ServerCommand {
  readonly node: string;
  readonly args: readonly string[];
  /** Variables to add to the environment of this process; undefined removes a variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Matches the line with the port. The first group is the port. */
  readonly listening: RegExp;
  readonly onLine?: (line: string) => void;
}

const startMilliseconds = 60_000;

/** Variables of an outer VS Code, debugger or npm. They would connect the server to the outer VS Code or set its options. */
const foreignVariables =
  /^(VSCODE_|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$|NODE_PATH$|PASSWORD$|HASHED_PASSWORD$|PORT$|npm_)/;

/**
 * Starts a server and waits until it listens.
 *
 * @throws HostError if the port is in use, the server exits early, or it does not listen within a minute
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
    () => listening.reject(new HostError(`The VS Code server did not start within a minute. ${lastLines(logs)}`)),
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

/** Returns the environment for a server: the one of this process without variables of VS Code and npm, plus `extra`. */
export function serverEnvironment(extra: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !foreignVariables.test(name));
  return { ...Object.fromEntries(own), ...extra };
}

function explainEarlyEnd(exitCode: number, logs: readonly string[]): HostError {
  const taken = logs.join('\n').match(/EADDRINUSE[^\n]*?:(\d+)/)?.[1];
  if (taken !== undefined) {
    return new HostError(`Port ${taken} is used by another program. Choose another port.`);
  }
  return new HostError(`The VS Code server exited during startup (exit code ${exitCode}). ${lastLines(logs)}`);
}

function lastLines(logs: readonly string[]): string {
  return logs.length === 0 ? 'It printed nothing.' : `Its last output:\n${logs.slice(-8).join('\n')}`;
}
