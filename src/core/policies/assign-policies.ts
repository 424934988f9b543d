import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { isNotFound } from '../api/api-error.ts';
import { isCanceled } from '../async/canceled.ts';
import { createLimit } from '../async/limit.ts';
import type { Turns } from './turns.ts';
import { createIdSet, type IdSet } from '../model/id.ts';
import { type Policy, usesDestination, withDestinations, withoutDestinations } from '../model/policy.ts';
import { changePolicy, MissingDestinationsError, PolicyConflictError } from './change-policy.ts';
import { fetchExisting } from './existing-destinations.ts';

/** A change of one policy: destinations that it begins or stops to deliver to. */
export type Assignment = {
  readonly policy: Policy;
  readonly kind: 'add' | 'remove';
  readonly destinationIds: readonly string[];
};

/**
 * How a change ended. `changedIds`: the destinations that this call added or removed, without those that the policy had, or
 * had lost, already. `conflict`: why the changed policy differs from what was sent. `impossible`: nothing would receive the
 * alerts of the policy. `gone`: the policy was deleted. `skipped`: the user canceled before the change was sent.
 */
export type Assigned = Assignment &
  (
    | {
        readonly outcome: 'changed';
        readonly changedIds: readonly string[];
        readonly conflict?: PolicyConflictError;
      }
    | { readonly outcome: 'unchanged' | 'impossible' | 'gone' | 'skipped' }
    | { readonly outcome: 'failed'; readonly error: unknown }
  );

export type AssignOptions = {
  /** Read again for each call after a wait, so that a getter can return the present client. */
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns;
  readonly accountId: string;
  /** Looked at between two policies; a request that was sent is waited for. */
  readonly signal?: AbortSignal;
  readonly onDone?: (assigned: Assigned) => void;
};

const CONCURRENCY = 4;

/**
 * Changes which policies deliver to some destinations, four policies at a time, and goes on after a failure. Each policy is
 * read, written whole, read again and compared: see `change-policy.ts`. First fetches which destinations exist, so that no
 * policy is pointed at a deleted one, or left with deleted ones only. Throws the `ApiError` of that; after it never rejects.
 * A cancellation is no error: what was not sent is skipped.
 */
export async function assignPolicies(
  assignments: readonly Assignment[],
  options: AssignOptions,
): Promise<readonly Assigned[]> {
  const { signal, onDone } = options;
  const named = assignments.flatMap(destinationsToCheck);
  const existing = await fetchExisting(named, options).catch((error: unknown) => {
    if (isCanceled(error)) {
      return undefined;
    }
    throw error;
  });
  const limit = createLimit(CONCURRENCY);
  return Promise.all(
    assignments.map(async (assignment) =>
      limit(async () => {
        const assigned =
          existing && !signal?.aborted
            ? await assign(assignment, existing, options)
            : ({ ...assignment, outcome: 'skipped' } as const);
        onDone?.(assigned);
        return assigned;
      }),
    ),
  );
}

/** The destinations of a change that must exist: those to add, else those that may be left. */
export function destinationsToCheck({ policy, kind, destinationIds }: Assignment): readonly string[] {
  return kind === 'add' ? destinationIds : (policy.mechanisms['webhooks'] ?? []);
}

async function assign(assignment: Assignment, existing: IdSet, options: AssignOptions): Promise<Assigned> {
  const { host, accountId, signal } = options;
  const { policy, kind, destinationIds } = assignment;
  const isAdding = kind === 'add';
  const missing = isAdding ? destinationIds.filter((id) => !existing.has(id)) : [];
  if (missing.length > 0) {
    return { ...assignment, outcome: 'failed', error: new MissingDestinationsError(missing) };
  }
  const ids = createIdSet(destinationIds);
  let changedIds: readonly string[] = [];
  try {
    const outcome = await changePolicy({
      get api() {
        return options.api;
      },
      host,
      accountId,
      policyId: policy.id,
      change(now) {
        changedIds = destinationIds.filter((id) => usesDestination(now, id) !== isAdding);
        return isAdding ? withDestinations(now, destinationIds) : withoutDestinations(now, ids, existing);
      },
      isChanged: (now) => destinationIds.every((id) => usesDestination(now, id) === isAdding),
      signal,
    });
    return outcome === 'changed' ? { ...assignment, outcome, changedIds } : { ...assignment, outcome };
  } catch (error) {
    if (error instanceof PolicyConflictError) {
      return { ...assignment, outcome: 'changed', changedIds, conflict: error };
    }
    if (isCanceled(error)) {
      return { ...assignment, outcome: 'skipped' };
    }
    return isNotFound(error) ? { ...assignment, outcome: 'gone' } : { ...assignment, outcome: 'failed', error };
  }
}

/** The changes that undo those that were made. */
export function invert(assigned: readonly Assigned[]): readonly Assignment[] {
  return assigned.flatMap((each) =>
    each.outcome === 'changed'
      ? [
          {
            policy: each.policy,
            kind: each.kind === 'add' ? 'remove' : 'add',
            destinationIds: each.changedIds,
          } as const,
        ]
      : [],
  );
}

/** Which of some destinations a policy delivers to. */
export type Usage = 'all' | 'some' | 'none';

export function usageOf(policy: Policy, destinationIds: readonly string[]): Usage {
  const used = destinationIds.filter((id) => usesDestination(policy, id)).length;
  return used === 0 ? 'none' : used === destinationIds.length ? 'all' : 'some';
}

/**
 * The changes that a selection of policies asks for. A policy that delivers to some of the destinations is left alone
 * unless it is selected.
 */
export function planAssignments(
  policies: readonly Policy[],
  destinationIds: readonly string[],
  selected: ReadonlySet<string>,
): readonly Assignment[] {
  return policies.flatMap((policy): readonly Assignment[] => {
    const usage = usageOf(policy, destinationIds);
    if (selected.has(policy.id)) {
      return usage === 'all' ? [] : [{ policy, kind: 'add', destinationIds }];
    }
    return usage === 'all' ? [{ policy, kind: 'remove', destinationIds }] : [];
  });
}
