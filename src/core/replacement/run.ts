import { isNotFound } from '../api/api-error.ts';
import { skippedIn } from '../api/skipped.ts';
import { changedSince, DestinationConflictError } from '../destinations/update-destination.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { findById } from '../model/id.ts';
import { policiesOf, type Policy } from '../model/policy.ts';
import { PolicyConflictError } from '../policies/change-policy.ts';
import { DestinationGoneError, DraftNeededError, UnreadPoliciesError } from './errors.ts';
import { createMachine, type Machine, type MachineOptions, type Move, type Which } from './machine.ts';
import { type Ending, mayBeCut, type MovedPolicy, type Replacement } from './state.ts';

/** A policy that another client adds between two lists is moved too, but not for ever. */
const MOST_ROUNDS = 5;

export type RunOptions = MachineOptions & {
  /** What to create; needed as long as no new destination exists. Neither URL nor secret is persisted. */
  readonly draft?: Draft | undefined;
  /** The old destination as the user saw it: what another client has changed since then is not deleted. */
  readonly seen?: Destination | undefined;
};

/**
 * How a run ended, and the last state. `isPartial`: policies could not be read after a destination was deleted, so one of them may
 * still use it.
 */
export type RunEnd = { readonly ending: Ending; readonly state: Replacement; readonly isPartial?: boolean };

/**
 * Goes on with a replacement to its end: create the new destination (Cloudflare tests it), move each policy to it and check
 * it, delete the old destination, and move what another client attached to the old one in the meantime. Right before the old
 * destination is deleted the new one is seen to exist and no policy uses the old one. Stops at the first failure, or when
 * canceled between two steps, by throwing; the last persisted state can be resumed or undone.
 * Throws {@link DraftNeededError}, {@link DestinationGoneError}, {@link UnreadPoliciesError}, `DestinationConflictError` before
 * anything was sent, `UncertainCreationError`, `PolicyUnchangedError`, `PolicyConflictError` and `ApiError`. A refused creation is
 * the `ApiError` of the refusal, and the stage stays `creating` without a pending mutation: nothing was created.
 */
export async function runForward(from: Replacement, options: RunOptions): Promise<RunEnd> {
  const machine = createMachine(from, options);
  await machine.settle();
  if (machine.state().newId === undefined) {
    await create(machine, options);
  }
  if (machine.state().stage === 'closing') {
    throw new DestinationGoneError('new');
  }
  if (machine.state().stage === 'finishing' || (await machine.isGone('old'))) {
    await machine.advance({ stage: 'finishing' });
  } else {
    await moveAndDelete(machine, options);
  }
  const isPartial = await movePolicies(machine, options, 'new');
  return { ending: 'done', state: machine.state(), isPartial };
}

/** Moves every policy, then deletes the old destination; over again where a policy was attached in between. */
async function moveAndDelete(machine: Machine, options: RunOptions): Promise<void> {
  const { api } = options;
  const { accountId, oldId } = machine.state();
  for (let round = 0; ; round += 1) {
    await machine.advance({ stage: 'moving' });
    await movePolicies(machine, options, 'new');
    machine.throwIfCanceled();
    await machine.advance({ stage: 'deleting' });
    await machine.requireExists('new');
    const all = await api.listPolicies(accountId);
    const [first] = policiesOf(all, oldId);
    if (!first) {
      requireAllRead(all, machine.state().oldName);
      if (!(await markDetached(machine, all, 'new'))) {
        break;
      }
    } else if (round >= MOST_ROUNDS) {
      throw new PolicyConflictError(first.name, ['mechanisms']);
    }
  }
  if (await machine.isGone('old')) {
    await machine.advance({ stage: 'finishing' });
  } else {
    await machine.remove('old');
  }
}

/** Before a destination is deleted: throws where a policy that could not be read may use it. `all`: the list of the client. */
export function requireAllRead(all: readonly Policy[], destinationName: string): void {
  if (skippedIn(all) > 0) {
    throw new UnreadPoliciesError(destinationName);
  }
}

/**
 * Before a destination is deleted: a policy that has neither destination was changed by another client, if both still exist.
 * After the deletion, that could not be told apart from what the deletion did. `all`: every policy. Resolves with whether a
 * policy with neither was found for the first time: then the policies are moved and listed again before the deletion. Throws
 * {@link DestinationGoneError} where the kept destination is gone, which may be why a policy has neither.
 */
export async function markDetached(machine: Machine, all: readonly Policy[], kept: Which): Promise<boolean> {
  const { policies, oldId, newId = '' } = machine.state();
  const existing = idsOf(all);
  const using = idsOf(policiesOf(all, kept === 'new' ? newId : oldId));
  const lost = policies.filter(({ id, mark }) => existing.has(id) && !using.has(id) && mark !== 'detached');
  if (lost.length === 0) {
    return false;
  }
  await machine.requireExists(kept);
  const other = kept === 'new' ? 'old' : 'new';
  const isOtherGone = lost.some((each) => mayBeCut(each, other)) && (await isGone(machine, other));
  const detached = idsOf(lost.filter((each) => !isOtherGone || !mayBeCut(each, other)));
  if (detached.size > 0) {
    await machine.advance({
      policies: policies.map((each) => (detached.has(each.id) ? { ...each, mark: 'detached' } : each)),
    });
  }
  return true;
}

async function create(machine: Machine, { api, draft, seen }: RunOptions): Promise<void> {
  if (!draft) {
    throw new DraftNeededError();
  }
  const { accountId, oldId } = machine.state();
  await machine.requireExists('old');
  // What exists right before the creation is sent cannot be what it creates.
  const before = await api.listDestinations(accountId);
  const old = seen && findById(before, oldId);
  const changed = old ? changedSince(seen, old) : [];
  if (old && changed.length > 0) {
    throw new DestinationConflictError(old, changed);
  }
  await machine.advance({ knownIds: before.map(({ id }) => id) });
  await machine.create(draft);
}

/**
 * Moves the policies to the new or the old destination until a list shows none that is left, each after that destination
 * was seen to exist. Of a new destination that the user confirmed, only what this replacement moved to it moves back.
 * A policy of this replacement that has neither destination was changed by another client, and is left alone. But where the
 * destination that it is to move from was deleted, Cloudflare may have taken it out of the policy: then the policy gets the
 * other one. Resolves with whether the last list left some out that could not be read.
 */
export async function movePolicies(machine: Machine, { api }: Pick<RunOptions, 'api'>, to: Which): Promise<boolean> {
  const { accountId, oldId, newId = '' } = machine.state();
  const isForward = to === 'new';
  const [fromId, toId] = isForward ? [oldId, newId] : [newId, oldId];
  for (let round = 0; ; round += 1) {
    const all = await api.listPolicies(accountId);
    const [from, there] = [policiesOf(all, fromId), idsOf(policiesOf(all, toId))];
    const { policies: known, origin } = machine.state();
    const ours = idsOf(known);
    const using = isForward || origin !== 'confirmed' ? from : from.filter(({ id }) => ours.has(id));
    const open = idsOf(using);
    const existing = idsOf(all);
    const source = isForward ? 'old' : 'new';
    const inNeither = known.filter(
      (each) => existing.has(each.id) && !open.has(each.id) && !there.has(each.id) && mayBeCut(each, source),
    );
    const cut = inNeither.length > 0 && (await isGone(machine, source)) ? inNeither : [];
    const added = using.filter(({ id }) => !ours.has(id)).map(({ id, name }) => ({ id, name, moved: !isForward }));
    const updated = [...known, ...added].map((each): MovedPolicy => {
      const isSeen = open.has(each.id) || there.has(each.id);
      return isSeen ? { id: each.id, name: each.name, moved: open.has(each.id) !== isForward } : each;
    });
    if (JSON.stringify(updated) !== JSON.stringify(known)) {
      await machine.advance({ policies: updated });
    }
    const [first] = [...using, ...cut];
    if (!first) {
      return skippedIn(all) > 0;
    }
    if (round >= MOST_ROUNDS) {
      throw new PolicyConflictError(first.name, ['mechanisms']);
    }
    for (const { id } of [...using, ...cut]) {
      await moveOne(machine, { policyId: id, from: fromId, to: toId, isCut: !open.has(id) }, to);
    }
  }
}

/** Throws where that cannot be read. */
async function isGone(machine: Machine, which: Which): Promise<boolean> {
  try {
    await machine.requireExists(which);
    return false;
  } catch (error) {
    if (error instanceof DestinationGoneError) {
      return true;
    }
    throw error;
  }
}

function idsOf(policies: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(policies.map(({ id }) => id));
}

async function moveOne(machine: Machine, move: Move, to: Which): Promise<void> {
  await machine.requireExists(to);
  const note = async (): Promise<void> => {
    const { policies } = machine.state();
    await machine.advance({
      policies: policies.map(({ id, name, ...rest }): MovedPolicy =>
        id === move.policyId ? { id, name, moved: to === 'new' } : { id, name, ...rest },
      ),
    });
  };
  try {
    // If another client changed the policy, the next list shows how.
    if (await machine.movePolicy(move)) {
      await note();
    }
  } catch (error) {
    if (error instanceof PolicyConflictError) {
      await note();
    }
    // A policy that was deleted in the meantime needs no move; the next list no longer has it.
    if (!isNotFound(error)) {
      throw error;
    }
  }
}
