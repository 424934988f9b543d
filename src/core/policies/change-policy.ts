import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { isNotFound, isUncertain, markUnsettled } from '../api/api-error.ts';
import { fetchSettled } from '../api/unanswered.ts';
import { isNamed } from '../async/named-error.ts';
import { differingFields, hasSameWebhooks, type Policy } from '../model/policy.ts';
import { keyOfPolicy, type Turns } from './turns.ts';

/**
 * The outcome for a policy. `changed`: this call changed it. `unchanged`: it was already as requested. `impossible`:
 * {@link PolicyChange.change} returned undefined.
 */
export type PolicyOutcome = 'changed' | 'unchanged' | 'impossible';

export type PolicyChange = {
  /** Read again right before the update is sent, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns;
  readonly accountId: string;
  readonly policyId: string;
  /**
   * Returns the whole policy with the change, or undefined if the change is not possible. Receives the policy as
   * Cloudflare has it now.
   */
  readonly change: (policy: Policy) => Policy['whole'] | undefined;
  readonly isChanged: (policy: Policy) => boolean;
  /** Called right before the update is sent, and waited for. Fetching the policy can take a minute. */
  readonly beforeSend?: () => Promise<void>;
  /** Looked at until the update is sent; ends the wait for an earlier one. An update that was sent is waited for. */
  readonly signal?: AbortSignal | undefined;
};

type PolicyCall = Pick<PolicyChange, 'api' | 'host' | 'accountId' | 'policyId' | 'signal'>;

/** Fetches a policy once no earlier update of this window can take effect any more. */
export async function fetchSettledPolicy(call: PolicyCall): Promise<Policy> {
  const { host, accountId, policyId, signal } = call;
  return fetchSettled({
    unanswered: host.unanswered,
    key: keyOfPolicy(accountId, policyId),
    host,
    signal,
    fetch: async () => call.api.getPolicy(accountId, policyId),
  });
}

/**
 * Sends a whole policy once. `lost`: the error of an answer that did not come, so that only the policy can show whether the
 * update took effect. `pauses`: how long to wait before each fetch of the policy, in milliseconds. Throws the error of an
 * update that certainly had no effect.
 */
export async function sendPolicy(
  { api, host, accountId, policyId }: PolicyCall,
  whole: Policy['whole'],
  isApplied: (policy: Policy) => boolean,
): Promise<{ readonly lost?: unknown; readonly pauses: readonly number[] }> {
  const sentAt = host.now();
  try {
    await api.updatePolicy(accountId, policyId, whole);
    return { pauses: [0] };
  } catch (error) {
    if (!isUncertain(error)) {
      throw error;
    }
    host.unanswered.set(keyOfPolicy(accountId, policyId), { sentAt, isApplied });
    return { lost: error, pauses: PAUSES };
  }
}

/** Pauses between fetches of a policy after an update without an answer, in milliseconds. */
const PAUSES = [0, 1000, 2000] as const;

/**
 * Changes of one policy wait for each other in this window, and for an earlier one that was not answered. Fetches a policy,
 * writes it whole with the change, fetches it again and compares. The update call replaces the whole policy and does not say
 * which fields it applied. The update is sent at most once. After a lost answer, fetching the policy shows whether the update
 * was applied; an update that Cloudflare accepted counts as made if the policy cannot be fetched. The API has no conditional
 * update, so a concurrent change of another client is overwritten. Throws {@link PolicyUnchangedError}, `ApiError`, and
 * {@link PolicyConflictError}, after which the change was made all the same.
 */
export async function changePolicy(options: PolicyChange): Promise<PolicyOutcome> {
  const { host, accountId, policyId } = options;
  return host.inTurn(keyOfPolicy(accountId, policyId), async () => changeInTurn(options));
}

async function changeInTurn(options: PolicyChange): Promise<PolicyOutcome> {
  const { host, accountId, policyId, change, isChanged, beforeSend, signal } = options;
  const fetch = async (): Promise<Policy> => options.api.getPolicy(accountId, policyId);
  const before = await fetchSettledPolicy(options);
  if (isChanged(before)) {
    return 'unchanged';
  }
  const whole = change(before);
  if (!whole) {
    return 'impossible';
  }
  signal?.throwIfAborted();
  await beforeSend?.();
  const { lost, pauses } = await sendPolicy(options, whole, isChanged);
  for (const pause of pauses) {
    if (pause > 0) {
      await host.sleep(pause);
    }
    const after = await fetch().catch((error: unknown) => {
      if (lost === undefined && !isNotFound(error)) {
        return undefined;
      }
      // A failed fetch says nothing about the update, so throw the update's own error.
      throw markUnsettled(lost) ?? error;
    });
    if (!after) {
      return 'changed';
    }
    if (isChanged(after)) {
      host.unanswered.delete(keyOfPolicy(accountId, policyId));
      const fields = differingFields(whole, after.whole);
      if (fields.length > 0 || !hasSameWebhooks(whole, after.whole)) {
        throw new PolicyConflictError(after.name, fields.length > 0 ? fields : ['mechanisms']);
      }
      return 'changed';
    }
  }
  throw markUnsettled(lost) ?? new PolicyUnchangedError(before.name);
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

/**
 * After the update the policy differs from what was sent: another client changed it, or Cloudflare dropped a field. From
 * `changePolicy`, it means that the change itself was made.
 */
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

/** Nothing was sent: destinations of the policy no longer exist. */
export class MissingDestinationsError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('MissingDestinationsError');
  override readonly name = 'MissingDestinationsError';
  readonly destinationIds: readonly string[];

  constructor(destinationIds: readonly string[]) {
    super('Destinations of the policy no longer exist');
    this.destinationIds = destinationIds;
  }
}

/** A creation was not answered, and several policies appeared that may be what it made. */
export class UncertainPolicyError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('UncertainPolicyError');
  override readonly name = 'UncertainPolicyError';

  constructor() {
    super('The creation was not answered, and several policies match what was sent');
  }
}
