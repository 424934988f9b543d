import { isNotFound } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Turns } from '../policies/turns.ts';
import { type Policy, restoreDestinationIn, usesDestination } from '../model/policy.ts';
import { changePolicy, PolicyConflictError } from '../policies/change-policy.ts';
import { createDestination, type CreateOptions } from './create-destination.ts';

/**
 * What became of restoring a deleted destination: its new ID and, for each policy, whether it delivers to it again.
 * `conflicts`: of those that do, why they differ from what was sent.
 */
export type Restored = {
  readonly newId: string;
  readonly restored: readonly Policy[];
  readonly conflicts: readonly PolicyConflictError[];
  readonly failed: readonly { readonly policy: Policy; readonly error: unknown }[];
};

export type RestoreOptions = CreateOptions & {
  readonly host: Turns;
  readonly oldId: string;
  /** The policies that delivered to it. */
  readonly policies: readonly Policy[];
  /** The destination that an earlier attempt created: while it exists, nothing is created again. */
  readonly newId?: string | undefined;
  /** Told of the new ID as soon as it is known. */
  readonly onCreated?: (newId: string) => void;
};

/**
 * Creates a deleted destination again (Cloudflare tests it and gives it a new ID) and adds it to the policies that delivered
 * to it, one after the other. A policy that fails is reported, and the others go on. A policy that no longer exists is left
 * out. Throws what the creation throws; may be called again with `newId`.
 */
export async function restoreDestination(options: RestoreOptions): Promise<Restored> {
  const { host, accountId, oldId, policies, onCreated } = options;
  const isThere = options.newId !== undefined && (await exists(options.api, accountId, options.newId));
  const newId = (isThere ? options.newId : undefined) ?? (await createDestination(options));
  onCreated?.(newId);
  const restored: Policy[] = [];
  const conflicts: PolicyConflictError[] = [];
  const failed: Restored['failed'][number][] = [];
  for (const policy of policies) {
    try {
      await changePolicy({
        get api() {
          return options.api;
        },
        host,
        accountId,
        policyId: policy.id,
        change: (now) => restoreDestinationIn(now, oldId, newId),
        isChanged: (now) => usesDestination(now, newId) && !usesDestination(now, oldId),
      });
      restored.push(policy);
    } catch (error) {
      if (error instanceof PolicyConflictError) {
        restored.push(policy);
        conflicts.push(error);
      } else if (!isNotFound(error)) {
        failed.push({ policy, error });
      }
    }
  }
  return { newId, restored, conflicts, failed };
}

/** Policies must not be pointed at a destination that another client deleted since the earlier attempt. */
async function exists(api: Api, accountId: string, destinationId: string): Promise<boolean> {
  try {
    await api.getDestination(accountId, destinationId);
    return true;
  } catch (error) {
    if (isNotFound(error)) {
      return false;
    }
    throw error;
  }
}
