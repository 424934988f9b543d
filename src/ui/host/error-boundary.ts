import type { RunHandler } from './commands.ts';
import type { Logger } from './log.ts';
import { reportFailure, type Subject } from './report.ts';

/** Runs handlers of commands. It logs each error and shows it once with its remedies. VS Code never receives the error. */
export function createErrorBoundary(logger: Logger): RunHandler {
  return async function run(name, handler, argument, selected) {
    let subject: Subject | undefined;
    try {
      const naming = (named: Subject): void => {
        subject = named;
      };
      return await handler(argument, naming, selected);
    } catch (error) {
      // Not awaited, because an open message must not block the command.
      const retry = (): void => void run(name, handler, subject?.retryWith ?? argument, selected);
      void reportFailure(error, logger, name, { subject, retry });
      return undefined;
    }
  };
}
