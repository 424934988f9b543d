import { isNotFound } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import { isSettling } from '../api/deadlines.ts';
import { policiesOf } from '../model/policy.ts';
import { type Digest, findCreation, type Found } from '../destinations/fingerprint.ts';
import type { Observed, Presence, Replacement } from './state.ts';

/** Whether a destination exists: `gone` only where the API itself says so (404), never on another failure. */
export async function presenceOf(api: Api, accountId: string, destinationId: string): Promise<Presence> {
  try {
    await api.getDestination(accountId, destinationId);
    return 'exists';
  } catch (error) {
    return isNotFound(error) ? 'gone' : 'unknown';
  }
}

/** Looks for the destination of a creation that was not answered. Throws `ApiError` where the list cannot be read. */
export async function lookForCreation(api: Api, state: Replacement, digest: Digest): Promise<Found> {
  return state.newId !== undefined || state.pending?.kind !== 'create'
    ? { candidates: [] }
    : findCreation(state, await api.listDestinations(state.accountId), digest);
}

/** Reads both destinations and the policies. Never rejects: what cannot be read is unknown. */
export async function observe(
  api: Api,
  state: Replacement,
  { now, digest }: { readonly now: () => number; readonly digest: Digest },
): Promise<Observed> {
  const { accountId, oldId } = state;
  const found = await lookForCreation(api, state, digest).catch(() => undefined);
  const newId = state.newId ?? found?.certain?.id;
  const [old, fresh, policies] = await Promise.all([
    presenceOf(api, accountId, oldId),
    newId === undefined ? ('none' as const) : presenceOf(api, accountId, newId),
    api.listPolicies(accountId).catch(() => undefined),
  ]);
  return {
    old,
    new: found === undefined ? 'unknown' : fresh,
    isSettling: state.pending !== undefined && isSettling(state.pending.sentAt, now()),
    candidates: found?.candidates ?? [],
    onOld: policies && policiesOf(policies, oldId).length,
    onNew: policies && (newId === undefined ? 0 : policiesOf(policies, newId).length),
  };
}
