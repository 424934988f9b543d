import { isNotFound } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import { isSettling } from '../api/deadlines.ts';
import { policiesOf, type Policy, usesDestination } from '../model/policy.ts';
import { type Digest, findCreation } from '../destinations/fingerprint.ts';
import type { Observed, Presence, Replacement } from './state.ts';

/**
 * Reads both destinations and the policies. Never rejects: what cannot be read is unknown. What the stage says is gone is gone,
 * even where Cloudflare would still answer with it.
 */
export async function observe(
  api: Api,
  state: Replacement,
  { now, digest }: { readonly now: () => number; readonly digest: Digest },
): Promise<Observed> {
  const { accountId, oldId, stage } = state;
  let failure: unknown;
  const note = (error: unknown): undefined => {
    failure ??= error;
  };
  /** `gone` only where the API itself says so (404), never on another failure. */
  const presenceOf = async (destinationId: string, isGone: boolean): Promise<Presence> => {
    if (isGone) {
      return 'gone';
    }
    try {
      await api.getDestination(accountId, destinationId);
      return 'exists';
    } catch (error) {
      if (isNotFound(error)) {
        return 'gone';
      }
      note(error);
      return 'unknown';
    }
  };
  const isCreating = state.pending?.kind === 'create';
  const listed = isCreating ? await api.listDestinations(accountId).catch(note) : [];
  const found = listed && (await findCreation(state, listed, digest));
  const newId = state.newId ?? found?.certain?.id;
  const [old, fresh, policies] = await Promise.all([
    presenceOf(oldId, stage === 'finishing'),
    newId === undefined ? ('none' as const) : presenceOf(newId, stage === 'closing'),
    api.listPolicies(accountId).catch(note),
  ]);
  const isInNeither = (policy: Policy): boolean =>
    state.policies.some(({ id }) => id === policy.id) &&
    !usesDestination(policy, oldId) &&
    !usesDestination(policy, newId ?? '');
  return {
    newId,
    old,
    new: found === undefined ? 'unknown' : fresh,
    isSettling: state.pending !== undefined && isSettling(state.pending.sentAt, now()),
    candidates: found?.candidates ?? [],
    onOld: policies && policiesOf(policies, oldId).length,
    onNew: policies && (newId === undefined ? 0 : policiesOf(policies, newId).length),
    inNeither: policies?.filter(isInNeither).map(({ id }) => id) ?? [],
    failure,
  };
}
