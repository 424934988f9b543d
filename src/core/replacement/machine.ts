import { ApiError, isNotFound, isUncertain } from '../api/api-error.ts';
import { isSettling, SETTLING_TIME } from '../api/deadlines.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { swapDestination, usesDestination } from '../model/policy.ts';
import { changePolicy } from '../policies/change-policy.ts';
import { UncertainCreationError } from '../destinations/create-destination.ts';
import { DestinationGoneError } from './errors.ts';
import type { Digest } from '../destinations/fingerprint.ts';
import { lookForCreation, presenceOf } from './observe.ts';
import type { Draft } from '../model/destination.ts';
import { type Pending, type Replacement, TRANSITIONS } from './state.ts';

export type MachineOptions = {
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & { readonly digest: Digest };
  /** Writes the state before the next step. Rejects where this run no longer owns the replacement; then nothing is sent. */
  readonly persist: (state: Replacement) => Promise<void>;
  /** Looked at between two steps. A mutation that was sent is always waited for. */
  readonly signal?: AbortSignal | undefined;
};

/** One replacement in progress: its state, and the only ways to change it. */
export type Machine = {
  state(): Replacement;
  /** Persists changes. Throws where the stage may not follow the present one. */
  advance(changes: Partial<Replacement>): Promise<void>;
  /** Creates the new destination. Throws what the creation throws; the mutation stays pending where that is uncertain. */
  create(draft: Draft): Promise<void>;
  /** Deletes one of the two destinations, and waits until it is gone. */
  remove(which: 'old' | 'new'): Promise<void>;
  /** Waits until a pending mutation has taken effect, or can no longer. */
  settle(): Promise<void>;
  /** Throws {@link DestinationGoneError} unless the destination exists, and `ApiError` where it cannot be read. */
  requireExists(which: 'old' | 'new'): Promise<void>;
  /** Moves one policy from a destination to another; a policy that was deleted in the meantime is skipped. */
  movePolicy(policyId: string, from: string, to: string): Promise<void>;
  throwIfCanceled(): void;
};

type SendOptions<T> = {
  readonly effect?: (result: T) => Partial<Replacement>;
  readonly isSent?: () => boolean;
};

/** Between two looks at a pending mutation, in milliseconds. */
const PAUSE = 1000;
const BRIEF_LOOKS = 3;

export function createMachine(from: Replacement, { api, host, persist, signal }: MachineOptions): Machine {
  let state = from;
  const { accountId } = from;

  async function advance(changes: Partial<Replacement>): Promise<void> {
    const { stage } = changes;
    if (stage !== undefined && stage !== state.stage && !TRANSITIONS[state.stage].includes(stage)) {
      throw new Error(`A replacement cannot go from ${state.stage} to ${stage}`);
    }
    state = { ...state, ...changes };
    await persist(state);
  }

  async function clearPending(changes: Partial<Replacement> = {}): Promise<void> {
    const { pending: _pending, ...rest } = state;
    state = rest;
    await advance(changes);
  }

  /** Clears the pending mutation where its effect is visible. */
  async function seesEffect(): Promise<boolean> {
    const effect = await effectOf(state.pending);
    if (effect) {
      await clearPending(effect);
    }
    return effect !== undefined;
  }

  /** What a visible effect changes in the state; undefined while there is none. */
  async function effectOf(pending: Pending | undefined): Promise<Partial<Replacement> | undefined> {
    if (!pending) {
      return {};
    }
    switch (pending.kind) {
      case 'create': {
        const { certain, candidates } = await lookForCreation(api, state, host.digest);
        if (candidates.length > 0) {
          throw new UncertainCreationError(candidates);
        }
        return certain && { newId: certain.id, origin: 'matched', stage: 'moving' };
      }
      case 'policy': {
        const { policyId = '', to = '' } = pending;
        const policy = await api.getPolicy(accountId, policyId).catch((error: unknown) => {
          if (isNotFound(error)) {
            return undefined;
          }
          throw error;
        });
        return !policy || usesDestination(policy, to) ? {} : undefined;
      }
      case 'deleteOld':
        return (await isGone(state.oldId)) ? { stage: 'finishing' } : undefined;
      case 'deleteNew':
        return (await isGone(state.newId ?? '')) ? { stage: 'closing' } : undefined;
      default:
        return pending.kind satisfies never;
    }
  }

  async function isGone(destinationId: string): Promise<boolean> {
    return (await presenceOf(api, accountId, destinationId)) === 'gone';
  }

  /**
   * Sends one mutation, persisted as pending before. Once its outcome is known, what it changes is persisted in the same
   * write that clears it. `isSent` tells after a failure whether the mutation itself was sent.
   */
  async function send<T>(
    pending: Omit<Pending, 'sentAt'>,
    call: () => Promise<T>,
    { effect = () => ({}), isSent = () => true }: SendOptions<T> = {},
  ): Promise<void> {
    throwIfCanceled();
    await advance({ pending: { ...pending, sentAt: host.now() } });
    try {
      await clearPending(effect(await call()));
    } catch (error) {
      if (state.pending && (!isSent() || !isUncertain(error))) {
        await clearPending();
      }
      throw error;
    }
  }

  /** A cancellation is ignored once a destination was deleted: policies that still name it would receive nothing. */
  function throwIfCanceled(): void {
    if (state.stage !== 'finishing' && state.stage !== 'closing') {
      signal?.throwIfAborted();
    }
  }

  async function settleBriefly(error: unknown): Promise<void> {
    for (let look = 0; look < BRIEF_LOOKS; look += 1) {
      if (await seesEffect()) {
        return;
      }
      await host.sleep(PAUSE);
    }
    throw error;
  }

  async function settle(): Promise<void> {
    for (let slept = 0; state.pending; slept += PAUSE) {
      const isOver = slept >= SETTLING_TIME || !isSettling(state.pending.sentAt, host.now());
      const seen = await seesEffect().catch((error: unknown) => {
        // A look that fails says nothing, unless it is the last one or only the user can tell.
        if (isOver || error instanceof UncertainCreationError) {
          throw error;
        }
        return false;
      });
      if (seen) {
        return;
      }
      if (isOver) {
        await clearPending();
        return;
      }
      await host.sleep(PAUSE, signal);
    }
  }

  return {
    state: () => state,
    advance,
    settle,
    async create(draft) {
      try {
        await send({ kind: 'create' }, async () => api.createDestination(accountId, draft), {
          effect: (newId) => ({ newId, origin: 'created', stage: 'moving' }),
        });
      } catch (error) {
        if (!state.pending) {
          throw error;
        }
        await settleBriefly(error);
      }
    },
    async remove(which) {
      const id = which === 'old' ? state.oldId : (state.newId ?? '');
      const stage = which === 'old' ? 'finishing' : 'closing';
      const kind = which === 'old' ? 'deleteOld' : 'deleteNew';
      try {
        await send({ kind }, async () => api.deleteDestination(accountId, id), { effect: () => ({ stage }) });
      } catch (error) {
        if (state.pending) {
          await settleBriefly(error);
        } else if (error instanceof ApiError && error.kind === 'notFound' && (await isGone(id))) {
          await advance({ stage });
        } else {
          throw error;
        }
      }
    },
    async requireExists(which) {
      const id = which === 'old' ? state.oldId : (state.newId ?? '');
      const presence = await presenceOf(api, accountId, id);
      if (presence === 'gone') {
        throw new DestinationGoneError(which);
      }
      if (presence === 'unknown') {
        // Read once more for its error.
        await api.getDestination(accountId, id);
      }
    },
    async movePolicy(policyId, fromId, toId) {
      let isSent = false;
      await send(
        { kind: 'policy', policyId, to: toId },
        async () =>
          changePolicy({
            api,
            host,
            accountId,
            policyId,
            change(policy) {
              isSent = true;
              return swapDestination(policy, fromId, toId);
            },
            isChanged: (policy) => !usesDestination(policy, fromId),
          }),
        { isSent: () => isSent },
      );
    },
    throwIfCanceled,
  };
}
