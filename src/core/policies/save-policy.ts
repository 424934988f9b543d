import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { formatPolicy, mergePolicy } from '../formats/policy-document.ts';
import { differingFields, hasSameWebhooks, type Policy } from '../model/policy.ts';
import { changePolicy } from './change-policy.ts';

export type SavePolicyOptions = {
  readonly api: Api;
  readonly host: Pick<Host, 'sleep'>;
  readonly accountId: string;
  readonly policyId: string;
  /** The edited document. */
  readonly edited: Policy['whole'];
  /** The document that the edit began with, as `formatPolicy` wrote it. */
  readonly seen: string;
};

/** `conflict`: another client changed the policy since the edit began, so nothing was sent. */
export type SavePolicyOutcome =
  | { readonly kind: 'changed' | 'unchanged' }
  | { readonly kind: 'conflict'; readonly now: Policy };

/**
 * Saves an edited policy: fetches it, compares it with what the user saw, writes it whole and reads it back. The write is
 * sent at most once. Throws what `changePolicy` throws.
 */
export async function savePolicy(options: SavePolicyOptions): Promise<SavePolicyOutcome> {
  const { api, host, accountId, policyId, edited, seen } = options;
  let conflict: Policy | undefined;
  const outcome = await changePolicy({
    api,
    host,
    accountId,
    policyId,
    change(now) {
      conflict = formatPolicy(now.whole) === seen ? undefined : now;
      return conflict ? undefined : mergePolicy(now.whole, edited);
    },
    isChanged(now) {
      const wanted = mergePolicy(now.whole, edited);
      return differingFields(wanted, now.whole).length === 0 && hasSameWebhooks(wanted, now.whole);
    },
  });
  return conflict ? { kind: 'conflict', now: conflict } : { kind: outcome === 'changed' ? 'changed' : 'unchanged' };
}
