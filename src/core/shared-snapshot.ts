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

const schema = v.object({
  version: v.literal(1),
  /** Milliseconds since the epoch. */
  at: v.number(),
  destinations: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      type: v.string(),
      url: v.string(),
      createdAt: v.exactOptional(v.string()),
      lastSuccess: v.exactOptional(v.string()),
      lastFailure: v.exactOptional(v.string()),
    }),
  ),
});

export function toSnapshotRecord({ at, destinations }: Snapshot): string {
  return JSON.stringify({ version: 1, at, destinations } satisfies SharedSnapshot);
}

/** Undefined where it is missing, malformed or of a newer version. */
export function parseSnapshotRecord(value: string | undefined): Snapshot | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), value);
  return result.success ? { at: result.output.at, destinations: result.output.destinations } : undefined;
}
