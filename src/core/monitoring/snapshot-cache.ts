import * as v from 'valibot';
import type { Snapshot } from './store.ts';

/**
 * The value of one SecretStorage entry: what was last read of one account, for the other windows and the next session.
 * It holds URLs, which are credentials.
 */
type SharedSnapshot = Snapshot & { readonly version: 1 };

const KEY_PREFIX = 'cloudflareWebhooks.snapshot.';

export function snapshotKey(accountId: string): string {
  return `${KEY_PREFIX}${accountId}`;
}

/** The account whose snapshot stands under this key; undefined for other keys. */
export function accountOfSnapshotKey(key: string): string | undefined {
  return key.startsWith(KEY_PREFIX) ? key.slice(KEY_PREFIX.length) : undefined;
}

const text = v.string();
const timestamp = v.exactOptional(text);

const schema = v.object({
  version: v.literal(1),
  /** Milliseconds since the epoch. */
  at: v.number(),
  destinations: v.array(
    v.object({
      id: text,
      name: text,
      type: text,
      url: text,
      createdAt: timestamp,
      lastSuccess: timestamp,
      lastFailure: timestamp,
    }),
  ),
});

export function toSnapshotRecord({ at, destinations }: Snapshot): string {
  return JSON.stringify({ version: 1, at, destinations } satisfies SharedSnapshot);
}

/** Undefined where it is missing, malformed or of a newer version. */
export function parseSnapshotRecord(value: string | undefined): Snapshot | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), value);
  return result.success ? result.output : undefined;
}
