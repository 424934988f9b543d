import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import { markUnsettled } from '../api/api-error.ts';
import { isObject } from '../api/decode-list.ts';
import { mergePolicy } from '../formats/policy-document.ts';
import { createIdSet } from '../model/id.ts';
import { canonical, differingFields, hasSameRecipients, type Policy, webhookIdsOf } from '../model/policy.ts';
import { fetchSettledPolicy, MissingDestinationsError, PolicyUnchangedError, sendPolicy } from './change-policy.ts';
import { fetchExisting } from './existing-destinations.ts';
import { keyOfPolicy, type Turns } from './turns.ts';

export type SavePolicyOptions = {
  /** Read again right before the update is sent, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & Turns;
  readonly accountId: string;
  readonly policyId: string;
  /** The edited document. */
  readonly edited: Policy['whole'];
  /** The document that the edit began with, as `formatPolicy` wrote it; empty if it is not known. */
  readonly seen: string;
};

/**
 * `conflict`: another client changed the policy since the edit began, so nothing was sent. `differing`: the fields that
 * differ from what was sent, because Cloudflare or another client changed them; undefined if the policy could not be read.
 */
export type SavePolicyOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly differing: readonly string[] | undefined }
  | { readonly kind: 'conflict'; readonly now: Policy };

/**
 * Saves an edited policy, after the other changes of it in this window: fetches it, compares it with what the user saw, makes
 * sure that added destinations exist, writes it whole and fetches it again. The write is sent at most once; after a lost
 * answer, an edited field that is as it was sent says that it took effect. Throws {@link MissingDestinationsError} before
 * anything is sent, {@link PolicyUnchangedError}, and `ApiError`.
 */
export async function savePolicy(options: SavePolicyOptions): Promise<SavePolicyOutcome> {
  const { host, accountId, policyId } = options;
  return host.inTurn(keyOfPolicy(accountId, policyId), async () => saveInTurn(options));
}

async function saveInTurn(options: SavePolicyOptions): Promise<SavePolicyOutcome> {
  const { host, accountId, policyId, edited, seen } = options;
  const fetch = async (): Promise<Policy> => options.api.getPolicy(accountId, policyId);
  const before = await fetchSettledPolicy(options);
  const wanted = mergePolicy(before.whole, edited);
  const known = parse(seen);
  const isSame = differences(wanted, before.whole).length === 0;
  // Two answers of Cloudflare can differ in the text of recipients too, so only what the user edited counts.
  if (isSame && (!known || isSameText(edited, known) || isSameText(wanted, before.whole))) {
    return { kind: 'unchanged' };
  }
  const compare = isSame ? exactDifferences : differences;
  if (!known || differences(mergePolicy(before.whole, known), before.whole).length > 0) {
    return { kind: 'conflict', now: before };
  }
  await checkAdded(options, before.whole);
  const edits = compare(withTrimmedName(before.whole), withTrimmedName(wanted));
  const isApplied = ({ whole }: Policy): boolean => {
    const missing = compare(withTrimmedName(wanted), withTrimmedName(whole));
    return edits.some((field) => !missing.includes(field));
  };
  const { lost, pauses } = await sendPolicy(options, wanted, isApplied);
  for (const pause of pauses) {
    if (pause > 0) {
      await host.sleep(pause);
    }
    const after = await fetch().catch(() => undefined);
    if (!after && lost === undefined) {
      // Cloudflare accepted the update, so a failed fetch is not a failed save.
      return { kind: 'changed', differing: undefined };
    }
    // Cloudflare may normalize fields of an update that it accepted, so any change counts, and the rest is told.
    if (after && (lost === undefined ? compare(before.whole, after.whole).length > 0 : isApplied(after))) {
      host.unanswered.delete(keyOfPolicy(accountId, policyId));
      return { kind: 'changed', differing: compare(wanted, after.whole) };
    }
  }
  throw markUnsettled(lost) ?? new PolicyUnchangedError(before.name);
}

/** To compare by: Cloudflare may trim the name. */
function withTrimmedName(whole: Policy['whole']): Policy['whole'] {
  const { name } = whole;
  return typeof name === 'string' ? { ...whole, name: name.trim() } : whole;
}

/** A policy must not be pointed at a destination that another client deleted since the user chose it. */
async function checkAdded(options: SavePolicyOptions, before: Policy['whole']): Promise<void> {
  const had = createIdSet(webhookIdsOf(before));
  const added = webhookIdsOf(options.edited).filter((id) => !had.has(id));
  if (added.length === 0) {
    return;
  }
  const existing = await fetchExisting(added, options);
  const missing = added.filter((id) => !existing.has(id));
  if (missing.length > 0) {
    throw new MissingDestinationsError(missing);
  }
}

/** The fields that differ. The order of recipients and the spelling of IDs are no difference. */
function differences(a: Policy['whole'], b: Policy['whole']): readonly string[] {
  const fields = differingFields(a, b).filter((key) => key !== 'mechanisms');
  return hasSameRecipients(a, b) ? fields : [...fields, 'mechanisms'];
}

/** The fields that differ, with every detail of the recipients, for example the case of an e-mail address. */
function exactDifferences(a: Policy['whole'], b: Policy['whole']): readonly string[] {
  const fields = differences(a, b).filter((key) => key !== 'mechanisms');
  return isSameText(a, b) ? fields : [...fields, 'mechanisms'];
}

function isSameText(a: Policy['whole'], b: Policy['whole']): boolean {
  return canonical(a['mechanisms']) === canonical(b['mechanisms']);
}

function parse(text: string): Policy['whole'] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
