import * as vscode from 'vscode';
import { type BaseUrl, parseBaseUrl } from '../../core/api/base-url.ts';
import type { SortOrder } from '../../core/model/health.ts';

const SECTION = 'cloudflareWebhooks';

export type StatusBarMode = 'whenFailing' | 'always' | 'never';

export type Settings = {
  readonly apiBaseUrl: BaseUrl;
  /** Minutes; 0 turns automatic refresh off. */
  readonly refreshInterval: number;
  readonly statusBar: StatusBarMode;
  readonly sort: SortOrder;
  readonly notifyOnNewFailure: boolean;
  /** Days without a success after which a destination is not proved; 0 turns the marking off. */
  readonly unprovenAfterDays: number;
};

/** The current settings. An invalid value counts as the default. */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const interval = settings.get<unknown>('refreshInterval');
  const unprovenAfterDays = settings.get<unknown>('unprovenAfterDays');
  const apiBaseUrl = settings.get<unknown>('apiBaseUrl');
  return {
    apiBaseUrl: typeof apiBaseUrl === 'string' ? parseBaseUrl(apiBaseUrl) : { ok: false, problem: 'notAnAddress' },
    refreshInterval: typeof interval === 'number' && interval >= 0 ? interval : 5,
    statusBar: oneOf(['whenFailing', 'always', 'never'], settings.get('statusBar')),
    sort: oneOf(['health', 'name'], settings.get('sort')),
    notifyOnNewFailure: settings.get<unknown>('notifyOnNewFailure') === true,
    unprovenAfterDays: typeof unprovenAfterDays === 'number' && unprovenAfterDays >= 0 ? unprovenAfterDays : 0,
  };
}

export function onSettingChanged(name: keyof Settings, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${SECTION}.${name}`)) {
      listener();
    }
  });
}

/** Sets a setting of this extension to its default, which is off. */
export async function turnOff(name: 'notifyOnNewFailure'): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update(name, undefined, vscode.ConfigurationTarget.Global);
}

/** Opens the settings editor at one setting of this extension. */
export async function showSetting(name: keyof Settings): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.${name}`);
}

function oneOf<const T>(allowed: readonly [T, ...T[]], value: unknown): T {
  return allowed.find((each) => each === value) ?? allowed[0];
}
