// Stands in for the `vscode` module in the robustness suites: what modules of src/ui need that run without a user.
import * as base from '../bench/vscode-stub.mjs';

export * from '../bench/vscode-stub.mjs';

export const ProgressLocation = { Notification: 15, Window: 10 };

export const window = {
  ...base.window,
  withProgress: (_options, work) =>
    work(
      { report() {} },
      { isCancellationRequested: false, onCancellationRequested: () => new base.Disposable(() => {}) },
    ),
};

const SETTINGS = { apiBaseUrl: 'https://api.cloudflare.com/client/v4', refreshInterval: 5 };
export const workspace = {
  ...base.workspace,
  getConfiguration: () => ({ get: (name, fallback) => SETTINGS[name] ?? fallback, inspect: () => ({}) }),
};
