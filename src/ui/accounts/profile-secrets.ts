import path from 'node:path';
import type * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Log } from '../../core/api/transport.ts';
import { parseRememberedAccounts, toInUse } from '../../core/accounts/remembered-accounts.ts';
import { isInUse, MIGRATED_AT_KEY, parseStoredKey, toProfileKey } from '../../core/accounts/stored-keys.ts';
import { ACCOUNTS_KEY } from '../host/ids.ts';
import type { State } from '../host/ordered-state.ts';

/** The key in globalState, which is separate for each VS Code profile. */
const PROFILE_KEY = 'profile';

/** The pause between retries, because a locked keyring would fail every access. */
const RETRY_MILLISECONDS = 60_000;

type Profile = { readonly id: string; readonly migrated: boolean };

/**
 * SecretStorage for this VS Code profile. VS Code shares one among all profiles, so keys get the profile's namespace.
 * Before the first use, records of an earlier version for this profile's accounts are copied into the namespace. The
 * originals stay for other profiles: see `docs/decisions/one-namespace-per-profile.md`.
 */
export function createProfileSecrets(all: vscode.SecretStorage, state: State, log: Log): vscode.SecretStorage {
  let migrating: Promise<void> | undefined;
  let nextAttempt = 0;

  /**
   * Read each time, because another window of this profile may have stored an ID at the same moment. The last ID
   * counts.
   */
  function readProfile(): Profile | undefined {
    const value = state.get(PROFILE_KEY);
    return isProfile(value) ? value : undefined;
  }

  async function profileId(): Promise<string> {
    let profile = readProfile();
    if (!profile) {
      profile = { id: crypto.randomUUID(), migrated: false };
      await state.update(PROFILE_KEY, profile);
    }
    if (!profile.migrated && Date.now() >= nextAttempt) {
      migrating ??= migrate(profile.id).finally(() => {
        migrating = undefined;
      });
      await migrating;
    }
    return readProfile()?.id ?? profile.id;
  }

  /** Never rejects. Records that cannot be copied now are copied later. */
  async function migrate(id: string): Promise<void> {
    try {
      const keys = await all.keys();
      const accounts = parseRememberedAccounts(state.get(ACCOUNTS_KEY) ?? []);
      if (!accounts) {
        throw new Error('the list of accounts cannot be read');
      }
      const inUse = toInUse(accounts);
      const legacy = keys.flatMap((raw) => {
        const parsed = parseStoredKey(raw);
        return parsed && parsed.profile === undefined ? [parsed] : [];
      });
      for (const each of legacy.filter((one) => isInUse(one, inUse))) {
        const target = toProfileKey(id, each.key);
        const value = keys.includes(target) ? undefined : await all.get(each.raw);
        if (value !== undefined) {
          await all.store(target, value);
        }
      }
      if (legacy.length > 0 && (await all.get(MIGRATED_AT_KEY)) === undefined) {
        await all.store(MIGRATED_AT_KEY, String(Date.now()));
      }
      await state.update(PROFILE_KEY, { id, migrated: true });
    } catch (error) {
      nextAttempt = Date.now() + RETRY_MILLISECONDS;
      log('error', `Data of an earlier version could not be migrated: ${describeForLog(error)}`);
    }
  }

  const onDidChange: vscode.SecretStorage['onDidChange'] = (listener, self, disposables) =>
    all.onDidChange(
      ({ key: raw }) => {
        const parsed = parseStoredKey(raw);
        if (parsed && parsed.profile === readProfile()?.id) {
          listener.call(self, { key: parsed.key });
        }
      },
      undefined,
      disposables,
    );
  return {
    get: async (key) => all.get(toProfileKey(await profileId(), key)),
    store: async (key, value) => all.store(toProfileKey(await profileId(), key), value),
    delete: async (key) => all.delete(toProfileKey(await profileId(), key)),
    async keys() {
      const id = await profileId();
      return (await all.keys()).flatMap((raw) => {
        const parsed = parseStoredKey(raw);
        return parsed?.profile === id ? [parsed.key] : [];
      });
    },
    onDidChange,
  };
}

/** The ID of this VS Code profile; undefined if nothing was stored yet. */
export function readProfileId(state: State): string | undefined {
  const value = state.get(PROFILE_KEY);
  return isProfile(value) ? value.id : undefined;
}

/**
 * The folder for the files of this VS Code profile below `root`, which all profiles share. A sweep deletes the files of
 * accounts that its window does not know, so it must not see those of another profile. The ID is encoded, because stored
 * text must not become a path.
 */
export function profileFolderOf(root: string, state: State, log: Log): string {
  let id = readProfileId(state);
  if (id === undefined) {
    id = crypto.randomUUID();
    state
      .update(PROFILE_KEY, { id, migrated: false } satisfies Profile)
      .catch((error: unknown) => log('error', `The profile ID could not be stored: ${describeForLog(error)}`));
  }
  return path.join(root, `profile.${encodeURIComponent(id)}`);
}

function isProfile(value: unknown): value is Profile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    value.id !== '' &&
    'migrated' in value
  );
}
