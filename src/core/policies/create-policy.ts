import { createPolicy as sendPolicy } from '../api/alerting-calls.ts';
import { isUncertain, markUnsettled } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import { isSettling } from '../api/deadlines.ts';
import type { Host } from '../api/transport.ts';
import { createCanceledError } from '../async/canceled.ts';
import { changePolicy, MissingDestinationsError, PolicyConflictError, UncertainPolicyError } from './change-policy.ts';
import { fetchExisting } from './existing-destinations.ts';
import type { Turns } from './turns.ts';
import { createIdSet } from '../model/id.ts';
import { differingFields, hasSameRecipients, type Policy, recipientsOf, webhookIdsOf } from '../model/policy.ts';

/** A creation that was sent and not answered. `sentAt` is in milliseconds since the epoch. */
type Unanswered = {
  readonly sentAt: number;
  readonly policy: Policy['whole'];
  readonly knownIds: readonly string[];
};

/** Creations of this window that were sent and not answered, so that the next attempt looks for them first. */
export type UnansweredPolicies = Map<string, Unanswered>;

export type CreatePolicyOptions = {
  /** Read again right before each call, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns;
  readonly accountId: string;
  /** The body of the request, without an ID. */
  readonly policy: Policy['whole'];
  readonly unanswered: UnansweredPolicies;
  /** After the request was sent, an abort ends it, and the policies show whether it took effect. */
  readonly signal?: AbortSignal;
};

/**
 * `policy`: as Cloudflare has it; undefined if it could not be fetched. `differing`: the fields that differ from what was
 * sent, because another client or Cloudflare changed them, or because the policy of an earlier attempt could not be changed
 * (`failure`).
 */
export type CreatedPolicy = {
  readonly id: string;
  readonly policy: Policy | undefined;
  readonly differing: readonly string[];
  readonly failure?: unknown;
};

/** The pause between two looks for the creation of an earlier attempt, in milliseconds. */
const PAUSE = 2000;
/** Pauses before each look for a creation that was not answered, in milliseconds. */
const PAUSES = [0, 1000, 2000, 3000] as const;

/**
 * Creates a policy, fetches it and compares. The creation is sent at most once. Where its answer is lost, the policy is
 * recognized among those that were not there before. The next attempt with the same name, alert type and recipients looks
 * for it until it can no longer take effect, and only then sends again. A policy that it finds is changed to what the user
 * wants now.
 * Throws {@link MissingDestinationsError} before anything is sent, {@link UncertainPolicyError}, also at each next attempt while
 * several policies match, else the error of the creation.
 */
export async function createPolicy(options: CreatePolicyOptions): Promise<CreatedPolicy> {
  const { host, accountId, policy, unanswered, signal } = options;
  const key = keyOf(options);
  const earlier = unanswered.get(key);
  let isOver: boolean;
  let before: readonly Policy[];
  do {
    isOver = !earlier || !isSettling(earlier.sentAt, host.now());
    before = await options.api.listPolicies(accountId, signal);
    const found = earlier ? findNew(before, earlier.knownIds, policy) : [];
    if (earlier && found.length > 1) {
      throw new UncertainPolicyError();
    }
    const [only] = found;
    if (earlier && only) {
      unanswered.delete(key);
      return readBack(options, only.id, await adjust(options, earlier, only.id));
    }
    if (!isOver) {
      await host.sleep(PAUSE, signal);
    }
  } while (!isOver);
  await checkDestinations(options);
  if (signal?.aborted) {
    throw createCanceledError();
  }
  const sentAt = host.now();
  const knownIds = before.map(({ id }) => id);
  // A getter that throws here must not count as a creation without an answer.
  const { api } = options;
  unanswered.delete(key);
  try {
    return await readBack(options, await sendPolicy(api, accountId, policy, signal));
  } catch (error) {
    if (!isUncertain(error)) {
      throw error;
    }
    return settle(options, { sentAt, policy, knownIds }, error);
  }
}

type Sent = Pick<CreatePolicyOptions, 'accountId' | 'policy'>;

/** Whether a creation of this policy was sent and not answered, and nothing has shown since whether it took effect. */
export function isUnanswered({ unanswered, ...sent }: Sent & Pick<CreatePolicyOptions, 'unanswered'>): boolean {
  return unanswered.has(keyOf(sent));
}

function keyOf({ accountId, policy }: Sent): string {
  return JSON.stringify([accountId, nameIn(policy), policy['alert_type'], recipientsOf(policy)]);
}

/** The name to compare by: Cloudflare may trim it. */
function nameIn({ name }: Policy['whole']): string {
  return typeof name === 'string' ? name.trim() : '';
}

/** A policy must not be pointed at a destination that another client deleted since the user saw it. */
async function checkDestinations(options: CreatePolicyOptions): Promise<void> {
  const wanted = webhookIdsOf(options.policy);
  if (wanted.length === 0) {
    return;
  }
  const existing = await fetchExisting(wanted, options);
  const missing = wanted.filter((id) => !existing.has(id));
  if (missing.length > 0) {
    throw new MissingDestinationsError(missing);
  }
}

async function settle(options: CreatePolicyOptions, sent: Unanswered, error: unknown): Promise<CreatedPolicy> {
  const { host, accountId, policy, unanswered } = options;
  const look = async (): Promise<readonly Policy[]> => options.api.listPolicies(accountId);
  let isClear = true;
  for (const pause of PAUSES) {
    if (pause > 0) {
      await host.sleep(pause);
    }
    // A look that fails says nothing.
    const now = await look().catch(() => undefined);
    if (!now) {
      continue;
    }
    const [only, ...others] = findNew(now, sent.knownIds, policy);
    if (only && others.length === 0) {
      return readBack(options, only.id);
    }
    isClear = others.length === 0;
  }
  unanswered.set(keyOf(options), sent);
  throw isClear ? markUnsettled(error) : new UncertainPolicyError();
}

/** The fields that the user edited since an earlier attempt, and why they could not be changed. */
type Adjusted = { readonly edited: readonly string[]; readonly failure?: unknown };

/** Changes what the user edited since an earlier attempt in the policy that it created. Never rejects. */
async function adjust(options: CreatePolicyOptions, earlier: Unanswered, policyId: string): Promise<Adjusted> {
  const { host, accountId, policy } = options;
  // Both attempts have the same recipients.
  const edited = differingFields(policy, earlier.policy).filter((field) => field !== 'mechanisms');
  if (edited.length === 0) {
    return { edited };
  }
  try {
    await changePolicy({
      get api() {
        return options.api;
      },
      host,
      accountId,
      policyId,
      change: ({ whole }) => ({ ...whole, ...Object.fromEntries(edited.map((field) => [field, policy[field]])) }),
      isChanged: ({ whole }) => !differingFields(policy, whole).some((field) => edited.includes(field)),
    });
    return { edited };
  } catch (failure) {
    // After a conflict, the edited fields are changed, and what differs is of another client.
    return failure instanceof PolicyConflictError ? { edited } : { edited, failure };
  }
}

/** The policies that were not there before and have the name, the alert type and the recipients of what was sent. */
function findNew(now: readonly Policy[], knownIds: readonly string[], sent: Policy['whole']): readonly Policy[] {
  const known = createIdSet(knownIds);
  return now.filter(
    ({ id, name, alertType, whole }) =>
      !known.has(id) &&
      name.trim() === nameIn(sent) &&
      alertType === sent['alert_type'] &&
      hasSameRecipients(whole, sent),
  );
}

/**
 * Compares only what was sent, because Cloudflare adds fields such as the ID and defaults, and the edited fields, which an earlier
 * attempt may have sent.
 */
async function readBack(
  options: CreatePolicyOptions,
  id: string,
  { edited, failure }: Adjusted = { edited: [] },
): Promise<CreatedPolicy> {
  const { accountId, policy } = options;
  const fetch = async (): Promise<Policy> => options.api.getPolicy(accountId, id);
  // The policy exists, so a failed fetch is not a failed creation.
  const after = await fetch().catch(() => undefined);
  if (!after) {
    return { id, policy: undefined, differing: [] };
  }
  const fields = differingFields(policy, after.whole).filter(
    (key) => (key in policy || edited.includes(key)) && key !== 'mechanisms',
  );
  const differing = hasSameRecipients(policy, after.whole) ? fields : [...fields, 'mechanisms'];
  return { id, policy: after, differing, ...(differing.length > 0 && failure !== undefined ? { failure } : {}) };
}
