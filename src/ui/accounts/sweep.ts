import * as v from 'valibot';
import { parseRememberedAccounts, toInUse } from '../../core/accounts/remembered-accounts.ts';
import {
  destinationOf,
  findOldDrafts,
  isInUse,
  isLegacyOver,
  MIGRATED_AT_KEY,
  parseStoredKey,
  type StoredKey,
} from '../../core/accounts/stored-keys.ts';
import type { Services } from '../../services.ts';
import { ACCOUNTS_KEY } from '../host/ids.ts';

const DRAFTS_SEEN_KEY = 'draftsSeen';
const draftsSeenSchema = v.fallback(v.record(v.string(), v.number()), {});

export type SweepServices = Pick<Services, 'context' | 'allSecrets' | 'state' | 'store' | 'connections' | 'host'>;

/**
 * Deletes stored records that nothing uses: tokens and secrets of removed accounts, and secrets of destinations that
 * were deleted elsewhere. Also deletes abandoned drafts and records of earlier versions. `before`: the records that
 * were unused earlier. Newer unused records are kept, because another window may be adding their account. Returns the
 * number of deleted records.
 */
export async function sweep(services: SweepServices, before: ReadonlySet<string>): Promise<number> {
  const { context, allSecrets, state, host } = services;
  const unused = (await findUnused(services)).filter(({ raw }) => before.has(raw));
  const drafts = (await context.secrets.keys()).flatMap((key) => parseStoredKey(key) ?? []).filter(isDraft);
  const { old, seen } = findOldDrafts(drafts, v.parse(draftsSeenSchema, state.get(DRAFTS_SEEN_KEY)), host.now());
  for (const { key } of [...unused, ...old]) {
    await context.secrets.delete(key);
  }
  if (JSON.stringify(seen) !== JSON.stringify(state.get(DRAFTS_SEEN_KEY) ?? {})) {
    await state.update(DRAFTS_SEEN_KEY, seen);
  }
  const legacy = isLegacyOver(await allSecrets.get(MIGRATED_AT_KEY), host.now())
    ? (await allSecrets.keys()).flatMap((raw) => parseStoredKey(raw) ?? []).filter(({ profile }) => !profile)
    : [];
  for (const { raw } of legacy) {
    await allSecrets.delete(raw);
  }
  if (legacy.length > 0) {
    await allSecrets.delete(MIGRATED_AT_KEY);
  }
  const count = unused.length + old.length + legacy.length;
  if (count > 0) {
    host.log('info', `Unused records deleted: ${count}`);
  }
  return count;
}

/** Finds the records of this profile that no account uses. Empty if the list of accounts cannot be read. */
export async function findUnused({ context, state, store, connections }: SweepServices): Promise<readonly StoredKey[]> {
  const accounts = parseRememberedAccounts(state.get(ACCOUNTS_KEY) ?? []);
  if (!accounts) {
    return [];
  }
  const inUse = toInUse(accounts);
  const isGone = (record: StoredKey): boolean => {
    const { accountId, destinationId } = destinationOf(record);
    const entry = store.entry(accountId);
    return (
      record.kind === 'secret' &&
      entry?.state.kind === 'ready' &&
      // A snapshot of an earlier session may be older than the secret. A malformed entry may be the destination.
      entry.state.last.at >= connections.startedAt &&
      !entry.state.last.skipped &&
      !entry.state.last.destinations.some(({ id }) => toComparable(id) === toComparable(destinationId))
    );
  };
  return (await context.secrets.keys())
    .flatMap((key) => parseStoredKey(key) ?? [])
    .filter((record) => !isInUse(record, inUse) || isGone(record));
}

/** Cloudflare writes IDs with and without dashes. */
function toComparable(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

function isDraft({ kind }: StoredKey): boolean {
  return kind === 'draft';
}
