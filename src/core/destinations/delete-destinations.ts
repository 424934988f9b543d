import type { Api } from '../api/client.ts';
import { changePolicy } from '../policies/change-policy.ts';
import { type DeleteOutcome, deleteDestination } from './delete-destination.ts';
import type { Impact } from '../policies/delete-impact.ts';
import { createLimit } from '../async/limit.ts';
import type { Located } from '../monitoring/overview.ts';
import { type Policy, usesDestination, withoutDestinations } from '../model/policy.ts';

/**
 * How the deletion of one destination ended; `skipped`: the user cancelled before its turn came. `takenOutOf`: the policies it
 * was taken out of before, also where it was then kept.
 */
export type Deletion = { readonly target: Located; readonly takenOutOf: readonly Policy[] } & (
  | { readonly outcome: DeleteOutcome | 'skipped' }
  | { readonly outcome: 'failed'; readonly error: unknown }
);

/** The policies of one account that using destinations are taken out of first. */
export type Detaching = { readonly api: Api; readonly accountId: string; readonly impacts: readonly Impact[] };

export type DeleteOptions = {
  /** Policies to take the destinations out of before they are deleted. */
  readonly detach?: readonly Detaching[];
  readonly onDone?: (deletion: Deletion) => void;
  /** Looked at between two: what has been sent is waited for, since nobody would know how it ended. */
  readonly signal?: AbortSignal;
};

const AT_ONCE = 4;

/**
 * Deletes destinations, a few at a time, past any failure. Never rejects; returns how each ended, in the order given.
 * A destination whose policy could not be changed as asked is not deleted.
 */
export async function deleteDestinations(
  targets: readonly Located[],
  { detach = [], onDone, signal }: DeleteOptions = {},
): Promise<readonly Deletion[]> {
  const inTurn = createLimit(AT_ONCE);
  const isOver = (): boolean => signal?.aborted ?? false;
  const kept = new Map<string, unknown>();
  const takenOut = new Map<string, readonly Policy[]>();
  await Promise.all(
    detach.map(async ({ api, accountId, impacts }) => {
      const ids = new Set(
        targets.filter((each) => each.connection.account.id === accountId).map((each) => each.destination.id),
      );
      // One policy after the other, all destinations at once: a policy is written whole, and two writers lose one.
      for (const { policy } of impacts) {
        const using = [...ids].filter((id) => usesDestination(policy, id));
        if (isOver()) {
          return;
        }
        try {
          const isOut = await inTurn(async () => detachPolicy(api, accountId, policy.id, ids));
          for (const key of isOut ? using.map((id) => keyOf(accountId, id)) : []) {
            takenOut.set(key, [...(takenOut.get(key) ?? []), policy]);
          }
        } catch (error) {
          for (const id of using) {
            kept.set(keyOf(accountId, id), error);
          }
        }
      }
    }),
  );

  async function remove(target: Located): Promise<Deletion> {
    const { connection, destination } = target;
    const key = keyOf(connection.account.id, destination.id);
    const known = { target, takenOutOf: takenOut.get(key) ?? [] };
    if (isOver()) {
      return { ...known, outcome: 'skipped' };
    }
    if (kept.has(key)) {
      return { ...known, outcome: 'failed', error: kept.get(key) };
    }
    try {
      return { ...known, outcome: await deleteDestination(connection.api, connection.account.id, destination.id) };
    } catch (error) {
      return { ...known, outcome: 'failed', error };
    }
  }

  return Promise.all(
    targets.map(async (target) =>
      inTurn(async () => {
        const deletion = await remove(target);
        onDone?.(deletion);
        return deletion;
      }),
    ),
  );
}

function keyOf(accountId: string, destinationId: string): string {
  return `${accountId}/${destinationId}`;
}

/** `false`: the policy has nothing else, and keeps them, since the API takes none without a mechanism. */
async function detachPolicy(api: Api, accountId: string, policyId: string, ids: ReadonlySet<string>): Promise<boolean> {
  return changePolicy(
    api,
    accountId,
    policyId,
    (policy) => withoutDestinations(policy, ids),
    (policy) => ![...ids].some((id) => usesDestination(policy, id)),
  );
}
