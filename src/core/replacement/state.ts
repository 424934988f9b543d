import { keyOfDestination } from '../model/id.ts';
import * as v from 'valibot';
import type { Candidate } from '../destinations/fingerprint.ts';

/**
 * How far a replacement has got:
 * - `creating`: the new destination may or may not exist
 * - `moving`: the new destination exists; policies move to it
 * - `deleting`: every policy has moved; the old destination is about to be deleted, or its deletion was not answered
 * - `finishing`: the old destination is gone; policies that still name it move to the new one
 * - `undoing`: policies move back to the old destination
 * - `removing`: every policy has moved back; the new destination is about to be deleted
 * - `closing`: the new destination is gone; policies that still name it move back to the old one
 */
export type Stage = 'creating' | 'moving' | 'deleting' | 'finishing' | 'undoing' | 'removing' | 'closing';

/** How a replacement ends. `kept`: the user keeps both destinations. `closed`: there was nothing left to do. */
export type Ending = 'done' | 'undone' | 'kept' | 'closed';

/** Every allowed step from one stage to another, or to an end. A stage may repeat. */
export const TRANSITIONS: Readonly<Record<Stage, readonly (Stage | Ending)[]>> = {
  creating: ['moving', 'undone', 'kept', 'closed'],
  moving: ['deleting', 'finishing', 'undoing', 'kept', 'closed'],
  deleting: ['moving', 'finishing', 'undoing', 'kept', 'closed'],
  finishing: ['done', 'closed'],
  undoing: ['removing', 'closing', 'moving', 'finishing', 'undone', 'kept', 'closed'],
  removing: ['undoing', 'closing', 'moving', 'finishing', 'kept', 'closed'],
  closing: ['undone', 'closed'],
};

/**
 * A policy of a replacement. `moved`: whether it had the new destination when it was last seen with one of the two. `mark`:
 * - `unseen`: a move was sent, and the policy was not seen since with one of the two
 * - `detached`: another client took it out of both while both existed, so it is left alone
 */
const policySchema = v.object({
  id: v.string(),
  name: v.string(),
  moved: v.boolean(),
  mark: v.exactOptional(v.picklist(['unseen', 'detached'])),
});
export type MovedPolicy = Readonly<v.InferOutput<typeof policySchema>>;

/** A mutation that was about to be sent when the state was persisted, and whose outcome was not seen since. */
const pendingSchema = v.object({
  kind: v.picklist(['create', 'policy', 'deleteOld', 'deleteNew']),
  /** Milliseconds since the epoch. */
  sentAt: v.number(),
  /** Of `policy`: the policy, and the destination it is to deliver to. */
  policyId: v.exactOptional(v.string()),
  to: v.exactOptional(v.string()),
});
export type Pending = v.InferOutput<typeof pendingSchema>;

const stateSchema = v.object({
  version: v.literal(2),
  accountId: v.string(),
  oldId: v.string(),
  /** Names for people. `host` is the host of the new URL. */
  oldName: v.string(),
  name: v.string(),
  host: v.string(),
  /** Proves which destination this replacement created, without the URL: see `fingerprint.ts`. */
  fingerprint: v.object({ salt: v.string(), url: v.string(), isCut: v.boolean() }),
  /** IDs of the destinations that existed before the creation was sent. */
  knownIds: v.array(v.string()),
  stage: v.picklist(['creating', 'moving', 'deleting', 'finishing', 'undoing', 'removing', 'closing']),
  newId: v.exactOptional(v.string()),
  /** How `newId` is known: from the answer, by its fingerprint, or because the user confirmed it. */
  origin: v.exactOptional(v.picklist(['created', 'matched', 'confirmed'])),
  /** Policies that used the old destination, in the order in which they move. */
  policies: v.array(policySchema),
  pending: v.exactOptional(pendingSchema),
});

/**
 * The persisted state of a replacement. Holds neither URL nor secret. It is written before each mutation, so that a window
 * that is killed can be resumed.
 */
export type Replacement = Readonly<v.InferOutput<typeof stateSchema>>;

/** Undefined where the value is not the state of a replacement, or is of a newer version. */
export function parseReplacement(value: unknown): Replacement | undefined {
  const result = v.safeParse(stateSchema, value);
  return result.success ? result.output : undefined;
}

/** Whether a destination exists; `unknown` where it could not be read. */
export type Presence = 'exists' | 'gone' | 'unknown';

/** What a replacement meets at Cloudflare right now. */
export type Observed = {
  /** Also of a new destination that was found by its fingerprint and is not in the state yet. */
  readonly newId?: string | undefined;
  readonly old: Presence;
  /** `none`: no new destination is known. */
  readonly new: Presence | 'none';
  /** Whether a mutation may still take effect. */
  readonly isSettling: boolean;
  readonly candidates: readonly Candidate[];
  /** How many policies use the old and the new destination; undefined where the policies could not be listed. */
  readonly onOld: number | undefined;
  readonly onNew: number | undefined;
  /** IDs of the policies of the replacement that use neither. */
  readonly inNeither: readonly string[];
  /** The first error of what could not be read. */
  readonly failure?: unknown;
};

/**
 * What can be done about a replacement that stopped:
 * - `resume`: go on to the end
 * - `undo`: move the policies back and delete the new destination
 * - `finish`: the old destination is gone; move what is left and end
 * - `keepBoth`: end with both destinations as they are
 * - `adopt`: take the only candidate for the new destination
 * - `close`: nothing is left to do; end
 * - `retry`: Cloudflare could not be read, or there are several candidates; look again
 */
export type Step = 'resume' | 'undo' | 'finish' | 'keepBoth' | 'adopt' | 'close' | 'retry';

/** The one place that decides what is offered: command, panel, JSON editor and notification all ask here. */
export function nextSteps(state: Replacement, observed: Observed): readonly Step[] {
  if (observed.old === 'unknown' || observed.new === 'unknown' || observed.onOld === undefined) {
    return ['retry'];
  }
  if (observed.new === 'none') {
    if (observed.candidates.length > 0) {
      // Of several candidates, only the user can tell which one to delete.
      return observed.old !== 'exists'
        ? ['close']
        : observed.candidates.length > 1
          ? ['retry', 'close']
          : ['adopt', 'close'];
    }
    if (!observed.isSettling) {
      return ['close'];
    }
    return observed.old === 'exists' ? ['resume', 'undo'] : ['resume'];
  }
  if (observed.new === 'gone') {
    if (observed.old === 'exists' && (observed.onNew !== 0 || observed.isSettling)) {
      return ['undo'];
    }
    const isCut = state.policies.some((each) => mayBeCut(each, 'new') && observed.inNeither.includes(each.id));
    return observed.old === 'exists' && isCut ? ['undo', 'close'] : ['close'];
  }
  if (observed.old === 'gone') {
    return ['finish'];
  }
  const isUndoing = state.stage === 'undoing' || state.stage === 'removing';
  const both: readonly Step[] = isUndoing ? ['undo', 'resume'] : ['resume', 'undo'];
  return observed.isSettling ? both : [...both, 'keepBoth'];
}

/**
 * Whether Cloudflare may have taken a deleted destination out of a policy that has neither: only where the policy had it, or
 * may have had it.
 */
export function mayBeCut({ moved, mark }: MovedPolicy, gone: 'old' | 'new'): boolean {
  return mark === 'unseen' || (mark === undefined && moved === (gone === 'new'));
}

export function keyOfReplacement({ accountId, oldId }: Pick<Replacement, 'accountId' | 'oldId'>): string {
  return keyOfDestination(accountId, oldId);
}
