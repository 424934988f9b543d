import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { isNamed } from '../../core/async/named-error.ts';
import type { Logger } from './log.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { tell } from './notice.ts';
import { runCommand } from './run-command.ts';
import { describeObstacle, describeProblem, describeRemedy, type Remedy } from '../text/error.ts';
import { showSetting } from './settings.ts';

/** Thrown by a command for a problem that the user can fix. Its message is shown unchanged, with its remedies. */
export class UserError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('UserError');
  override readonly name = 'UserError';
  readonly remedies: readonly Remedy[];

  constructor(message: string, ...remedies: readonly Remedy[]) {
    super(message);
    this.remedies = remedies;
  }
}

/**
 * The account of a failure, which its remedies need. `retryWith`: the argument of the command for Retry, if the first attempt
 * decided something that must not be decided anew.
 */
export type Subject = { readonly name: string; readonly accountId?: string; readonly retryWith?: unknown };

/** Logs the error of a command and shows it with its remedies as buttons. */
export async function reportFailure(
  error: unknown,
  logger: Logger,
  command: string,
  { subject, retry }: { readonly subject?: Subject | undefined; readonly retry?: () => void } = {},
): Promise<void> {
  logger.log('error', `${command}: ${describeForLog(error)}`);
  const { sentence, remedies } = describe(error, subject?.name ?? 'Cloudflare');
  const possible = remedies.filter(
    (remedy) => (remedy !== 'retry' || retry) && (remedy !== 'replaceToken' || subject?.accountId),
  );
  const chosen = await tell('error', sentence, ...possible.map(describeRemedy));
  const remedy = possible.find((each) => describeRemedy(each) === chosen);
  await applyRemedy(remedy, logger, subject?.accountId, retry);
}

function describe(error: unknown, name: string): { readonly sentence: string; readonly remedies: readonly Remedy[] } {
  if (error instanceof UserError) {
    return { sentence: error.message, remedies: error.remedies };
  }
  if (error instanceof ApiError) {
    return describeProblem(error, name);
  }
  const obstacle = describeObstacle(error, name);
  return obstacle === undefined
    ? {
        sentence: vscode.l10n.t('The extension failed unexpectedly. See the log for details.'),
        remedies: ['showLog'],
      }
    : { sentence: obstacle, remedies: [] };
}

async function applyRemedy(
  remedy: Remedy | undefined,
  logger: Logger,
  accountId: string | undefined,
  retry: (() => void) | undefined,
): Promise<void> {
  switch (remedy) {
    case 'replaceToken':
      await runCommand('replaceToken', { kind: 'account', accountId });
      break;
    case 'retry':
      retry?.();
      break;
    case 'showLog':
      logger.show();
      break;
    case 'openSetting':
      await showSetting('apiBaseUrl');
      break;
    case 'addAccount':
      await runCommand('addAccount');
      break;
    case 'confirmAddress':
      await runCommand('confirmApiAddress');
      break;
    case undefined:
      break;
    default:
      remedy satisfies never;
  }
}
