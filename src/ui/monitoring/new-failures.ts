import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { tell } from '../host/notice.ts';
import { runCommand } from '../host/run-command.ts';
import { turnOff } from '../host/settings.ts';
import { nameOf } from '../text/destination.ts';
import { enumerate } from '../text/format.ts';

const MOST_NAMED = 2;

/** Shows one notification for destinations that began to fail. It can be turned off for good. */
export async function tellNewFailures(failing: readonly Located[]): Promise<void> {
  const [show, never] = [vscode.l10n.t('Show'), vscode.l10n.t("Don't Show Again")];
  const chosen = await tell('warning', describeNewFailures(failing), show, never);
  if (chosen === show) {
    await runCommand('showFailing');
  } else if (chosen === never) {
    await turnOff('notifyOnNewFailure');
  }
}

/** "Payments on-call (Halden Logistics) has begun to fail.", or the number of destinations with some of their names. */
function describeNewFailures(failing: readonly Located[]): string {
  const names = failing.map(({ destination }) => nameOf(destination));
  const [first] = failing;
  if (failing.length === 1 && first) {
    const account = first.connection.account.name;
    return vscode.l10n.t('{0} ({1}) is now failing.', names[0] ?? '', account);
  }
  const rest = names.length - MOST_NAMED;
  const named = enumerate(names.slice(0, MOST_NAMED));
  const list = rest > 0 ? vscode.l10n.t('{0} and {1} more', named, rest) : named;
  return vscode.l10n.t('{0} webhook destinations are now failing: {1}.', names.length, list);
}
