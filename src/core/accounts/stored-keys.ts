/**
 * The keys in SecretStorage. All VS Code profiles share one SecretStorage, so each profile has a namespace:
 * `cloudflareWebhooks.profile.<profile>.<kind>.…`. Earlier versions wrote `cloudflareWebhooks.<kind>.…` for all profiles.
 */
const PREFIX = 'cloudflareWebhooks.';
const PROFILE_PREFIX = `${PREFIX}profile.`;

/** When the first profile was migrated, in milliseconds since the epoch; shared by all profiles. */
export const MIGRATED_AT_KEY = `${PREFIX}migratedAt`;

/** How long records of earlier versions stay for profiles that have not been opened since, in milliseconds. */
const LEGACY_LIFETIME = 30 * 86_400_000;

export type RecordKind = 'token' | 'secret' | 'draft' | 'snapshot';

const KINDS: readonly RecordKind[] = ['token', 'secret', 'draft', 'snapshot'];

/** A record of ours: `key` is without the namespace. `profile` is absent for one of an earlier version. */
export type StoredKey = {
  readonly raw: string;
  readonly key: string;
  readonly kind: RecordKind;
  /** What follows the kind: the ID of a token, a draft or an account, or `<account>.<destination>`. */
  readonly subject: string;
  readonly profile?: string;
};

/** The key of a record in the namespace of a profile. */
export function toProfileKey(profile: string, key: string): string {
  return key.startsWith(PREFIX) ? `${PROFILE_PREFIX}${profile}.${key.slice(PREFIX.length)}` : key;
}

/** What a key stands for; undefined for one that is not the key of a record. */
export function parseStoredKey(raw: string): StoredKey | undefined {
  const profile = raw.startsWith(PROFILE_PREFIX) ? (raw.slice(PROFILE_PREFIX.length).split('.')[0] ?? '') : undefined;
  const key = profile === undefined ? raw : `${PREFIX}${raw.slice(PROFILE_PREFIX.length + profile.length + 1)}`;
  const kind = KINDS.find((each) => key.startsWith(`${PREFIX}${each}.`));
  if (kind === undefined) {
    return undefined;
  }
  const subject = key.slice(PREFIX.length + kind.length + 1);
  return { raw, key, kind, subject, ...(profile === undefined ? {} : { profile }) };
}

/** What the remembered accounts of a profile say is in use. */
export type InUse = { readonly accountIds: ReadonlySet<string>; readonly tokenIds: ReadonlySet<string> };

/** Whether a record belongs to the accounts of a profile. A draft belongs to any: it names no account. */
export function isInUse({ kind, subject }: StoredKey, { accountIds, tokenIds }: InUse): boolean {
  switch (kind) {
    case 'token':
      return tokenIds.has(subject);
    case 'secret':
      return accountIds.has(subject.split('.')[0] ?? '');
    case 'snapshot':
      // Earlier versions cached what they had read here.
      return false;
    case 'draft':
      return true;
    default:
      return kind satisfies never;
  }
}

/** The account and destination of a remembered secret. */
export function destinationOf({ subject }: StoredKey): { readonly accountId: string; readonly destinationId: string } {
  const [accountId = '', ...rest] = subject.split('.');
  return { accountId, destinationId: rest.join('.') };
}

/** Whether every profile has had the time to migrate, so that records of earlier versions can be deleted. */
export function isLegacyOver(migratedAt: string | undefined, now: number): boolean {
  const at = Number(migratedAt);
  return migratedAt !== undefined && Number.isFinite(at) && now - at > LEGACY_LIFETIME;
}

/** When each draft was first seen by a sweep, in milliseconds since the epoch. Holds no content. */
export type DraftsSeen = Readonly<Record<string, number>>;

/** A panel in a window that is not open can still restore its draft, but not forever. */
const DRAFT_LIFETIME = 30 * 86_400_000;
const MOST_DRAFTS = 50;

/**
 * The drafts that no panel will restore any more, by age and number, and what is to be remembered of the others. Written
 * with IDs as own properties only: an ID could be `__proto__`.
 */
export function findOldDrafts(
  drafts: readonly StoredKey[],
  before: DraftsSeen,
  now: number,
): { readonly old: readonly StoredKey[]; readonly seen: DraftsSeen } {
  const dated = drafts.map((draft) => ({
    draft,
    at: Object.hasOwn(before, draft.subject) ? (before[draft.subject] ?? now) : now,
  }));
  const kept = dated
    .filter(({ at }) => now - at <= DRAFT_LIFETIME)
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MOST_DRAFTS);
  const isKept = new Set(kept.map(({ draft }) => draft.raw));
  return {
    old: drafts.filter(({ raw }) => !isKept.has(raw)),
    seen: Object.fromEntries(kept.map(({ draft, at }) => [draft.subject, at])),
  };
}
