import { ApiError } from '../../core/api/api-error.ts';
import type { Redactor } from '../../core/api/redaction.ts';
import type { Host } from '../../core/api/transport.ts';
import type { UnansweredUpdates } from '../../core/api/unanswered.ts';
import type { Leases } from '../../core/async/lease.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { createDestination, type UnansweredCreations } from '../../core/destinations/create-destination.ts';
import { sha256 } from '../../core/destinations/fingerprint.ts';
import {
  keepUnlessOutdated,
  rememberDraft,
  type RememberedSecret,
  rememberUpdate,
} from '../../core/destinations/remembered-secret.ts';
import {
  type UpdateOutcome,
  type UpdateProgress,
  updateDestination,
} from '../../core/destinations/update-destination.ts';
import type { Destination, Draft } from '../../core/model/destination.ts';
import { planChange } from '../../core/model/plan.ts';
import { guessType } from '../../core/model/destination-types/index.ts';
import { keyOfDestination } from '../../core/model/id.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { AccountRemovedError, connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { SecretStore } from './secret-store.ts';

/**
 * Saves drafts for the panel, the JSON editor and the commands. It runs the core operation, updates the store,
 * refreshes the account, and persists the secrets to remember. Sends with the token that the account has then: a question may
 * have been open for long. Throws `AccountRemovedError`; errors of the core pass through.
 */
export type DestinationWriter = {
  /** Returns the new destination as Cloudflare describes it. */
  create(connection: Connection, draft: Draft, remember: boolean): Promise<Destination>;
  /** For a plan of kind rename or update. `target` is the destination as the user saw it. */
  update(target: Located, draft: Draft, remember: boolean): Promise<UpdateOutcome>;
  /** Whether a remembered secret of this destination was forgotten, since the answer to its change was lost in this window. */
  hasForgotten(target: Located): boolean;
};

export type DestinationWriterServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly redactor: Redactor;
  readonly host: Host;
  readonly leases: Leases;
  readonly unansweredCreations: UnansweredCreations;
  readonly unansweredUpdates: UnansweredUpdates<Destination>;
};

export function createDestinationWriter(services: DestinationWriterServices): DestinationWriter {
  const { store, policies, secrets, redactor, host, leases } = services;
  /** Keys of destinations whose secret was remembered until the answer to its change was lost. */
  const forgotten = new Set<string>();
  const operationHost = { now: host.now, sleep: host.sleep, digest: sha256, makeSalt: () => crypto.randomUUID() };

  /** Refreshes the account after success and failure, so that the view shows the current state. */
  async function finish<T>(accountId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      policies.forget([accountId]);
      await store.refresh([accountId]);
    }
  }

  function hide({ url, secret }: Draft): void {
    for (const each of [url, secret]) {
      if (each) {
        redactor.remember(each);
      }
    }
  }

  return {
    hasForgotten: ({ connection, destination }) =>
      forgotten.has(keyOfDestination(connection.account.id, destination.id)),
    create: async (connection, draft, remember) =>
      finish(connection.account.id, async () => {
        hide(draft);
        const { account } = connectionNow(store, connection);
        const id = await createDestination(
          withApiNow(store, connection, {
            host: operationHost,
            accountId: account.id,
            draft,
            unanswered: services.unansweredCreations,
          }),
        );
        // Removing an account deletes its secrets, so none is stored for it afterwards.
        if (remember && store.entry(account.id)) {
          await secrets.remember(account.id, id, rememberDraft(undefined, draft));
        }
        const fetch = async (): Promise<Destination> =>
          connectionNow(store, connection).api.getDestination(account.id, id);
        const destination = await fetch().catch((error: unknown) => {
          // The destination exists: a failure to read it back must not look like a failed creation.
          if (error instanceof ApiError || error instanceof AccountRemovedError) {
            return { id, name: draft.name, type: guessType(draft.url)?.type ?? '', url: draft.url };
          }
          throw error;
        });
        store.putDestination(account.id, destination);
        return destination;
      }),
    update: async ({ connection, destination }, draft, remember) =>
      finish(connection.account.id, async () => {
        hide(draft);
        const { account } = connectionNow(store, connection);
        const isRename = planChange(destination, draft).differences.every((each) => each === 'name');
        /** Before and after: a secret that is collected while the update is being sent is outdated too. */
        const noteChange = (): void => {
          if (!isRename) {
            secrets.noteChange(account.id, destination.id);
          }
        };
        noteChange();
        const remembered = await secrets.get(account.id, destination.id);
        let stored = remembered;
        const follow = async (after: RememberedSecret | undefined): Promise<void> => {
          if (after !== stored) {
            stored = after;
            if (!after) {
              await secrets.forget(account.id, destination.id);
            } else if (store.entry(account.id)) {
              // Removing an account deletes its secrets, so none is stored for it afterwards.
              await secrets.remember(account.id, destination.id, after);
            }
          }
        };
        /** The remembered secret must never be outdated, because the next rename would send it. */
        const keep = async (sent: Draft, progress: UpdateProgress): Promise<void> =>
          follow(
            progress === 'refused'
              ? remembered
              : progress === 'accepted' && remember
                ? rememberUpdate(remembered, sent)
                : keepUnlessOutdated(remembered, destination, sent),
          );
        const key = keyOfDestination(account.id, destination.id);
        const lease = await leases.acquire(key);
        try {
          const outcome = await updateDestination(
            withApiNow(store, connection, {
              host,
              unanswered: services.unansweredUpdates,
              accountId: account.id,
              seen: destination,
              draft,
              remembered,
              onProgress: async (progress) => keep(draft, progress),
            }),
          );
          if (outcome.ignored.includes('url')) {
            await keep({ ...draft, url: outcome.destination.url }, 'accepted');
          }
          forgotten.delete(key);
          store.putDestination(account.id, outcome.destination);
          return outcome;
        } catch (error) {
          if (remembered && !stored) {
            forgotten.add(key);
          }
          throw error;
        } finally {
          noteChange();
          // A lease that cannot be released expires by itself.
          await lease.release().catch(() => undefined);
        }
      }),
  };
}
