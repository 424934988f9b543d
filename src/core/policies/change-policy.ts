import type { Api } from '../api/client.ts';
import { isNamed } from '../async/named-error.ts';
import type { Policy } from '../model/policy.ts';

/**
 * Reads a policy, writes it whole with its change, and reads it again: the update call replaces everything and says
 * nothing of what it kept. Where it already `isChanged` nothing is written. `change` may find that it cannot be done
 * and return undefined; then nothing is written either, and `false` is returned.
 * Throws {@link PolicyUnchangedError} where it was accepted but is not as it was written, and `ApiError`.
 */
export async function changePolicy(
  api: Api,
  accountId: string,
  policyId: string,
  change: (policy: Policy) => Policy['whole'] | undefined,
  isChanged: (policy: Policy) => boolean,
): Promise<boolean> {
  const policy = await api.getPolicy(accountId, policyId);
  if (isChanged(policy)) {
    return true;
  }
  const whole = change(policy);
  if (!whole) {
    return false;
  }
  await api.updatePolicy(accountId, policyId, whole);
  if (!isChanged(await api.getPolicy(accountId, policyId))) {
    throw new PolicyUnchangedError(policy.name);
  }
  return true;
}

/** Cloudflare accepted the change of a policy, but the policy is as it was. */
export class PolicyUnchangedError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('PolicyUnchangedError');
  override readonly name = 'PolicyUnchangedError';
  readonly policyName: string;

  constructor(policyName: string) {
    super('Cloudflare accepted the changed policy, but it is as it was');
    this.policyName = policyName;
  }
}
