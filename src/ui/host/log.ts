import * as vscode from 'vscode';
import type { Log } from '../../core/api/transport.ts';
import type { Redactor } from '../../core/api/redaction.ts';

export type Logger = vscode.Disposable & { readonly log: Log; show(): void };

/**
 * Creates the output channel. Every line passes the redactor. `onLine` receives each redacted line at every log level.
 */
export function createLogger(redactor: Redactor, onLine: (line: string) => void = () => {}): Logger {
  const channel = vscode.window.createOutputChannel('Cloudflare Webhooks', { log: true });
  return {
    log(level, message) {
      // External text must not be able to start a new log line. The redactor has removed control characters.
      const line = redactor.redact(message).replaceAll(/[\r\n\u2028\u2029]+/g, '\n    ');
      channel[level](line);
      onLine(line);
    },
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
