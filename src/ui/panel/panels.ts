import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { comparableId } from '../../core/model/id.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { plain } from '../../core/model/plain-text.ts';
import { type PanelNotice, parseFromPanel, parseSavedPanelState, type ToPanel } from '../../core/panel-protocol.ts';
import { createDraftKeep, type KeptDraft } from './draft-keep.ts';
import { createFocusTaker, startedBy } from '../host/focus.ts';
import { webviewPage, webviewRoots } from '../host/webview-page.ts';
import { type CommandId, PANEL_TYPE } from '../host/ids.ts';
import { type NoticeKind, tell } from '../host/notice.ts';
import { nameOf } from '../text/destination.ts';
import { runCommand } from '../host/run-command.ts';
import type { FocusedPanel } from './focused-panel.ts';
import type { PanelTarget } from './panel-state.ts';
import { createPanelController, type PanelServices, type PanelController } from './panel-controller.ts';

/** The panels that create and edit destinations: one per destination, and one per account for a new one. */
export type Panels = vscode.Disposable & {
  /** Resolves once the panel exists. An open panel is revealed. */
  openNew(connection: Connection): Promise<void>;
  open(located: Located): Promise<void>;
  /** Whether a panel of this destination is open, which then shows its notices. */
  isOpen(accountId: string, destinationId: string): boolean;
  /** Fills a panel that VS Code restored. `state`: the persisted webview state. */
  restore(panel: vscode.WebviewPanel, state: unknown): Promise<void>;
  /** A panel's controller without its window. */
  createController(
    target: PanelTarget,
    post: (message: ToPanel) => void,
    onMoved: () => void,
  ): Promise<PanelController>;
};

const KINDS = {
  error: 'error',
  warning: 'warning',
  info: 'information',
  success: 'information',
} as const satisfies Record<PanelNotice['tone'], NoticeKind>;

type OpenPanel = { readonly window: vscode.WebviewPanel; controller?: PanelController };

type Given = Pick<
  PanelServices,
  | 'store'
  | 'loaded'
  | 'policies'
  | 'writer'
  | 'replacements'
  | 'testing'
  | 'secrets'
  | 'lastTests'
  | 'timelines'
  | 'log'
  | 'now'
> & { readonly focusedPanel: FocusedPanel };

export function createPanels(
  { extensionUri, secrets: secretStorage }: Pick<vscode.ExtensionContext, 'extensionUri' | 'secrets'>,
  given: Given,
): Panels {
  const drafts = createDraftKeep(secretStorage, given.log);
  /** Keyed by destination, so that each has one panel. The key changes after a replacement. */
  const open = new Map<string, OpenPanel>();
  const controllers = new Set<PanelController>();

  async function createController(
    target: PanelTarget,
    post: (message: ToPanel) => void,
    onMoved: () => void,
  ): Promise<PanelController> {
    const commands = await vscode.commands.getCommands(true);
    const services: PanelServices = {
      ...given,
      drafts,
      canEditAsJson: commands.includes('cloudflareWebhooks.editDestinationAsJson' satisfies CommandId),
      run: runCommand,
    };
    return createPanelController(target, services, (message) => post(toPlainMessage(message)), onMoved);
  }

  async function show(target: Omit<PanelTarget, 'draftId'>, title: string): Promise<void> {
    const known = open.get(keyOf(target));
    if (known) {
      known.window.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(PANEL_TYPE, plain(title), vscode.ViewColumn.Active);
    await fill(panel, { ...target, draftId: randomUUID() });
  }

  /**
   * Reports the result of the work that a closed panel started. Unsaved changes are kept until the user lets them go, and are
   * offered only after that work has ended, so that no draft is sent twice.
   */
  async function afterClosing(closing: PanelController): Promise<void> {
    const result = await closing.ended().catch(() => undefined);
    const { accountId, destinationId, draftId } = closing.target();
    const target = { accountId, ...(destinationId === undefined ? {} : { destinationId }), draftId };
    const isDirty = closing.isDirty();
    if (!isDirty) {
      drafts.forget(draftId);
    }
    await offerToReopen(target, closing.title(), { isDirty, result });
  }

  /** Says what is left of a panel that was closed, and offers its draft until the user reopens it or lets it go. */
  async function offerToReopen(
    target: PanelTarget,
    title: string,
    { isDirty, result }: { readonly isDirty: boolean; readonly result?: PanelNotice | undefined },
  ): Promise<void> {
    const lines = [
      ...(result?.lines ?? []),
      ...(isDirty ? [vscode.l10n.t('“{0}” was closed with unsaved changes.', title)] : []),
    ];
    const reopen = vscode.l10n.t('Reopen');
    // A replacement that stopped is resumed in its panel.
    const isStopped = result?.steps !== undefined && result.tone !== 'success';
    const buttons = isDirty ? [reopen, vscode.l10n.t('Discard')] : isStopped ? [reopen] : [];
    for (let isLeft = lines.length > 0; isLeft;) {
      const chosen = await tell(KINDS[result?.tone ?? 'warning'], lines.join(' '), ...buttons);
      if (chosen === reopen) {
        isLeft = !(await reopenDraft(target, title)) && isDirty;
      } else {
        drafts.forget(target.draftId);
        isLeft = false;
      }
    }
  }

  /**
   * Moves the draft of a restored panel to the panel of its destination that is open already: VS Code restores a hidden panel
   * only when the user looks at it, which can be after the destination was opened again. Offers the draft if no panel is open.
   */
  async function moveDraft(target: PanelTarget, { baseName }: KeptDraft): Promise<void> {
    const title = baseName || vscode.l10n.t('New Webhook Destination');
    if (!open.has(keyOf(target)) || !(await reopenDraft(target, title))) {
      await offerToReopen(target, title, { isDirty: true });
    }
  }

  /** `false`: the destination has a panel with other edits, which was revealed instead. */
  async function reopenDraft(target: PanelTarget, title: string): Promise<boolean> {
    const known = open.get(keyOf(target));
    if (known) {
      known.window.reveal();
      return (await known.controller?.takeDraft(target.draftId)) ?? false;
    }
    const panel = vscode.window.createWebviewPanel(PANEL_TYPE, plain(title), vscode.ViewColumn.Active);
    await fill(panel, target);
    return true;
  }

  async function fill(panel: vscode.WebviewPanel, target: PanelTarget): Promise<void> {
    const { webview } = panel;
    let key = keyOf(target);
    let controller: PanelController | undefined;
    let closed = false;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    const opened: OpenPanel = { window: panel };
    open.set(key, opened);
    const showFocus = (): void => {
      const { accountId, destinationId } = controller?.target() ?? target;
      given.focusedPanel.set(
        destinationId === undefined ? undefined : { kind: 'destination', accountId, destinationId },
      );
    };
    panel.onDidChangeViewState(() => panel.active && showFocus());
    panel.onDidDispose(() => {
      closed = true;
      if (open.get(key) === opened) {
        open.delete(key);
      }
      if (controller) {
        controllers.delete(controller);
        controller.dispose();
        void afterClosing(controller);
      }
    });
    const post = (message: ToPanel): void => {
      // VS Code keeps messages for a hidden page, which asks for its view again when it is shown.
      if (!closed && (panel.visible || message.kind !== 'view')) {
        void webview.postMessage(message);
      }
    };
    const follow = (): void => {
      if (!controller || closed) {
        return;
      }
      const { accountId, destinationId, draftId } = controller.target();
      const title = plain(controller.title());
      panel.title = controller.isDirty() ? vscode.l10n.t('● {0}', title) : title;
      if (open.get(key) === opened) {
        open.delete(key);
      }
      key = keyOf(controller.target());
      open.set(key, opened);
      if (panel.active) {
        showFocus();
      }
      const ids = { accountId, ...(destinationId === undefined ? {} : { destinationId }), draftId };
      post({ kind: 'state', state: { version: 1, ...ids } });
    };
    const focus = createFocusTaker(panel, () => post({ kind: 'takeFocus' }));
    const made = await createController(target, post, follow);
    controller = made;
    if (closed) {
      made.dispose();
      void afterClosing(made);
      return;
    }
    opened.controller = made;
    controllers.add(made);
    follow();
    webview.options = { enableScripts: true, localResourceRoots: webviewRoots(extensionUri, 'panel') };
    webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromPanel(value);
      if (message?.kind === 'tookFocus') {
        focus.taken();
      } else if (message) {
        void startedBy(focus.take, async () => made.receive(message)).catch((error: unknown) =>
          given.log('error', `Panel: ${String(error)}`),
        );
      } else {
        given.log('warn', 'A panel sent an unknown message');
      }
    });
    webview.html = webviewPage(webview, extensionUri, { name: 'panel', title: vscode.l10n.t('Webhook Destination') });
  }

  return {
    openNew: async ({ account }) => show({ accountId: account.id }, vscode.l10n.t('New Webhook Destination')),
    open: async ({ connection: { account }, destination }) =>
      show({ accountId: account.id, destinationId: destination.id }, nameOf(destination)),
    isOpen: (accountId, destinationId) => open.has(keyOf({ accountId, destinationId })),
    async restore(panel, value) {
      const state = parseSavedPanelState(value);
      let isClosed = false;
      const closing = panel.onDidDispose(() => (isClosed = true));
      const draft = state && (await drafts.get(state.draftId));
      closing.dispose();
      const target = state && { ...state, destinationId: draft?.destinationId ?? state.destinationId };
      // Nothing waits between this check and the registration in `fill`.
      if (target && !isClosed && !open.has(keyOf(target))) {
        await fill(panel, target);
        return;
      }
      // A second panel of a destination or an invalid state cannot be restored.
      panel.dispose();
      if (target && draft) {
        void moveDraft(target, draft);
      }
    },
    createController,
    dispose() {
      // The panels stay open, because VS Code restores them after a restart.
      drafts.dispose();
      for (const controller of controllers) {
        controller.dispose();
      }
    },
  };
}

function keyOf({ accountId, destinationId }: Omit<PanelTarget, 'draftId'>): string {
  return `${accountId}/${comparableId(destinationId ?? '')}`;
}

/** What the page shows contains untrusted text. The fields stay exact, because the user edits and saves them. */
function toPlainMessage(message: ToPanel): ToPanel {
  return message.kind === 'view' ? { ...message, view: withPlainTexts(message.view) } : message;
}

/** A copy with every string as one line. */
function withPlainTexts<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_key, each: unknown) => (typeof each === 'string' ? plain(each) : each)));
}
