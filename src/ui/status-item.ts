import * as vscode from 'vscode';
import { countAll, locateFailing } from '../core/overview.ts';
import type { Store } from '../core/store.ts';
import { onSettingChanged, readSettings } from './settings.ts';
import { describeLastEvent, escapeMarkdown, nameOf } from './words.ts';

export const STATUS_ITEM_ID = 'cloudflareWebhooks.health';

const MOST_LISTED = 10;

/** Flags failing destinations. Unknown is not failing: an account that cannot be read gets no warning background. */
export function createStatusItem(store: Store): vscode.Disposable & { readonly item: vscode.StatusBarItem } {
  const item = vscode.window.createStatusBarItem(STATUS_ITEM_ID, vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Cloudflare Webhooks');
  item.command = 'cloudflareWebhooks.showFailing';

  function update(): void {
    const shown = describeStatus(store, readSettings().statusBar === 'always');
    if (!shown || readSettings().statusBar === 'never') {
      item.hide();
      return;
    }
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.accessibilityInformation = { label: shown.label };
    item.backgroundColor = shown.warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  }

  update();
  const subscriptions = vscode.Disposable.from(item, onSettingChanged('statusBar', update), {
    dispose: store.onChanged(update),
  });
  return { item, dispose: () => subscriptions.dispose() };
}

type Status = {
  readonly text: string;
  readonly label: string;
  readonly tooltip: vscode.MarkdownString;
  readonly warning: boolean;
};

/** Undefined: nothing to say. */
function describeStatus(store: Store, always: boolean): Status | undefined {
  const entries = store.entries();
  const unread = entries.filter(({ state }) => state.kind === 'failed');
  const { failing, healthy } = countAll(entries);
  const tooltip = toTooltip([
    ...locateFailing(entries).map(
      ({ connection, destination }) =>
        `${nameOf(destination)} (${connection.account.name}): ${describeLastEvent(destination)}`,
    ),
    ...unread.map(({ connection }) => vscode.l10n.t('{0} could not be read', connection.account.name)),
  ]);
  if (failing > 0) {
    const text = vscode.l10n.t('{0} failing', failing);
    const label = vscode.l10n.t('{0} webhook destinations failing', failing);
    return { text: `$(warning) ${text}`, label, tooltip, warning: true };
  }
  if (unread.length > 0) {
    const label = vscode.l10n.t('The state of {0} Cloudflare accounts could not be read', unread.length);
    return { text: '$(cloud-offline)', label, tooltip, warning: false };
  }
  if (always && entries.some(({ state }) => state.kind === 'ready')) {
    const label = vscode.l10n.t('Webhooks: {0} healthy', healthy);
    return { text: label, label, tooltip, warning: false };
  }
  return undefined;
}

/** A paragraph a line; names are somebody's text, so they are escaped. */
function toTooltip(lines: readonly string[]): vscode.MarkdownString {
  const shown = lines.slice(0, MOST_LISTED);
  const rest = lines.length - shown.length;
  const all = rest > 0 ? [...shown, vscode.l10n.t('and {0} more', rest)] : shown;
  return new vscode.MarkdownString(all.map(escapeMarkdown).join('\n\n'));
}
