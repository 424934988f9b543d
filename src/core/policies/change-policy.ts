import { isUncertain } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { isNamed } from '../async/named-error.ts';
import { differingFields, hasSameWebhooks, type Policy } from '../model/policy.ts';

/**
 * What became of a policy: `changed` by this call, `unchanged` since it was as wanted already, or `impossible` since
 * {@link PolicyChange.change} returned undefined.
 */
export type PolicyOutcome = 'changed' | 'unchanged' | 'impossible';

export type PolicyChange = {
  readonly api: Api;
  readonly host: Pick<Host, 'sleep'>;
  readonly accountId: string;
  readonly policyId: string;
  /** The whole policy as it should be; undefined where that is not possible. Gets the policy as Cloudflare has it now. */
  readonly change: (policy: Policy) => Policy['whole'] | undefined;
  readonly isChanged: (policy: Policy) => boolean;
};

/** Pauses between looks at a policy whose update was not answered, in milliseconds. */
const PAUSES = [0, 1000, 2000] as const;

/**
 * Reads a policy, writes it whole with the change, reads it again and compares: the update call replaces the whole policy
 * and does not say what it kept. The update is sent at most once; a lost answer is settled by reading.
 * The API has no conditional update, so a change made by another client between the read and the write is overwritten.
 * Throws {@link PolicyUnchangedError}, {@link PolicyConflictError} and `ApiError`.
 */
export async function changePolicy(options: PolicyChange): Promise<PolicyOutcome> {
  const { api, host, accountId, policyId, change, isChanged } = options;
  const before = await api.getPolicy(accountId, policyId);
  if (isChanged(before)) {
    return 'unchanged';
  }
  const whole = change(before);
  if (!whole) {
    return 'impossible';
  }
  let lost: unknown;
  try {
    await api.updatePolicy(accountId, policyId, whole);
  } catch (error) {
    if (!isUncertain(error)) {
      throw error;
    }
    lost = error;
  }
  for (const pause of lost === undefined ? [0] : PAUSES) {
    if (pause > 0) {
      await host.sleep(pause);
    }
    const after = await api.getPolicy(accountId, policyId).catch((error: unknown) => {
      // That it cannot be read says nothing about the update: its own failure counts.
      throw lost ?? error;
    });
    if (isChanged(after)) {
      const fields = differingFields(whole, after.whole);
      if (fields.length > 0 || !hasSameWebhooks(whole, after.whole)) {
        throw new PolicyConflictError(after.name, fields.length > 0 ? fields : ['mechanisms']);
      }
      return 'changed';
    }
  }
  throw lost ?? new PolicyUnchangedError(before.name);
}

/** Cloudflare accepted the change of a policy but did not apply it. */
export class PolicyUnchangedError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('PolicyUnchangedError');
  override readonly name = 'PolicyUnchangedError';
  readonly policyName: string;

  constructor(policyName: string) {
    super('Cloudflare accepted the update of the policy but did not apply it');
    this.policyName = policyName;
  }
}

/** After the update the policy differs from what was sent: another client changed it, or Cloudflare dropped a field. */
export class PolicyConflictError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('PolicyConflictError');
  override readonly name = 'PolicyConflictError';
  readonly policyName: string;
  /** Names of the fields that differ, as the API writes them. */
  readonly fields: readonly string[];

  constructor(policyName: string, fields: readonly string[]) {
    super(`The policy differs from what was sent: ${fields.join(', ')}`);
    this.policyName = policyName;
    this.fields = fields;
  }
}
