import { ApiError } from '../../core/api/api-error.ts';
import type { Redactor } from '../../core/api/redaction.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { createDestination } from '../../core/destinations/create-destination.ts';
import type { Destination, Draft } from '../../core/model/destination.ts';
import { guessType } from '../../core/model/destination-types/index.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import {
  continueReplacement,
  parseReplaceState,
  type ReplaceState,
  startReplacement,
  undoReplacement,
} from '../../core/replacement/replace-destination.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { type UpdateOutcome, updateDestination } from '../../core/destinations/update-destination.ts';
import type { State } from '../host/ordered-state.ts';
import { REPLACEMENTS_KEY } from '../host/ids.ts';
import type { SecretStore } from './secret-store.ts';

/**
 * Writes drafts for the panel, the JSON editor and the commands: runs the core operation, updates the store, refreshes
 * the account, and updates the remembered secret. Errors of the core pass through.
 */
export type DestinationWriter = {
  /** Returns the new destination as Cloudflare describes it. */
  create(connection: Connection, draft: Draft, remember: boolean): Promise<Destination>;
  /** For a plan of kind rename or update. */
  update(target: Located, draft: Draft, remember: boolean): Promise<UpdateOutcome>;
  /** For a plan of kind replace, or after an ignored update. `onStep` is called after every step. */
  replace(
    target: Located,
    draft: Draft,
    remember: boolean,
    onStep?: (state: ReplaceState) => void,
    signal?: AbortSignal,
  ): Promise<ReplaceState>;
  /** Unfinished replacements, oldest first. They are persisted, so a window reload does not lose them. */
  unfinished(): readonly ReplaceState[];
  resume(
    connection: Connection,
    state: ReplaceState,
    onStep?: (state: ReplaceState) => void,
    signal?: AbortSignal,
  ): Promise<ReplaceState>;
  undo(
    connection: Connection,
    state: ReplaceState,
    onStep?: (state: ReplaceState) => void,
    signal?: AbortSignal,
  ): Promise<ReplaceState>;
  /** Deletes the persisted state of a replacement. Completed steps stay. */
  dismiss(state: ReplaceState): Promise<void>;
};

export function createDestinationWriter(
  store: Store,
  policies: PolicyStore,
  secrets: SecretStore,
  kept: State,
  redactor: Redactor,
): DestinationWriter {
  function readReplacements(): readonly ReplaceState[] {
    const all = kept.get(REPLACEMENTS_KEY);
    return (Array.isArray(all) ? all : []).flatMap((each) => parseReplaceState(each) ?? []);
  }

  async function keepReplacement(state: ReplaceState): Promise<void> {
    const others = readReplacements().filter(({ accountId, oldId }) => !isOf(state, accountId, oldId));
    const ended = state.phase === 'done' || state.phase === 'undone';
    await kept.update(REPLACEMENTS_KEY, ended ? others : [...others, state]);
  }

  function keeping(onStep: ((state: ReplaceState) => void) | undefined) {
    return async (state: ReplaceState): Promise<void> => {
      await keepReplacement(state);
      onStep?.(state);
    };
  }

  async function rememberDraft(accountId: string, destinationId: string, draft: Draft): Promise<void> {
    const inUrl = guessType(draft.url)?.secret === 'url';
    const before = await secrets.get(accountId, destinationId);
    const secret = draft.secret ?? before?.secret;
    await secrets.remember(accountId, destinationId, {
      ...(secret === undefined ? {} : { secret }),
      ...(inUrl ? { url: draft.url } : {}),
    });
  }

  /** Refreshes the account after success and failure, so that the view shows the state at Cloudflare. */
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
    create: async ({ account, api }, draft, remember) =>
      finish(account.id, async () => {
        hide(draft);
        const known = new Set(store.entry(account.id)?.state.last?.destinations.map(({ id }) => id));
        const id = await createDestination(api, account.id, draft, known);
        if (remember) {
          await rememberDraft(account.id, id, draft);
        }
        const destination = await api.getDestination(account.id, id).catch((error: unknown) => {
          // The destination exists, so a failed read must not look like a failed creation.
          if (error instanceof ApiError) {
            return { id, name: draft.name, type: guessType(draft.url)?.type ?? '', url: draft.url };
          }
          throw error;
        });
        store.putDestination(account.id, destination);
        return destination;
      }),
    update: async ({ connection: { account, api }, destination }, draft, remember) =>
      finish(account.id, async () => {
        hide(draft);
        const remembered = await secrets.get(account.id, destination.id);
        const outcome = await updateDestination(api, account.id, destination, draft, remembered?.secret);
        if (remember) {
          await rememberDraft(account.id, destination.id, draft);
        }
        store.putDestination(account.id, outcome.destination);
        return outcome;
      }),
    replace: async ({ connection: { account, api }, destination }, draft, remember, onStep, signal) =>
      finish(account.id, async () => {
        hide(draft);
        const known = store.entry(account.id)?.state.last?.destinations.map(({ id }) => id) ?? [destination.id];
        const begun = startReplacement(account.id, destination, draft, known);
        // Stored as soon as the destination exists, because a resumed replacement no longer has URL and secret.
        let remembered = !remember;
        const keep = keeping(onStep);
        const keepAndRemember = async (state: ReplaceState): Promise<void> => {
          await keep(state);
          if (!remembered && state.newId !== undefined) {
            remembered = true;
            await rememberDraft(account.id, state.newId, draft);
          }
        };
        const done = await continueReplacement(api, begun, draft, keepAndRemember, signal);
        await secrets.forget(account.id, destination.id);
        return done;
      }),
    unfinished: readReplacements,
    resume: async ({ account, api }, state, onStep, signal) =>
      finish(account.id, async () => {
        const done = await continueReplacement(api, state, undefined, keeping(onStep), signal);
        await secrets.forget(account.id, state.oldId);
        return done;
      }),
    undo: async ({ account, api }, state, onStep, signal) =>
      finish(account.id, async () => {
        const done = await undoReplacement(api, state, keeping(onStep), signal);
        if (state.newId !== undefined) {
          await secrets.forget(account.id, state.newId);
        }
        return done;
      }),
    dismiss: async ({ accountId, oldId }) => {
      await kept.update(
        REPLACEMENTS_KEY,
        readReplacements().filter((each) => !isOf(each, accountId, oldId)),
      );
    },
  };
}

function isOf(state: ReplaceState, accountId: string, oldId: string): boolean {
  return state.accountId === accountId && state.oldId === oldId;
}
