import * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import { parseFromOverview, type ToOverview } from '../../core/overview-protocol.ts';
import { createFocusTaker, setOverviewPage, startedBy } from '../host/focus.ts';
import { OVERVIEW_TYPE } from '../host/ids.ts';
import { createOverviewController, type OverviewServices } from './overview-controller.ts';
import { webviewPage, webviewRoots } from '../host/webview-page.ts';

/** The health overview: one tab per window. */
export type Overviews = vscode.Disposable & {
  open(): void;
  /** Fills a tab that VS Code restored. */
  restore(panel: vscode.WebviewPanel): void;
};

export function createOverviews(extensionUri: vscode.Uri, services: OverviewServices): Overviews {
  let shown: vscode.WebviewPanel | undefined;
  let disposeController: (() => void) | undefined;

  function fill(panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const post = (message: ToOverview): void => {
      void webview.postMessage(message);
    };
    shown = panel;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    const focus = createFocusTaker(panel, () => post({ kind: 'takeFocus' }));
    setOverviewPage(focus.take);
    const controller = createOverviewController(services, post);
    disposeController = () => controller.dispose();
    panel.onDidDispose(() => {
      controller.dispose();
      if (shown === panel) {
        shown = undefined;
        setOverviewPage(undefined);
      }
    });
    webview.options = { enableScripts: true, localResourceRoots: [...webviewRoots(extensionUri, 'overview')] };
    webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromOverview(value);
      if (message?.kind === 'tookFocus') {
        focus.taken();
      } else if (message) {
        startedBy(focus.take, async () => controller.receive(message)).catch((error: unknown) =>
          services.host.log('error', describeForLog(error)),
        );
      } else {
        services.host.log('warn', 'The overview sent an unknown message');
      }
    });
    webview.html = webviewPage(webview, extensionUri, { name: 'overview', title: panel.title });
  }

  return {
    open() {
      if (shown) {
        shown.reveal();
        return;
      }
      const title = vscode.l10n.t('Webhook Health');
      fill(
        vscode.window.createWebviewPanel(OVERVIEW_TYPE, title, vscode.ViewColumn.Active, { enableFindWidget: true }),
      );
    },
    restore(panel) {
      if (shown) {
        panel.dispose();
      } else {
        fill(panel);
      }
    },
    // The tab stays open, because VS Code restores it after a restart.
    dispose: () => disposeController?.(),
  };
}
