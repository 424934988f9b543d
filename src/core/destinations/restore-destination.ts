import type { Api } from '../api/client.ts';
import { changePolicy } from '../policies/change-policy.ts';
import { createDestination } from './create-destination.ts';
import type { Draft } from '../model/destination.ts';
import { type Policy, putBackDestination, usesDestination } from '../model/policy.ts';

/** What came of putting a deleted destination back: its new id, and the policies it is in again or could not be put into. */
export type Restored = {
  readonly newId: string;
  readonly putBack: readonly Policy[];
  readonly failed: readonly { readonly policy: Policy; readonly error: unknown }[];
};

/**
 * Creates a destination that was deleted once more (Cloudflare tests it and gives it a new id) and puts it back into the
 * policies that used it, one after the other. Throws what the creation throws; a policy that fails is told of and the
 * others go on, since each one put back is one that delivers again.
 */
export async function restoreDestination(
  api: Api,
  accountId: string,
  oldId: string,
  draft: Draft,
  policies: readonly Policy[],
  knownIds: ReadonlySet<string>,
): Promise<Restored> {
  const newId = await createDestination(api, accountId, draft, knownIds);
  const putBack: Policy[] = [];
  const failed: Restored['failed'][number][] = [];
  for (const policy of policies) {
    try {
      await changePolicy(
        api,
        accountId,
        policy.id,
        (current) => putBackDestination(current, oldId, newId),
        (current) => usesDestination(current, newId) && !usesDestination(current, oldId),
      );
      putBack.push(policy);
    } catch (error) {
      failed.push({ policy, error });
    }
  }
  return { newId, putBack, failed };
}
