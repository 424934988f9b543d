import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { type Status, summarize } from '../../core/monitoring/status.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { onSettingChanged, readSettings, type StatusBarMode } from '../host/settings.ts';
import { describeAge, escapeMarkdown, plural } from '../text/format.ts';
import { describeFailing, describeLastEvent, nameOf } from '../text/destination.ts';
import { type CommandId, STATUS_ITEM_ID } from '../host/ids.ts';

const MOST_LISTED = 10;
const DEFAULT_INTERVAL = 5 * 60_000;

export type StatusItem = vscode.Disposable & {
  readonly item: vscode.StatusBarItem;
  /** Has the ages in it be those of now; reads nothing. */
  readonly repaintAges: () => void;
};

/**
 * Flags failing destinations. Unknown is not failing: an account that cannot be read gets no warning background.
 * `intervalOf` tells how often an account is read (milliseconds; 0: never), which decides from when on data is stale.
 */
export function createStatusItem(store: Store, intervalOf: (connection: Connection) => number): StatusItem {
  const item = vscode.window.createStatusBarItem(STATUS_ITEM_ID, vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Cloudflare Webhooks');
  item.command = 'cloudflareWebhooks.showFailing' satisfies CommandId;
  let kind: Status['kind'] = 'none';
  let shown: Words | undefined;

  function update(): void {
    const status = summarize(
      store.entries(),
      Date.now(),
      ({ connection }) => 2 * (intervalOf(connection) || DEFAULT_INTERVAL),
    );
    kind = status.kind;
    const words = describeStatus(status, readSettings().statusBar);
    // VS Code closes the tooltip that is open when it is given the same again.
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
    { dispose: store.onChanged(update) },
    // A reading that brings nothing new changes nothing but how old all is.
    { dispose: store.onRead(() => kind === 'stale' && update()) },
  );
  return { item, repaintAges: update, dispose: () => subscriptions.dispose() };
}

type Words = {
  readonly text: string;
  readonly label: string;
  /** Of the tooltip, a paragraph each; names in it are somebody's text. */
  readonly lines: readonly string[];
};

/** Undefined: nothing to say. */
function describeStatus(status: Status, mode: StatusBarMode): Words | undefined {
  if (mode === 'never') {
    return undefined;
  }
  const lines = describeDetails(status);
  const healthy = vscode.l10n.t('Webhooks: {0} healthy', status.healthy);
  switch (status.kind) {
    case 'failing': {
      const text = vscode.l10n.t('{0} failing', status.failing.length);
      const label = [
        describeFailing(status.failing.length),
        ...(status.unread.length > 0 ? [describeUnread(status)] : []),
      ].join('. ');
      return { text: `$(warning) ${text}`, label, lines };
    }
    case 'offline':
    case 'unknown':
      return { text: '$(cloud-offline)', label: describeUnread(status), lines };
    case 'checking': {
      const text = vscode.l10n.t('Checking webhooks');
      return mode === 'always' ? { text: `$(sync~spin) ${text}`, label: text, lines } : undefined;
    }
    case 'stale': {
      const text = vscode.l10n.t('{0} ({1})', healthy, describeReadingAge(status));
      return mode === 'always' ? { text, label: text, lines } : undefined;
    }
    case 'healthy':
      return mode === 'always' ? { text: healthy, label: healthy, lines } : undefined;
    case 'none':
      return undefined;
    default:
      return status.kind satisfies never;
  }
}

function describeDetails(status: Status): readonly string[] {
  const failing = status.failing.map(
    ({ connection, destination }) =>
      `${nameOf(destination)} (${connection.account.name}): ${describeLastEvent(destination)}`,
  );
  const unread = status.offline
    ? [describeUnread(status)]
    : status.unread.map(({ connection }) => vscode.l10n.t('Could not refresh {0}', connection.account.name));
  const isOld = status.oldest !== undefined && (status.offline || status.kind === 'stale');
  return [
    ...takeFirst(failing),
    ...takeFirst(unread),
    ...(status.waiting > 0 ? [describeWaiting(status.waiting)] : []),
    ...(status.kind === 'healthy'
      ? [vscode.l10n.t('No webhook destination is failing (refreshed {0})', describeReadingAge(status))]
      : []),
    ...(isOld ? [vscode.l10n.t('Last refreshed {0}', describeReadingAge(status))] : []),
  ];
}

function describeUnread({ offline, unread }: Status): string {
  return offline
    ? vscode.l10n.t('Could not reach Cloudflare')
    : plural(
        unread.length,
        vscode.l10n.t('Could not refresh 1 Cloudflare account'),
        vscode.l10n.t('Could not refresh {0} Cloudflare accounts', unread.length),
      );
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

function takeFirst(lines: readonly string[]): readonly string[] {
  const rest = lines.length - MOST_LISTED;
  return rest > 0 ? [...lines.slice(0, MOST_LISTED), vscode.l10n.t('and {0} more', rest)] : lines;
}

function toTooltip(lines: readonly string[]): vscode.MarkdownString {
  const commands = [
    [vscode.l10n.t('Show Failing'), 'cloudflareWebhooks.showFailing'],
    [vscode.l10n.t('Refresh All'), 'cloudflareWebhooks.refreshAll'],
    [vscode.l10n.t('Show Log'), 'cloudflareWebhooks.showLog'],
  ] as const satisfies readonly (readonly [string, CommandId])[];
  const links = commands.map(([title, command]) => `[${title}](command:${command})`).join(' · ');
  const tooltip = new vscode.MarkdownString([...lines.map(escapeMarkdown), links].join('\n\n'));
  tooltip.isTrusted = { enabledCommands: commands.map(([, command]) => command) };
  return tooltip;
}
