import * as vscode from 'vscode';
import { type AlertDay, countPerDay } from '../../core/policies/alert-days.ts';
import { startOfDay } from '../../core/model/local-day.ts';
import { ApiError } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Destination } from '../../core/model/destination.ts';
import type { PanelAbout } from '../../core/panel-protocol.ts';
import { policiesOf, wentTo } from '../../core/model/policy.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { nameOf } from '../text/destination.ts';
import { describePolicy, describeUnreadPolicies, nameOfPolicy } from '../text/policy.ts';
import { describeProblem } from '../text/error.ts';

/** The number of days that the panel shows. */
export const DAYS = 30;

/** The policies of a destination and its alert history, which the store does not contain. */
export type Activity = Pick<PanelAbout, 'policies'> & {
  /** `perDay`: the number of alerts by local day; undefined if it is unknown. */
  readonly alerts: { readonly summary: string; readonly perDay?: ReadonlyMap<string, number> };
};

export function loadingActivity(): Activity {
  const summary = vscode.l10n.t('Loading…');
  return { policies: { summary, rows: [] }, alerts: { summary } };
}

/** Loads both. A failure becomes the summary of its section. Rejects only if the signal aborts. */
export async function loadActivity(
  policyStore: PolicyStore,
  { connection, destination }: Located,
  now: number,
  signal: AbortSignal,
): Promise<Activity> {
  const explain = (error: unknown): string => {
    signal.throwIfAborted();
    return error instanceof ApiError
      ? describeProblem(error, connection.account.name).sentence
      : vscode.l10n.t('Could not load this. See the log for details.');
  };
  const [policies, alerts] = await Promise.all([
    readPolicies(policyStore, connection, destination, signal).catch((error: unknown) => ({
      summary: explain(error),
      rows: [],
    })),
    readAlerts(connection, destination, now, signal).catch((error: unknown) => ({ summary: explain(error) })),
  ]);
  return { policies, alerts };
}

async function readPolicies(
  policies: PolicyStore,
  connection: Connection,
  destination: Destination,
  signal: AbortSignal,
): Promise<Activity['policies']> {
  const known = await policies.read(connection, signal);
  const rows = policiesOf(known.policies, destination.id).map((policy) => ({
    name: nameOfPolicy(policy),
    detail: describePolicy(policy, known),
  }));
  const isUnclear = rows.length === 0 && skippedIn(known.policies) > 0;
  return { summary: isUnclear ? describeUnreadPolicies(nameOf(destination)) : describeCount(rows.length), rows };
}

function describeCount(count: number): string {
  switch (count) {
    case 0:
      return vscode.l10n.t('No notification policy uses this destination, so Cloudflare sends no alerts to it.');
    case 1:
      return vscode.l10n.t('1 notification policy uses this destination:');
    default:
      return vscode.l10n.t('{0} notification policies use this destination:', count);
  }
}

async function readAlerts(
  { account, api }: Connection,
  destination: Destination,
  now: number,
  signal: AbortSignal,
): Promise<Activity['alerts']> {
  const sent = await api.listSentAlerts(account.id, startOfDay(now, DAYS - 1), signal);
  const mine = sent.filter((alert) => wentTo(alert, destination)).map((alert) => alert.sent);
  const days = countPerDay(mine, DAYS, now);
  return { summary: summarize(days), perDay: new Map(days.map(({ day, count }) => [day, count])) };
}

function summarize(days: readonly AlertDay[]): string {
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(0, ...days.map(({ count }) => count));
  const busy = days.filter(({ count }) => count > 0).length;
  return total === 0
    ? vscode.l10n.t('No alert was sent in the last {0} days.', days.length)
    : vscode.l10n.t(
        'Alerts sent in the last {0} days: {1}. Days with alerts: {2}. Busiest day: {3}. The history does not show whether they arrived.',
        days.length,
        total,
        busy,
        most,
      );
}
