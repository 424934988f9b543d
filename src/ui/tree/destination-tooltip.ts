import * as vscode from 'vscode';
import { shownHostOf } from '../../core/model/destination.ts';
import { provedAt } from '../../core/model/health.ts';
import { findById } from '../../core/model/id.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import { unprovenDaysOf } from '../../core/monitoring/unproven.ts';
import type { Services } from '../../services.ts';
import { readSettings } from '../host/settings.ts';
import { describeHealthOf, describeUnproven, nameOf, typeOf } from '../text/destination.ts';
import { enumerate, describeTime } from '../text/format.ts';
import { describeLastTest } from './last-test-text.ts';
import type { DestinationNode } from './nodes.ts';
import { toTooltip } from './tooltips.ts';

/** The tooltip of a destination's row. VS Code resolves it on hover, so it is not part of the bundle for start-up. */
export function describeDestinationRow(
  { accountId, destinationId }: DestinationNode,
  { store, lastTests }: Pick<Services, 'store' | 'lastTests'>,
): vscode.MarkdownString | undefined {
  const shown = shownOf(store.entry(accountId)?.state);
  const destination = findById(shown?.destinations ?? [], destinationId);
  if (!destination) {
    return undefined;
  }
  const days = unprovenDaysOf(provedAt(destination), readSettings().unprovenAfterDays, Date.now());
  const test = lastTests.get(accountId, destinationId);
  return toTooltip(nameOf(destination), [
    [
      vscode.l10n.t('Health'),
      enumerate([describeHealthOf(destination), ...(days === undefined ? [] : [describeUnproven(days)])]),
    ],
    [vscode.l10n.t('Type'), typeOf(destination)],
    [vscode.l10n.t('Host'), shownHostOf(destination)],
    [vscode.l10n.t('ID'), destination.id],
    [vscode.l10n.t('Created'), describeTime(destination.createdAt)],
    [vscode.l10n.t('Last success'), describeTime(destination.lastSuccess)],
    [vscode.l10n.t('Last failure'), describeTime(destination.lastFailure)],
    ...(test ? [[vscode.l10n.t('Last test'), describeLastTest(test)] as const] : []),
  ]);
}
