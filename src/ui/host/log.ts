import type * as vscode from 'vscode';
import type { Log } from '../../core/api/transport.ts';
import type { Redactor } from '../../core/api/redaction.ts';

export type Logger = { readonly log: Log; show(): void };

/**
 * Writes to the output channel. Every line passes the redactor. `onLine` receives each redacted line at every log level.
 */
export function createLogger(
  redactor: Redactor,
  channel: vscode.LogOutputChannel,
  onLine: (line: string) => void = () => {},
): Logger {
  return {
    log(level, message) {
      // External text must not be able to start a new log line. The redactor has removed control characters.
      const line = redactor.redact(message).replaceAll(/[\r\n\u2028\u2029]+/g, '\n    ');
      channel[level](line);
      onLine(line);
    },
    show: () => channel.show(),
  };
}
