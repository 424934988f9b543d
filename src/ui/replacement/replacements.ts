import type { Redactor } from '../../core/api/redaction.ts';
import type { Host } from '../../core/api/transport.ts';
import type { Leases } from '../../core/async/lease.ts';
import type { SharedFiles } from '../../core/async/shared-files.ts';
import type { Turns } from '../../core/policies/turns.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { sha256 } from '../../core/destinations/fingerprint.ts';
import { rememberDraft } from '../../core/destinations/remembered-secret.ts';
import type { Draft } from '../../core/model/destination.ts';
import { connectionNow } from '../../core/monitoring/connection-now.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import { createReplacementController, type Look, type StepOptions } from '../../core/replacement/controller.ts';
import { createReplacementRecords } from '../../core/replacement/records.ts';
import type { RunEnd } from '../../core/replacement/run.ts';
import { keyOfReplacement, type Replacement, type Step } from '../../core/replacement/state.ts';
import { REPLACEMENT_SUFFIX } from '../host/ids.ts';
import type { SecretStore } from '../destinations/secret-store.ts';

/** What a view watches while a replacement runs. */
export type RunningOptions = {
  readonly onState?: (state: Replacement) => void;
  readonly signal?: AbortSignal;
  /** The destination the user took for the new one, for the step `adopt`. */
  readonly candidateId?: string;
};

/**
 * Replacements, for every view: the controller of the core, and what follows from its steps in this window. All throw what
 * the controller throws, and `AccountRemovedError`: a step may be taken long after it was offered.
 */
export type Replacements = {
  unfinished(): Promise<readonly Replacement[]>;
  /** Undefined where the replacement has ended. */
  look(connection: Connection, key: string): Promise<Look | undefined>;
  start(target: Located, draft: Draft, options: RunningOptions & { readonly remember: boolean }): Promise<RunEnd>;
  /** Called when the new destination takes the place of the old one, before the old one leaves the store. Returns what ends it. */
  onReplaced(listener: (accountId: string, oldId: string, newId: string) => void): () => void;
  /** Throws where a replacement that has not ended needs the destination: see the controller. */
  checkFree(target: Located): Promise<void>;
  take(step: Exclude<Step, 'retry'>, connection: Connection, key: string, options?: RunningOptions): Promise<RunEnd>;
};

export type ReplacementsServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly redactor: Redactor;
  readonly host: Host & Turns;
  readonly leases: Leases;
  readonly sharedFiles: SharedFiles;
};

/** A draft, and whether the user wants its secret remembered. */
type Given = { readonly draft: Draft; readonly remember: boolean };

export function createReplacements(services: ReplacementsServices): Replacements {
  const { store, policies, secrets, redactor, host, leases, sharedFiles } = services;
  const controller = createReplacementController({
    records: createReplacementRecords(sharedFiles, REPLACEMENT_SUFFIX),
    leases,
    host: { ...host, digest: sha256 },
    makeSalt: () => crypto.randomUUID(),
  });
  const listeners = new Set<Parameters<Replacements['onReplaced']>[0]>();
  /** Drafts of replacements that were started in this window: URL and secret are never persisted. */
  const drafts = new Map<string, Given>();

  /** Runs a replacement. The store follows each step, so that no refresh in flight brings a deleted destination back. */
  async function run(
    key: string,
    accountId: string,
    { started, ...options }: RunningOptions & { readonly started?: Given },
    work: (options: Pick<StepOptions, 'draft' | 'onState'>) => Promise<RunEnd>,
  ): Promise<RunEnd> {
    const given = started ?? drafts.get(key);
    let remembered: string | undefined;
    try {
      const end = await work({
        draft: given?.draft,
        async onState(state) {
          const { newId, oldId, stage } = state;
          if (started) {
            // Only now: a start that is refused must leave the draft of the replacement that it met.
            drafts.set(key, started);
          }
          if (given?.remember && newId !== undefined && newId !== remembered) {
            remembered = newId;
            // Removing an account deletes its secrets, so none is stored for it afterwards.
            if (store.entry(accountId)) {
              await secrets.remember(accountId, newId, rememberDraft(undefined, given.draft));
            }
          }
          if (stage === 'finishing') {
            if (newId !== undefined) {
              listeners.forEach((listener) => listener(accountId, oldId, newId));
            }
            store.removeDestination(accountId, oldId);
          }
          if (stage === 'closing' && newId !== undefined) {
            store.removeDestination(accountId, newId);
          }
          options.onState?.(state);
        },
      });
      drafts.delete(key);
      await forgetDeleted(end);
      return end;
    } finally {
      policies.forget([accountId]);
      await store.refresh([accountId]);
    }
  }

  async function forgetDeleted({ ending, state: { accountId, oldId, newId, origin } }: RunEnd): Promise<void> {
    if (ending === 'done') {
      await secrets.forget(accountId, oldId);
    }
    if (ending === 'undone' && newId !== undefined && origin !== 'confirmed') {
      await secrets.forget(accountId, newId);
    }
  }

  return {
    unfinished: async () => controller.unfinished(),
    onReplaced(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look: async (connection, key) => controller.look(connectionNow(store, connection).api, key),
    async start({ connection, destination }, draft, options) {
      const { account, api } = connectionNow(store, connection);
      for (const each of [draft.url, draft.secret]) {
        if (each) {
          redactor.remember(each);
        }
      }
      const key = keyOfReplacement({ accountId: account.id, oldId: destination.id });
      return run(key, account.id, { ...options, started: { draft, remember: options.remember } }, async (given) =>
        controller.start({
          ...given,
          api,
          accountId: account.id,
          old: destination,
          draft,
          signal: options.signal,
        }),
      );
    },
    checkFree: async ({ connection: { account, api }, destination }) =>
      controller.checkFree(api, account.id, destination.id),
    async take(step, connection, key, options = {}) {
      const { account, api } = connectionNow(store, connection);
      return run(key, account.id, options, async (given) =>
        controller.take(step, {
          ...given,
          api,
          key,
          signal: options.signal,
          ...(options.candidateId === undefined ? {} : { candidateId: options.candidateId }),
        }),
      );
    },
  };
}
