import * as vscode from 'vscode';
import type { Log } from '../core/api/transport.ts';
import type { Redactor } from '../core/api/redaction.ts';

export type Logger = vscode.Disposable & { readonly log: Log; show(): void };

/** The output channel. Everything passes the redactor on its way in; there is no other way in. */
export function createLogger(redactor: Redactor): Logger {
  const channel = vscode.window.createOutputChannel('Cloudflare Webhooks', { log: true });
  return {
    log: (level, message) => channel[level](redactor.redact(message)),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}

/** An error as a line for the log: with its stack only where it is not one we throw ourselves. */
export function describeForLog(error: unknown): string {
  return error instanceof Error && error.name !== 'ApiError' ? (error.stack ?? error.message) : String(error);
}
