import * as vscode from 'vscode';
import { type ShownDestination, shownHostOf } from '../../core/model/destination.ts';
import { shownHealthOf } from '../../core/model/health.ts';
import { plain, plainName } from '../../core/model/plain-text.ts';
import { fromMilliseconds, isUnreadable, parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';
import { type AccountEntry, isIncomplete, shownOf } from '../../core/monitoring/account-state.ts';
import { countUnread } from '../../core/monitoring/snapshot.ts';
import { isStaleAt, oldestAllowedOf } from '../../core/monitoring/status.ts';
import type { OverviewAccount, OverviewRow } from '../../core/overview-protocol.ts';
import { nameOf, typeOf } from '../text/destination.ts';
import { describeProblem, describeSkipped } from '../text/error.ts';
import { describeAge } from '../text/format.ts';

/** An unchanged destination keeps its object between snapshots, so its row is made once. */
const made = new WeakMap<ShownDestination, OverviewRow>();

/** The row of a destination. Its texts are untrusted, and made one line here. */
export function toOverviewRow(destination: ShownDestination): OverviewRow {
  const known = made.get(destination);
  if (known) {
    return known;
  }
  const row: OverviewRow = {
    destinationId: destination.id,
    name: nameOf(destination),
    type: typeOf(destination),
    host: plain(shownHostOf(destination)),
    health: shownHealthOf(destination),
    ...toTime('created', destination.createdAt),
    ...toTime('success', destination.lastSuccess),
    ...toTime('failure', destination.lastFailure),
  };
  made.set(destination, row);
  return row;
}

/** The account, with a sentence about what its rows lack. */
export function toOverviewAccount({ connection: { account }, state }: AccountEntry): OverviewAccount {
  const name = plainName(account.name);
  const note = describeLack(name, state);
  return { accountId: account.id, name, ...(note === undefined ? {} : { note: plain(note) }) };
}

function describeLack(name: string, state: AccountEntry['state']): string | undefined {
  if (state.kind === 'failed') {
    const { sentence } = describeProblem(state.error, name);
    return shownOf(state) ? vscode.l10n.t('{0}: the rows are stale. {1}', name, sentence) : `${name}: ${sentence}`;
  }
  const shown = shownOf(state);
  if (!shown) {
    return vscode.l10n.t('{0} is loading…', name);
  }
  if (isIncomplete(state)) {
    return `${name}: ${describeSkipped(countUnread(shown)).headline}`;
  }
  if (!isStaleAt(shown.at, Date.now(), oldestAllowedOf(0))) {
    return undefined;
  }
  const age = vscode.l10n.t('Last refreshed {0}', describeAge(fromMilliseconds(shown.at)));
  // The clock was set back, so that the age is unknown.
  return `${name}: ${shown.at > Date.now() ? vscode.l10n.t('stale') : age}`;
}

function toTime(name: 'created' | 'success' | 'failure', timestamp: string | undefined): Partial<OverviewRow> {
  const at = parseTimestamp(timestamp);
  return at ? { [name]: toMilliseconds(at) } : isUnreadable(timestamp) ? { [name]: null } : {};
}
