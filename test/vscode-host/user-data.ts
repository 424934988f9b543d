import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from './host-error.ts';

/** Settings by their full dotted names, as in settings.json. */
export type Settings = Readonly<Record<string, unknown>>;

/** Settings that turn off VS Code's welcome pages, updates, telemetry and trust prompts for tests and the demo. */
export const calmSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'security.workspace.trust.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
};

/**
 * Writes the settings of a user data folder. All settings of the extension have scope `application`: VS Code
 * reads them from User/settings.json only. Machine/settings.json is what a remote machine or a container sets.
 */
export async function writeSettings(dataFolder: string, user: Settings, machine: Settings): Promise<void> {
  await Promise.all([
    writeJson(path.join(dataFolder, 'User', 'settings.json'), user),
    writeJson(path.join(dataFolder, 'Machine', 'settings.json'), machine),
  ]);
}

/** Writes a folder to open, with settings of its own. */
export async function writeWorkspace(folder: string, settings: Settings): Promise<void> {
  await writeJson(path.join(folder, '.vscode', 'settings.json'), settings);
}

/**
 * Adds settings to the existing ones of a persistent user data folder. The given settings override existing settings;
 * `calmSettings` do not.
 */
export async function mergeSettings(dataFolder: string, user: Settings, machine: Settings): Promise<void> {
  const [oldUser, oldMachine] = await Promise.all([
    readSettings(path.join(dataFolder, 'User', 'settings.json')),
    readSettings(path.join(dataFolder, 'Machine', 'settings.json')),
  ]);
  await writeSettings(dataFolder, { ...calmSettings, ...oldUser, ...user }, { ...oldMachine, ...machine });
}

async function writeJson(file: string, value: Settings): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

async function readSettings(file: string): Promise<Settings> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch (error) {
    // settings.json can contain comments, which JSON.parse rejects. Such a file is replaced.
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) {
      return {};
    }
    throw error;
  }
}
