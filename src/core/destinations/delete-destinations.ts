import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { isNotFound, isUncertain } from '../api/api-error.ts';
import { isCanceled } from '../async/canceled.ts';
import type { Lease, Leases } from '../async/lease.ts';
import { createLimit } from '../async/limit.ts';
import { isNamed } from '../async/named-error.ts';
import type { Turns } from '../policies/turns.ts';
import { createIdSet, type IdSet, keyOfDestination } from '../model/id.ts';
import { type Policy, usesDestination, withoutDestinations } from '../model/policy.ts';
import { AccountRemovedError } from '../monitoring/connection-now.ts';
import type { Located } from '../monitoring/overview.ts';
import { changePolicy, PolicyConflictError, PolicyUnchangedError } from '../policies/change-policy.ts';
import type { Impact } from '../policies/delete-impact.ts';
import { type DeleteOutcome, deleteDestination } from './delete-destination.ts';

/**
 * How the deletion of one destination ended. `skipped`: the user canceled before it began. `removedFrom`: the policies it was
 * removed from before, also where the destination was then kept. `unclearIn`: the policies whose update was sent and not
 * answered.
 */
export type Deletion = {
  readonly target: Located;
  readonly removedFrom: readonly Policy[];
  readonly unclearIn: readonly Policy[];
} & ({ readonly outcome: DeleteOutcome | 'skipped' } | { readonly outcome: 'failed'; readonly error: unknown });

/** The policies of one account from which its destinations are removed before they are deleted. */
export type Detaching = {
  /** Read again for each call after a wait, as that of a target. */
  readonly api: Api;
  readonly accountId: string;
  readonly impacts: readonly Impact[];
  /** IDs of the destinations of the account that exist. */
  readonly existing: IdSet;
};

export type DeleteManyOptions = {
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns;
  readonly leases: Leases;
  /** Throws where a destination must be kept. Called when its lease is held. */
  readonly check?: (target: Located) => Promise<void>;
  readonly detach?: readonly Detaching[];
  readonly onDone?: (deletion: Deletion) => void;
  /** Looked at between two destinations; a request that was sent is waited for. */
  readonly signal?: AbortSignal;
};

const CONCURRENCY = 4;

/**
 * Deletes destinations, four at a time, and goes on after a failure. The client of a target is read again for each call after a
 * wait, so that a getter can return the present one, or throw. Never rejects; returns how each one ended, in the order
 * given. A destination is kept where another operation works on it, or where it could not be removed from a policy as asked.
 */
export async function deleteDestinations(
  targets: readonly Located[],
  options: DeleteManyOptions,
): Promise<readonly Deletion[]> {
  const { host, leases, check, detach = [], onDone, signal } = options;
  const limit = createLimit(CONCURRENCY);
  const progress: Progress = { held: new Map(), kept: new Map(), removedFrom: new Map(), unclearIn: new Map() };
  const { held, kept, removedFrom, unclearIn } = progress;
  // Held before the first policy is changed: a replacement in another window moves the same policies.
  for (const target of targets) {
    const { connection, destination } = target;
    const key = keyOfDestination(connection.account.id, destination.id);
    try {
      held.set(key, await leases.acquire(key));
      await check?.(target);
    } catch (error) {
      kept.set(key, error);
    }
  }
  await Promise.all(detach.map(async (each) => detachFromPolicies(targets, each, options, progress)));

  async function remove(target: Located): Promise<Deletion> {
    const { connection, destination } = target;
    const key = keyOfDestination(connection.account.id, destination.id);
    const known = { target, removedFrom: removedFrom.get(key) ?? [], unclearIn: unclearIn.get(key) ?? [] };
    if (kept.has(key)) {
      return { ...known, outcome: 'failed', error: kept.get(key) };
    }
    if (signal?.aborted) {
      return { ...known, outcome: 'skipped' };
    }
    try {
      await held.get(key)?.check();
      const outcome = await deleteDestination({
        get api() {
          return connection.api;
        },
        host,
        accountId: connection.account.id,
        destinationId: destination.id,
      });
      return { ...known, outcome };
    } catch (error) {
      return { ...known, outcome: 'failed', error };
    }
  }

  return Promise.all(
    targets.map(async (target) =>
      limit(async () => {
        const deletion = await remove(target);
        // A lease that cannot be released expires by itself.
        await held
          .get(keyOfDestination(target.connection.account.id, target.destination.id))
          ?.release()
          .catch(() => undefined);
        onDone?.(deletion);
        return deletion;
      }),
    ),
  );
}

type Progress = {
  readonly held: Map<string, Lease>;
  /** Destinations that are not deleted, and why. */
  readonly kept: Map<string, unknown>;
  readonly removedFrom: Map<string, readonly Policy[]>;
  readonly unclearIn: Map<string, readonly Policy[]>;
};

/** One policy after the other, with all destinations at once: a policy is written whole, and two writers would lose one. */
async function detachFromPolicies(
  targets: readonly Located[],
  detaching: Detaching,
  { host, signal }: DeleteManyOptions,
  { held, kept, removedFrom, unclearIn }: Progress,
): Promise<void> {
  const { accountId, impacts, existing } = detaching;
  const all = targets.flatMap(({ connection, destination }) =>
    connection.account.id === accountId ? [destination.id] : [],
  );
  for (const { policy } of impacts) {
    // A destination that is kept stays in the policies that it has not been removed from.
    const ids = all.filter((id) => !kept.has(keyOfDestination(accountId, id)));
    const deleted = createIdSet(ids);
    const left: IdSet = { has: (id) => existing.has(id) && !deleted.has(id) };
    const keys = ids.filter((id) => usesDestination(policy, id)).map((id) => keyOfDestination(accountId, id));
    if (signal?.aborted) {
      return;
    }
    if (keys.length === 0) {
      continue;
    }
    const note = (policies: Map<string, readonly Policy[]>): void => {
      for (const key of keys) {
        policies.set(key, [...(policies.get(key) ?? []), policy]);
      }
    };
    let isSent = false;
    try {
      await Promise.all(keys.map(async (key) => held.get(key)?.check()));
      const outcome = await changePolicy({
        get api() {
          return detaching.api;
        },
        host,
        accountId,
        policyId: policy.id,
        change: (now) => withoutDestinations(now, deleted, left),
        isChanged: (now) => !ids.some((id) => usesDestination(now, id)),
        async beforeSend() {
          isSent = true;
        },
        signal,
      });
      if (outcome === 'impossible') {
        throw new LastMechanismError(policy.name);
      }
      note(removedFrom);
    } catch (error) {
      if (!isSent && signal?.aborted && isCanceled(error)) {
        return;
      }
      if (isNotFound(error)) {
        // The policy was deleted in the meantime, so there is nothing to remove the destination from.
        continue;
      }
      if (error instanceof PolicyConflictError) {
        note(removedFrom);
      } else if (isSent && isUncertain(error) && !isOutcomeKnown(error)) {
        note(unclearIn);
      }
      for (const key of keys) {
        kept.set(key, error);
      }
    }
  }
}

/** Of an update that was about to be sent. */
function isOutcomeKnown(error: unknown): boolean {
  return error instanceof PolicyUnchangedError || error instanceof AccountRemovedError;
}

/** Without the destinations the policy would have no mechanism left, so it was not changed. */
export class LastMechanismError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('LastMechanismError');
  override readonly name = 'LastMechanismError';
  readonly policyName: string;

  constructor(policyName: string) {
    super('The policy would have no mechanism left');
    this.policyName = policyName;
  }
}
