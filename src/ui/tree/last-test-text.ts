import * as vscode from 'vscode';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { describeAge } from '../text/format.ts';
import type { LastTest } from './last-tests.ts';

/** "from this machine: failed 2 minutes ago (channel_is_archived)" */
export function describeLastTest({ at, way, result, reason }: LastTest): string {
  const age = describeAge(fromMilliseconds(at));
  const end = {
    worked: vscode.l10n.t('succeeded {0}', age),
    failed: vscode.l10n.t('failed {0}', age),
    undecided: vscode.l10n.t('inconclusive {0}', age),
  }[result];
  const from =
    way === 'direct' ? vscode.l10n.t('from this machine: {0}', end) : vscode.l10n.t('through Cloudflare: {0}', end);
  return reason ? `${from} (${reason})` : from;
}
