import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from './host-error.ts';

/** Settings as in settings.json, by their full dotted names. */
export type Settings = Readonly<Record<string, unknown>>;

/** What keeps a test or a demo free of VS Code's own invitations, updates, telemetry and trust questions. */
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
 * Writes the settings that a VS Code started on this user data folder will find. Settings of scope `machine` belong to the machine:
 * the server reads them from Machine/settings.json and ignores them among the user's; the desktop reads all from the user's.
 */
export async function writeSettings(dataFolder: string, user: Settings, machine: Settings): Promise<void> {
  await Promise.all([
    writeJson(path.join(dataFolder, 'User', 'settings.json'), user),
    writeJson(path.join(dataFolder, 'Machine', 'settings.json'), machine),
  ]);
}

/**
 * As `writeSettings`, on top of what is there already: for a folder that lasts, whose user may have changed something. What is
 * asked for here wins, `calmSettings` do not.
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
    // Comments are allowed in settings.json; a demo's file with comments in it starts over.
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) {
      return {};
    }
    throw error;
  }
}
