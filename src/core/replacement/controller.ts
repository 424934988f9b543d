import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { type Lease, type Leases, LeaseTakenError } from '../async/lease.ts';
import type { Turns } from '../policies/turns.ts';
import { type Destination, type Draft, hostOf } from '../model/destination.ts';
import { isSameId } from '../model/id.ts';
import { StepUnavailableError, UnfinishedReplacementError } from './errors.ts';
import { type Digest, takeFingerprint } from '../destinations/fingerprint.ts';
import { observe } from './observe.ts';
import type { ReplacementRecords } from './records.ts';
import { runForward, type RunEnd, type RunOptions } from './run.ts';
import { keyOfReplacement, nextSteps, type Observed, type Replacement, type Step, TRANSITIONS } from './state.ts';
import { runUndo } from './undo.ts';

/** A replacement that stopped, what it meets at Cloudflare now, and what can be done. */
export type Look = {
  readonly state: Replacement;
  readonly observed: Observed;
  /** Empty while another operation works on the destination (`isBusy`). */
  readonly steps: readonly Step[];
  readonly isBusy: boolean;
};

export type StepOptions = {
  readonly api: Api;
  readonly key: string;
  /** What to create, where nothing was created yet. */
  readonly draft?: Draft | undefined;
  /** The destination the user took for the new one; needed for `adopt`. */
  readonly candidateId?: string;
  /** Told of every state after it was persisted. */
  readonly onState?: (state: Replacement) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
};

/** The one owner of replacements: every button of every view starts, resumes and undoes them here. */
export type ReplacementController = {
  /** Replacements that have not ended. */
  unfinished(): Promise<readonly Replacement[]>;
  /** Undefined where the replacement has ended. Ends one that has nothing left to do and touched nothing. */
  look(api: Api, key: string): Promise<Look | undefined>;
  /**
   * Starts and runs a replacement. Throws {@link UnfinishedReplacementError} where one of this destination has stopped
   * before, `LeaseTakenError` while another operation works on the destination, and what `runForward` throws, such as
   * `DestinationConflictError` where another client has changed `old`.
   */
  start(
    options: Omit<StepOptions, 'key'> & {
      readonly accountId: string;
      readonly old: Destination;
      readonly draft: Draft;
    },
  ): Promise<RunEnd>;
  /**
   * Takes a step, after reading the persisted state and Cloudflare again. Throws {@link StepUnavailableError} where the step
   * is no longer offered, `LeaseTakenError`, and what the step throws.
   */
  take(step: Exclude<Step, 'retry'>, options: StepOptions): Promise<RunEnd>;
  /**
   * Throws {@link UnfinishedReplacementError} where a replacement that has not ended has the destination as the old or the new
   * one, and the other one may exist. Without that, a deletion and its Undo would give the destination an ID that the
   * replacement does not know.
   */
  checkFree(api: Api, accountId: string, destinationId: string): Promise<void>;
};

export type ControllerOptions = {
  readonly records: ReplacementRecords;
  readonly leases: Leases;
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns & { readonly digest: Digest };
  readonly makeSalt: () => string;
};

export function createReplacementController(options: ControllerOptions): ReplacementController {
  const { records, leases, host, makeSalt } = options;

  async function withLease<T>(key: string, work: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = await leases.acquire(key);
    try {
      return await work(lease);
    } finally {
      // A lease that cannot be released expires by itself.
      await lease.release().catch(() => undefined);
    }
  }

  /** Runs to an end and removes the record. A run that created nothing leaves no record either. */
  async function run(
    from: Replacement,
    { api, draft, seen, onState, signal }: Omit<StepOptions, 'key'> & Pick<RunOptions, 'seen'>,
    lease: Lease,
    toEnd: (from: Replacement, options: RunOptions) => Promise<RunEnd>,
  ): Promise<RunEnd> {
    let last = from;
    const persist = async (state: Replacement): Promise<void> => {
      await lease.check();
      await records.put(state);
      // A window that took the lease over before this write may remove the record. After it, that window sees what is pending.
      await lease.check();
      last = state;
      await onState?.(state);
    };
    try {
      return await close(await toEnd(from, { api, host, persist, signal, draft, seen }), lease);
    } catch (error) {
      if (hasTouchedNothing(last)) {
        await lease.check().then(
          async () => records.remove(keyOfReplacement(from)),
          () => undefined,
        );
      }
      throw error;
    }
  }

  /** Only the owner of the lease removes a record: another window may have written a newer one. */
  async function close(end: RunEnd, lease: Lease): Promise<RunEnd> {
    const { ending, state } = end;
    if (!TRANSITIONS[state.stage].includes(ending)) {
      throw new Error(`A replacement cannot end as ${ending} in the stage ${state.stage}`);
    }
    await lease.check();
    await records.remove(keyOfReplacement(state));
    return end;
  }

  async function lookAt(api: Api, state: Replacement): Promise<{ observed: Observed; steps: readonly Step[] }> {
    const observed = await observe(api, state, host);
    return { observed, steps: nextSteps(state, observed) };
  }

  return {
    unfinished: async () => records.list(),
    async look(api, key) {
      const state = await records.get(key);
      if (!state) {
        return undefined;
      }
      const isBusy = await leases.isTaken(key);
      const { observed, steps } = await lookAt(api, state);
      if (isBusy || steps[0] !== 'close' || !hasTouchedNothing(state)) {
        return { state, observed, steps: isBusy ? [] : steps, isBusy };
      }
      try {
        return await withLease(key, async () => {
          // Another window may have started a replacement since the record was read.
          const now = await records.get(key);
          if (now && !hasTouchedNothing(now)) {
            return { state: now, isBusy: false, ...(await lookAt(api, now)) };
          }
          await records.remove(key);
          return undefined;
        });
      } catch (error) {
        if (error instanceof LeaseTakenError) {
          return { state, observed, steps: [], isBusy: true };
        }
        throw error;
      }
    },
    start: async ({ accountId, old, draft, ...rest }) => {
      const key = keyOfReplacement({ accountId, oldId: old.id });
      return withLease(key, async (lease) => {
        const before = await records.get(key);
        if (before && !hasTouchedNothing(before)) {
          throw new UnfinishedReplacementError(before.oldName);
        }
        const state: Replacement = {
          version: 2,
          accountId,
          oldId: old.id,
          oldName: old.name,
          name: draft.name,
          host: hostOf(draft.url),
          fingerprint: await takeFingerprint(draft, makeSalt(), host.digest),
          knownIds: [old.id],
          stage: 'creating',
          policies: [],
        };
        return run(state, { ...rest, draft, seen: old }, lease, runForward);
      });
    },
    async checkFree(api, accountId, destinationId) {
      for (const state of await records.list()) {
        const isOld = isSameId(state.oldId, destinationId);
        const isNew = state.newId !== undefined && isSameId(state.newId, destinationId);
        if (state.accountId !== accountId || hasTouchedNothing(state) || !(isOld || isNew)) {
          continue;
        }
        const { observed } = await lookAt(api, state);
        const other = isOld ? observed.new : observed.old;
        const mayAppear = observed.isSettling || observed.candidates.length > 0;
        if (other !== 'gone' && (other !== 'none' || mayAppear)) {
          throw new UnfinishedReplacementError(state.oldName);
        }
      }
    },
    take: async (step, given) =>
      withLease(given.key, async (lease) => {
        const state = await records.get(given.key);
        if (!state) {
          throw new StepUnavailableError('ended');
        }
        const { observed, steps } = await lookAt(given.api, state);
        if (!steps.includes(step)) {
          // Where Cloudflare could not be read, nothing is known to have changed.
          throw observed.failure ?? new StepUnavailableError('changed');
        }
        switch (step) {
          case 'resume':
          case 'finish':
            return run(state, given, lease, runForward);
          case 'undo':
            return run(state, given, lease, runUndo);
          case 'adopt':
            return run(adopt(state, observed, given.candidateId), given, lease, runForward);
          case 'keepBoth': {
            const kept = observed.newId === undefined ? state : { ...state, newId: observed.newId };
            await given.onState?.(kept);
            return close({ ending: 'kept', state: kept }, lease);
          }
          case 'close':
            return close({ ending: 'closed', state }, lease);
          default:
            return step satisfies never;
        }
      }),
  };
}

function adopt(state: Replacement, { candidates }: Observed, id: string | undefined): Replacement {
  const chosen = candidates.find((each) => each.id === id);
  if (!chosen) {
    throw new StepUnavailableError('changed');
  }
  const { pending: _pending, ...rest } = state;
  return { ...rest, newId: chosen.id, origin: 'confirmed', stage: 'moving' };
}

/** Nothing was created, and nothing may still be. */
function hasTouchedNothing({ newId, pending }: Replacement): boolean {
  return newId === undefined && pending === undefined;
}
