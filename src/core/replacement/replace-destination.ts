import * as v from 'valibot';
import type { Api } from '../api/client.ts';
import { changePolicy } from '../policies/change-policy.ts';
import { createDestination, findCreated } from '../destinations/create-destination.ts';
import { deleteDestination } from '../destinations/delete-destination.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { isNamed } from '../async/named-error.ts';
import { policiesOf, swapDestination, usesDestination } from '../model/policy.ts';

const policyStepSchema = v.object({ id: v.string(), name: v.string(), moved: v.boolean() });

const stateSchema = v.object({
  accountId: v.string(),
  oldId: v.string(),
  /** Of the new one, to show. */
  name: v.string(),
  /** The ids there were before: what is not among them may be the new one whose answer was lost. */
  knownIds: v.array(v.string()),
  /** Set before the creation is sent: without a `newId` it may or may not have been done. */
  attempted: v.exactOptional(v.boolean()),
  newId: v.exactOptional(v.string()),
  /** Absent until they have been read. */
  policies: v.exactOptional(v.array(policyStepSchema)),
  phase: v.picklist(['creating', 'moving', 'deleting', 'done', 'undone']),
});

/**
 * How far a replacement has got. Holds neither URL nor secret, so that it may be kept where anyone can read it; written
 * before each step, so that a window that is killed leaves the truth behind.
 */
export type ReplaceState = v.InferOutput<typeof stateSchema>;

/** Reads a kept state back; undefined where it is not one. */
export function parseReplaceState(value: unknown): ReplaceState | undefined {
  const result = v.safeParse(stateSchema, value);
  return result.success ? result.output : undefined;
}

export function startReplacement(
  accountId: string,
  old: Destination,
  draft: Draft,
  knownIds: readonly string[],
): ReplaceState {
  return { accountId, oldId: old.id, name: draft.name, knownIds: [...knownIds], phase: 'creating' };
}

/** Called with the state before each step and after the last; the step waits until it is kept. */
export type KeepState = (state: ReplaceState) => Promise<void>;

/**
 * Goes on with a replacement from wherever it stands: create the new destination (Cloudflare tests it) → in each policy
 * that uses the old one put the new one in its place, and check → delete the old one. Stops at the first failure or when
 * cancelled, by throwing; the last state kept then says what was done, and calling this again resumes. The old one is
 * never deleted before every policy has been moved. `draft` is needed as long as nothing has been created; throws
 * {@link DraftNeededError} without it, `PolicyUnchangedError` where a policy is not as it was written, and `ApiError`.
 */
export async function continueReplacement(
  api: Api,
  from: ReplaceState,
  draft: Draft | undefined,
  keep: KeepState,
  signal?: AbortSignal,
): Promise<ReplaceState> {
  let state = from;
  const advance = async (change: Partial<ReplaceState>): Promise<void> => {
    state = { ...state, ...change };
    await keep(state);
    signal?.throwIfAborted();
  };
  await advance({});
  const { accountId, oldId } = state;

  const newId = state.newId ?? (await create());
  if (state.newId === undefined) {
    await advance({ newId, phase: 'moving' });
  }

  async function create(): Promise<string> {
    const knownIds = new Set(state.knownIds);
    const made = state.attempted
      ? await findCreated(api, accountId, draft ?? { name: state.name }, knownIds)
      : undefined;
    if (made) {
      return made.id;
    }
    if (!draft) {
      throw new DraftNeededError();
    }
    await advance({ attempted: true });
    // The signal is not handed on: a creation that was cut off would leave nobody knowing whether it was done.
    return createDestination(api, accountId, draft, knownIds);
  }

  // Read again also when resuming: somebody may have begun to use the old one meanwhile.
  const using = policiesOf(await api.listPolicies(accountId, signal), oldId);
  const moved = (state.policies ?? []).filter(({ id }) => !using.some((policy) => policy.id === id));
  await advance({
    policies: [
      ...moved.map((policy) => ({ ...policy, moved: true })),
      ...using.map(({ id, name }) => ({ id, name, moved: false })),
    ],
  });
  for (const { id } of using) {
    await movePolicy(api, accountId, id, oldId, newId);
    await advance({
      policies: (state.policies ?? []).map((each) => (each.id === id ? { ...each, moved: true } : each)),
    });
  }
  await advance({ phase: 'deleting' });
  await deleteDestination(api, accountId, oldId);
  await advance({ phase: 'done' });
  return state;
}

/** Puts everything back: each policy to the old destination, then deletes the new one. Stops as the above does. */
export async function undoReplacement(
  api: Api,
  from: ReplaceState,
  keep: KeepState,
  signal?: AbortSignal,
): Promise<ReplaceState> {
  let state = from;
  const { accountId, oldId, newId } = from;
  if (newId !== undefined) {
    for (const { id } of policiesOf(await api.listPolicies(accountId, signal), newId)) {
      signal?.throwIfAborted();
      await movePolicy(api, accountId, id, newId, oldId);
      const policies = (state.policies ?? []).map((each) => (each.id === id ? { ...each, moved: false } : each));
      state = { ...state, policies };
      await keep(state);
    }
    await deleteDestination(api, accountId, newId);
  }
  state = { ...state, phase: 'undone' };
  await keep(state);
  return state;
}

async function movePolicy(api: Api, accountId: string, policyId: string, from: string, to: string): Promise<void> {
  await changePolicy(
    api,
    accountId,
    policyId,
    // Somebody else may have taken the old one out meanwhile: then there is nothing to move.
    (policy) => (usesDestination(policy, from) ? swapDestination(policy, from, to) : undefined),
    (policy) => usesDestination(policy, to) && !usesDestination(policy, from),
  );
}

/** A replacement that was interrupted before anything was created cannot be resumed without its URL and secret. */
export class DraftNeededError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('DraftNeededError');
  override readonly name = 'DraftNeededError';
}
