import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { RememberedSecret } from '../../core/destinations/remembered-secret.ts';
import type { Redactor } from '../../core/api/redaction.ts';
import type { Log } from '../../core/api/transport.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { keyOfDestination } from '../../core/model/id.ts';

/** Secrets of destinations that the user chose to remember, in SecretStorage. No method rejects. */
export type SecretStore = {
  get(accountId: string, destinationId: string): Promise<RememberedSecret | undefined>;
  /** `false`: SecretStorage could not store it. */
  remember(accountId: string, destinationId: string, remembered: RememberedSecret): Promise<boolean>;
  forget(accountId: string, destinationId: string): Promise<void>;
  /** Notes that the URL or the secret of a destination may have changed, also where nothing is remembered of it. */
  noteChange(accountId: string, destinationId: string): void;
  /** How many changes of the URL, the secret or what is remembered of it this window has made. */
  changesOf(accountId: string, destinationId: string): number;
  /** Deletes all remembered secrets of an account's destinations. `false`: SecretStorage failed. */
  forgetAccount(accountId: string): Promise<boolean>;
};

const schema = v.object({
  version: v.literal(1),
  secret: v.exactOptional(v.string()),
  url: v.exactOptional(v.string()),
});

function keyOf(accountId: string, destinationId: string): string {
  return `cloudflareWebhooks.secret.${keyOfDestination(accountId, destinationId)}`;
}

/** The keys that a secret can have: earlier versions used the ID as Cloudflare had written it. */
function keysOf(accountId: string, destinationId: string): readonly string[] {
  const key = keyOf(accountId, destinationId);
  const earlier = `${keyOf(accountId, '')}${destinationId}`;
  return key === earlier ? [key] : [key, earlier];
}

export function createSecretStore(secrets: vscode.SecretStorage, redactor: Redactor, log: Log): SecretStore {
  const orElse =
    <T>(fallback: T) =>
    (error: unknown): T => {
      log('error', `SecretStorage failed for a remembered secret: ${describeForLog(error)}`);
      return fallback;
    };

  /** By destination, in memory: a secret that is not remembered leaves no trace in SecretStorage. */
  const changes = new Map<string, number>();
  const changesOf = (accountId: string, destinationId: string): number =>
    changes.get(keyOf(accountId, destinationId)) ?? 0;
  function noteChange(accountId: string, destinationId: string): void {
    changes.set(keyOf(accountId, destinationId), changesOf(accountId, destinationId) + 1);
  }

  function keepOutOfLogs({ secret, url }: RememberedSecret): void {
    for (const each of [secret, url]) {
      if (each) {
        redactor.remember(each);
      }
    }
  }

  return {
    noteChange,
    changesOf,
    async get(accountId, destinationId) {
      const values = keysOf(accountId, destinationId).map(async (key) => secrets.get(key));
      const value = (await Promise.all(values).catch(orElse([]))).find((each) => each !== undefined);
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), value);
      if (!parsed.success) {
        return undefined;
      }
      const { secret, url } = parsed.output;
      const remembered = { ...(secret === undefined ? {} : { secret }), ...(url === undefined ? {} : { url }) };
      keepOutOfLogs(remembered);
      return remembered;
    },
    async remember(accountId, destinationId, remembered) {
      noteChange(accountId, destinationId);
      keepOutOfLogs(remembered);
      const value = JSON.stringify({ version: 1, ...remembered });
      const stored = Promise.resolve(secrets.store(keyOf(accountId, destinationId), value));
      return stored.then(() => true).catch(orElse(false));
    },
    async forget(accountId, destinationId) {
      noteChange(accountId, destinationId);
      const keys = keysOf(accountId, destinationId);
      await Promise.all(keys.map(async (key) => secrets.delete(key))).catch(orElse(undefined));
    },
    async forgetAccount(accountId) {
      const prefix = keyOf(accountId, '');
      try {
        const ours = (await secrets.keys()).filter((key) => key.startsWith(prefix));
        await Promise.all(ours.map(async (key) => secrets.delete(key)));
        return true;
      } catch (error) {
        return orElse(false)(error);
      }
    },
  };
}
