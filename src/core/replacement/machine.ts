import { isSettling, SETTLING_TIME } from '../api/deadlines.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { isNotFound, isUncertain } from '../api/api-error.ts';
import type { Turns } from '../policies/turns.ts';
import { isSameId } from '../model/id.ts';
import { restoreDestinationIn, swapDestination, usesDestination } from '../model/policy.ts';
import { changePolicy, type PolicyOutcome } from '../policies/change-policy.ts';
import { UncertainCreationError } from '../destinations/create-destination.ts';
import { DestinationGoneError } from './errors.ts';
import { type Digest, findCreation } from '../destinations/fingerprint.ts';
import type { Draft } from '../model/destination.ts';
import { type MovedPolicy, type Pending, type Replacement, TRANSITIONS } from './state.ts';

export type MachineOptions = {
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns & { readonly digest: Digest };
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
  /** Whether Cloudflare says that the destination does not exist. `false` where it cannot be read. */
  isGone(which: Which): Promise<boolean>;
  /** Deletes one of the two destinations, and waits until it is gone. */
  remove(which: Which): Promise<void>;
  /** Waits until a pending mutation has taken effect, or can no longer. */
  settle(): Promise<void>;
  /** Throws {@link DestinationGoneError} unless the destination exists, and `ApiError` where it cannot be read. */
  requireExists(which: Which): Promise<void>;
  /**
   * Moves one policy from a destination to another. A policy that no longer has it is left alone, unless it was cut out.
   * Resolves with whether this call changed the policy.
   */
  movePolicy(move: Move): Promise<boolean>;
  throwIfCanceled(): void;
};

/** `isCut`: Cloudflare took the destination `from` out of the policy when it was deleted. */
export type Move = { readonly policyId: string; readonly from: string; readonly to: string; readonly isCut?: boolean };

/** One of the two destinations of a replacement. */
export type Which = 'old' | 'new';

/** The mutation that deletes a destination, and the stage once it is gone. */
const DELETIONS = {
  old: { kind: 'deleteOld', stage: 'finishing' },
  new: { kind: 'deleteNew', stage: 'closing' },
} as const;

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

  function markPolicy(policyId: string | undefined, mark: MovedPolicy['mark']): MovedPolicy[] {
    return state.policies.map(({ mark: before, ...each }) => {
      const now = each.id === policyId ? mark : before;
      return now ? { ...each, mark: now } : each;
    });
  }

  /** Clears the pending mutation where its effect is visible. */
  async function seesEffect(pending: Pending): Promise<boolean> {
    const effect = await effectOf(pending);
    if (effect) {
      await clearPending(effect);
    }
    return effect !== undefined;
  }

  /** What a visible effect changes in the state; undefined while there is none. */
  async function effectOf(pending: Pending): Promise<Partial<Replacement> | undefined> {
    switch (pending.kind) {
      case 'create': {
        const { certain, candidates } = await findCreation(state, await api.listDestinations(accountId), host.digest);
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
        const other = isSameId(to, state.oldId) ? idOf('new') : state.oldId;
        return !policy || (usesDestination(policy, to) && !usesDestination(policy, other)) ? {} : undefined;
      }
      case 'deleteOld':
        return (await isGone('old')) ? { stage: 'finishing' } : undefined;
      case 'deleteNew':
        return (await isGone('new')) ? { stage: 'closing' } : undefined;
      default:
        return pending.kind satisfies never;
    }
  }

  const idOf = (which: Which): string => ({ old: state.oldId, new: state.newId ?? '' })[which];

  async function isGone(which: Which): Promise<boolean> {
    return api.getDestination(accountId, idOf(which)).then(() => false, isNotFound);
  }

  /**
   * Sends one mutation. `call` waits for what it is given right before it sends: then the mutation is persisted as pending. Once
   * its outcome is known, what `call` returns is persisted in the same write that clears it.
   */
  async function send(
    pending: Omit<Pending, 'sentAt'>,
    call: (beforeSend: (changes?: Partial<Replacement>) => Promise<void>) => Promise<Partial<Replacement>>,
  ): Promise<void> {
    throwIfCanceled();
    let isPersisted = false;
    try {
      const outcome = await call(async (changes = {}) => {
        await advance({ ...changes, pending: { ...pending, sentAt: host.now() } });
        isPersisted = true;
      });
      await clearPending(outcome);
    } catch (error) {
      if (isPersisted && state.pending && !isUncertain(error)) {
        await clearPending({ policies: markPolicy(pending.policyId, undefined) });
      }
      throw error;
    }
  }

  /** A cancellation is ignored once a destination was deleted: policies that still name it would receive nothing. */
  const signalNow = (): AbortSignal | undefined =>
    state.stage === 'finishing' || state.stage === 'closing' ? undefined : signal;

  function throwIfCanceled(): void {
    signalNow()?.throwIfAborted();
  }

  async function settleBriefly(pending: Pending, error: unknown): Promise<void> {
    for (let look = 0; look < BRIEF_LOOKS; look += 1) {
      if (await seesEffect(pending)) {
        return;
      }
      await host.sleep(PAUSE);
    }
    throw error;
  }

  async function settle(): Promise<void> {
    for (let slept = 0; state.pending; slept += PAUSE) {
      const isOver = slept >= SETTLING_TIME || !isSettling(state.pending.sentAt, host.now());
      const seen = await seesEffect(state.pending).catch((error: unknown) => {
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
        await send({ kind: 'create' }, async (beforeSend) => {
          await beforeSend();
          const newId = await api.createDestination(accountId, draft);
          return { newId, origin: 'created', stage: 'moving' };
        });
      } catch (error) {
        if (!state.pending) {
          throw error;
        }
        await settleBriefly(state.pending, error);
      }
    },
    isGone,
    async remove(which) {
      const { kind, stage } = DELETIONS[which];
      try {
        await send({ kind }, async (beforeSend) => {
          await beforeSend();
          await api.deleteDestination(accountId, idOf(which));
          return { stage };
        });
      } catch (error) {
        if (state.pending) {
          await settleBriefly(state.pending, error);
        } else if (isNotFound(error) && (await isGone(which))) {
          await advance({ stage });
        } else {
          throw error;
        }
      }
    },
    async requireExists(which) {
      try {
        await api.getDestination(accountId, idOf(which));
      } catch (error) {
        throw isNotFound(error) ? new DestinationGoneError(which) : error;
      }
    },
    async movePolicy({ policyId, from: fromId, to: toId, isCut = false }) {
      let outcome: PolicyOutcome | undefined;
      await send({ kind: 'policy', policyId, to: toId }, async (beforeSend) => {
        outcome = await changePolicy({
          api,
          host,
          accountId,
          policyId,
          change: (policy) =>
            isCut
              ? restoreDestinationIn(policy, fromId, toId)
              : usesDestination(policy, fromId)
                ? swapDestination(policy, fromId, toId)
                : undefined,
          // Without the other destination, a deletion in between has only cut this one out.
          isChanged: (policy) => !usesDestination(policy, fromId) && usesDestination(policy, toId),
          beforeSend: async () => beforeSend({ policies: markPolicy(policyId, 'unseen') }),
          signal: signalNow(),
        });
        return {};
      });
      return outcome === 'changed';
    },
    throwIfCanceled,
  };
}
