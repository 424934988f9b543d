// Stands in for the `vscode` module in unit tests: windows and notifications that the tests drive.
import * as base from '../../robust/vscode-stub.mjs';

export * from '../../robust/vscode-stub.mjs';

/** The panels that were created, the oldest first. */
export const created = [];
/** The notifications that wait for a button. */
export const notifications = [];

export class Uri {
  static joinPath = () => new Uri();
  toString = () => 'file:///';
}
export class LanguageModelTextPart {
  value;
  constructor(value) {
    this.value = value;
  }
}
export class LanguageModelToolResult {
  content;
  constructor(content) {
    this.content = content;
  }
}
export const ViewColumn = { Active: 1 };
export const commands = { ...base.commands, getCommands: async () => [] };

const show = (message, ...buttons) =>
  new Promise((press) => {
    notifications.push({ message, buttons, press });
  });

export const window = {
  ...base.window,
  showInformationMessage: show,
  showWarningMessage: show,
  showErrorMessage: show,
  createWebviewPanel: (_type, title) => {
    const listeners = {};
    const disposals = new Set();
    const sent = [];
    const panel = {
      title,
      active: true,
      visible: true,
      sent,
      reveals: 0,
      reveal() {
        panel.reveals += 1;
      },
      onDidChangeViewState() {},
      onDidDispose(listener) {
        disposals.add(listener);
        return { dispose: () => disposals.delete(listener) };
      },
      dispose() {
        disposals.forEach((listener) => listener());
        disposals.clear();
      },
      receive: (message) => listeners.message(message),
      webview: {
        cspSource: '',
        asWebviewUri: (uri) => uri,
        postMessage: async (message) => sent.push(message),
        onDidReceiveMessage(listener) {
          listeners.message = listener;
        },
      },
    };
    created.push(panel);
    return panel;
  },
};
