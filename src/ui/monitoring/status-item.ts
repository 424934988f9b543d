import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { AccountEntry } from '../../core/monitoring/account-state.ts';
import { locateFailing } from '../../core/monitoring/overview.ts';
import { MOST_AHEAD, oldestAllowedOf, type Status, type StatusKind, summarize } from '../../core/monitoring/status.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { onSettingChanged, readSettings, type StatusBarMode } from '../host/settings.ts';
import { describeAge, escapeMarkdown, plural } from '../text/format.ts';
import { describeUnknownState, describeUnread } from '../text/error.ts';
import { describeFailing, describeLastEvent, nameOf } from '../text/destination.ts';
import { countUnproven } from '../../core/monitoring/unproven.ts';
import { type CommandId, STATUS_ITEM_ID } from '../host/ids.ts';

const MOST_LISTED = 10;
/** The statuses that are shown even if the setting shows the item only for problems. */
const WORTH_A_WARNING: ReadonlySet<StatusKind> = new Set(['failing', 'offline', 'unknown']);

export type StatusItem = vscode.Disposable & {
  readonly item: vscode.StatusBarItem;
  /** Updates the ages in the item, without fetching. */
  readonly repaintAges: () => void;
};

/**
 * Shows failing destinations in the status bar. Unknown does not count as failing, so an account that cannot be loaded
 * gets no warning background. `intervalOf`: the refresh interval of an account (milliseconds; 0: never), which decides
 * when its data is stale.
 */
export function createStatusItem(store: Store, intervalOf: (connection: Connection) => number): StatusItem {
  const item = vscode.window.createStatusBarItem(STATUS_ITEM_ID, vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Cloudflare Webhooks');
  item.command = 'cloudflareWebhooks.showFailing' satisfies CommandId;
  let status: Status | undefined;
  let shown: Words | undefined;

  const oldestAllowed = ({ connection }: AccountEntry): number => oldestAllowedOf(intervalOf(connection));

  function update(): void {
    const { statusBar } = readSettings();
    const entries = store.entries();
    status = summarize(entries, store.totals(), Date.now(), oldestAllowed);
    const words = statusBar === 'never' ? undefined : describeStatus(status, entries, statusBar);
    // Skip identical updates: VS Code closes an open tooltip when the item changes.
    if (JSON.stringify(words) === JSON.stringify(shown)) {
      return;
    }
    shown = words;
    if (!words) {
      item.hide();
      return;
    }
    item.text = words.text;
    item.accessibilityInformation = { label: words.label };
    item.tooltip = toTooltip(words.lines);
    item.backgroundColor =
      status.kind === 'failing' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  }

  update();
  const subscriptions = vscode.Disposable.from(
    item,
    onSettingChanged('statusBar', update),
    onSettingChanged('unprovenAfterDays', update),
    { dispose: store.onChanged(update) },
    // A refresh without new data changes only the age.
    { dispose: store.onRead(() => status && (isOld(status) || status.kind === 'partial') && update()) },
  );
  return { item, repaintAges: update, dispose: () => subscriptions.dispose() };
}

type Words = {
  readonly text: string;
  readonly label: string;
  /** The paragraphs of the tooltip. Names in them are untrusted text. */
  readonly lines: readonly string[];
};

/** Undefined if there is nothing to show. */
function describeStatus(
  status: Status,
  entries: readonly AccountEntry[],
  mode: Exclude<StatusBarMode, 'never'>,
): Words | undefined {
  if (mode === 'whenFailing' && !WORTH_A_WARNING.has(status.kind)) {
    return undefined;
  }
  const lines = describeDetails(status, entries);
  const healthy = withAge(vscode.l10n.t('Webhooks: {0} healthy', status.healthy), status);
  switch (status.kind) {
    case 'failing': {
      const text = withAge(
        plural(
          status.failing,
          vscode.l10n.t('1 webhook failing'),
          vscode.l10n.t('{0} webhooks failing', status.failing),
        ),
        status,
      );
      const label = [
        withAge(describeFailing(status.failing), status),
        ...(status.unread > 0 ? [describeUnknown(status)] : []),
      ].join('. ');
      return { text: `$(warning) ${text}`, label, lines };
    }
    case 'offline':
    case 'unknown': {
      const text =
        status.unreachable === status.unread
          ? plural(
              status.unread,
              vscode.l10n.t('Webhooks: 1 account unreachable'),
              vscode.l10n.t('Webhooks: {0} accounts unreachable', status.unread),
            )
          : plural(
              status.unread,
              vscode.l10n.t('Webhooks: 1 account unknown'),
              vscode.l10n.t('Webhooks: {0} accounts unknown', status.unread),
            );
      return { text: `$(cloud-offline) ${text}`, label: describeUnknown(status), lines };
    }
    case 'checking': {
      const text = vscode.l10n.t('Checking webhooks');
      return { text: `$(sync~spin) ${text}`, label: text, lines };
    }
    case 'partial': {
      const label = `${healthy}. ${describeWaiting(status.waiting)}`;
      return { text: healthy, label, lines };
    }
    case 'stale':
    case 'healthy':
      return { text: healthy, label: healthy, lines };
    case 'none':
      return undefined;
    default:
      return status.kind satisfies never;
  }
}

/** Whether data is cached or stale, so that its age is said. */
function isOld({ cached, isStale }: Status): boolean {
  return cached > 0 || isStale;
}

/** Not of data that was fetched before the clock was set back. */
function isAgeKnown({ oldest = Date.now() }: Status): boolean {
  return oldest - Date.now() <= MOST_AHEAD;
}

/** Adds the age to cached or stale data. */
function withAge(text: string, status: Status): string {
  const age = isAgeKnown(status) ? describeReadingAge(status) : vscode.l10n.t('stale');
  return isOld(status) ? vscode.l10n.t('{0} ({1})', text, age) : text;
}

function describeDetails(status: Status, entries: readonly AccountEntry[]): readonly string[] {
  const failing = takeFirst(
    status.failing > 0 ? locateFailing(entries) : [],
    ({ connection, destination }) =>
      `${nameOf(destination)} (${connection.account.name}): ${describeLastEvent(destination)}`,
  );
  const unread = status.offline
    ? [describeUnknown(status)]
    : takeFirst(
        entries.flatMap((entry) => {
          const problem = describeUnknownState(entry);
          return problem ? [{ name: entry.connection.account.name, ...problem }] : [];
        }),
        ({ name, headline }) => vscode.l10n.t('{0}: {1}', name, headline),
      );
  const hasAge = status.oldest !== undefined && isAgeKnown(status) && (status.offline || isOld(status));
  return [
    ...failing,
    ...unread,
    ...(status.waiting > 0 ? [describeWaiting(status.waiting)] : []),
    ...(status.kind === 'healthy'
      ? [vscode.l10n.t('No webhook destination is failing (refreshed {0})', describeReadingAge(status))]
      : []),
    ...describeUnprovenCount(entries),
    ...(hasAge ? [vscode.l10n.t('Last refreshed {0}', describeReadingAge(status))] : []),
  ];
}

function describeUnknown({ offline, unread }: Status): string {
  return offline ? vscode.l10n.t('Could not reach Cloudflare') : describeUnread(unread);
}

/** How many destinations are not proved, if the setting marks them. */
function describeUnprovenCount(entries: readonly AccountEntry[]): readonly string[] {
  const { unprovenAfterDays } = readSettings();
  const count = unprovenAfterDays > 0 ? countUnproven(entries, unprovenAfterDays, Date.now()) : 0;
  return count === 0
    ? []
    : [
        plural(
          count,
          vscode.l10n.t('1 webhook destination is not proved'),
          vscode.l10n.t('{0} webhook destinations are not proved', count),
        ),
      ];
}

function describeWaiting(accounts: number): string {
  return plural(
    accounts,
    vscode.l10n.t('1 account is not loaded yet'),
    vscode.l10n.t('{0} accounts are not loaded yet', accounts),
  );
}

function describeReadingAge({ oldest = 0 }: Status): string {
  return describeAge(fromMilliseconds(oldest));
}

function takeFirst<T>(items: readonly T[], describe: (item: T) => string): readonly string[] {
  const rest = items.length - MOST_LISTED;
  const lines = items.slice(0, MOST_LISTED).map(describe);
  return rest > 0 ? [...lines, vscode.l10n.t('and {0} more', rest)] : lines;
}

function toTooltip(lines: readonly string[]): vscode.MarkdownString {
  const commands = [
    [vscode.l10n.t('Show Failing'), 'cloudflareWebhooks.showFailing'],
    [vscode.l10n.t('Health Overview'), 'cloudflareWebhooks.openOverview'],
    [vscode.l10n.t('Refresh All'), 'cloudflareWebhooks.refreshAll'],
    [vscode.l10n.t('Show Log'), 'cloudflareWebhooks.showLog'],
  ] as const satisfies readonly (readonly [string, CommandId])[];
  const links = commands.map(([title, command]) => `[${title}](command:${command})`).join(' · ');
  const tooltip = new vscode.MarkdownString([...lines.map(escapeMarkdown), links].join('\n\n'));
  tooltip.isTrusted = { enabledCommands: commands.map(([, command]) => command) };
  return tooltip;
}
