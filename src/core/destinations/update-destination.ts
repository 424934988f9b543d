import { ApiError, isUncertain, markUnsettled } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import { explainRefusedTest } from '../api/refused-test.ts';
import type { Host } from '../api/transport.ts';
import { fetchSettled, type UnansweredUpdates } from '../api/unanswered.ts';
import { isNamed } from '../async/named-error.ts';
import { typeOrGeneric } from '../model/destination-types/index.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { keyOfDestination } from '../model/id.ts';
import { canStandFor, type Difference, planChange } from '../model/plan.ts';
import { isSameAddress } from '../model/web-address.ts';
import { lacksSecret } from '../model/whole-url.ts';
import type { RememberedSecret } from './remembered-secret.ts';

/** What became of each difference. */
export type UpdateOutcome = {
  /** Read back as it was sent. */
  readonly applied: readonly Difference[];
  /** Read back as before: Cloudflare accepted the update and did not change it. */
  readonly ignored: readonly Difference[];
  /** Cannot be read back: a secret, the secret part of a URL, or everything where the destination could not be read. */
  readonly unverifiable: readonly Difference[];
  /** The destination after the update; before it, with the new name, where it could not be read back. */
  readonly destination: Destination;
  /** Whether the destination was read back. */
  readonly isVerified: boolean;
};

export type UpdateOptions = {
  /** Read again right before the update is sent, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'>;
  /** Of this window, by `keyOfDestination`. */
  readonly unanswered: UnansweredUpdates<Destination>;
  readonly accountId: string;
  /** The destination as the user saw it when editing began. */
  readonly seen: Destination;
  readonly draft: Draft;
  readonly remembered: RememberedSecret | undefined;
  /** Told what is known of the update, and waited for. */
  readonly onProgress?: (progress: UpdateProgress) => Promise<void>;
};

/**
 * `sending`: about to be sent, so that it may take effect from now on, even if this window is killed. `refused`: it had no effect.
 * `accepted`: Cloudflare accepted it, and it has not been read back yet; or its answer was lost, and the destination shows it.
 * After a lost answer that nothing settles, no progress follows.
 */
export type UpdateProgress = 'sending' | 'refused' | 'accepted';

/** Pauses before each look at a destination whose update was not answered, in milliseconds. */
const PAUSES = [0, 1000, 2000] as const;

/**
 * Updates a destination and reads it back, since Cloudflare answers 200 also where it changes nothing. The destination is
 * read first: what another client changed is a conflict where the draft changes it too, and is kept where it does not. A
 * rename sends the URL that is there now, whole where this machine remembers it, and the remembered secret.
 * The update is sent once, after an earlier one of this window that was not answered can no longer undo it. A lost answer is
 * settled by a GET, and thrown where the destination does not show the update, as for a secret. Where Cloudflare tests the URL
 * that it was given, a URL without its secret part is rejected: the error then has `isUrlCut`.
 * Throws {@link DestinationConflictError} before anything was sent, and `ApiError`.
 */
export async function updateDestination(options: UpdateOptions): Promise<UpdateOutcome> {
  const { host, unanswered, accountId, seen, draft, remembered, onProgress } = options;
  const differences = planChange(seen, draft).differences.filter((each) => each !== 'type');
  const key = keyOfDestination(accountId, seen.id);
  const fetch = async (): Promise<Destination> => options.api.getDestination(accountId, seen.id);
  const before = await fetchSettled({ unanswered, key, host, fetch });
  const conflicts = conflictsOf(seen, before, draft, differences);
  if (conflicts.length > 0) {
    throw new DestinationConflictError(before, conflicts);
  }
  const secret = draft.secret ?? remembered?.secret;
  const body: Draft = {
    name: differences.includes('name') ? draft.name.trim() : before.name,
    url: differences.includes('url') ? draft.url : wholeUrl(before, remembered),
    ...(secret === undefined ? {} : { secret }),
  };
  const judgeAll = (after: Destination): readonly (readonly [Difference, Verdict])[] =>
    differences.map((each) => [each, judge(each, before, draft, after)] as const);
  const isApplied = (after: Destination): boolean => judgeAll(after).some(([, verdict]) => verdict === 'applied');
  let lost: unknown;
  const { api } = options;
  await onProgress?.('sending');
  const sentAt = host.now();
  try {
    await api.updateDestination(accountId, seen.id, body);
  } catch (error) {
    if (!isUncertain(error)) {
      await onProgress?.('refused');
      throw isTestOfCutUrl(error, before.type, body) ? new ApiError({ ...error.details, isUrlCut: true }) : error;
    }
    lost = error;
    unanswered.set(key, { sentAt, isApplied });
  }
  if (lost === undefined) {
    await onProgress?.('accepted');
  }
  for (const pause of lost === undefined ? [0] : PAUSES) {
    if (pause > 0) {
      await host.sleep(pause);
    }
    const after = await fetch().catch(() => undefined);
    if (after && (lost === undefined || isApplied(after))) {
      const verdicts = judgeAll(after);
      if (lost !== undefined) {
        unanswered.delete(key);
        await onProgress?.('accepted');
      }
      const having = (wanted: Verdict): readonly Difference[] =>
        verdicts.flatMap(([difference, verdict]) => (verdict === wanted ? [difference] : []));
      return {
        applied: having('applied'),
        ignored: having('ignored'),
        unverifiable: having('unverifiable'),
        destination: after,
        isVerified: true,
      };
    }
  }
  if (lost !== undefined) {
    throw markUnsettled(lost);
  }
  // Accepted but not read back.
  const destination = { ...before, name: body.name };
  return { applied: [], ignored: [], unverifiable: differences, destination, isVerified: false };
}

/** The fields that another client changed since the user saw them. */
export function changedSince(seen: Destination, now: Destination): readonly Difference[] {
  return [
    ...(now.name.trim() === seen.name.trim() ? [] : (['name'] as const)),
    ...(isSameAddress(now.url, seen.url) ? [] : (['url'] as const)),
  ];
}

/** Of the fields that another client changed, those that the draft would overwrite. */
function conflictsOf(
  seen: Destination,
  now: Destination,
  draft: Draft,
  differences: readonly Difference[],
): readonly Difference[] {
  const changed = changedSince(seen, now);
  const overwritten = (each: Difference): boolean =>
    differences.includes(each) &&
    (each === 'name' ? draft.name.trim() !== now.name.trim() : !isSameAddress(draft.url, now.url));
  // A secret belongs to a URL: a new one is not sent to a URL that the user has not seen.
  const secretMeetsNewUrl = changed.includes('url') && differences.includes('secret');
  return changed.filter((each) => overwritten(each) || (each === 'url' && secretMeetsNewUrl));
}

function wholeUrl({ type, url }: Destination, remembered: RememberedSecret | undefined): string {
  const whole = remembered?.url;
  return whole !== undefined && lacksSecret(typeOrGeneric(type), url) && canStandFor(url, whole) ? whole : url;
}

function isTestOfCutUrl(error: unknown, type: string, { url, secret }: Draft): error is ApiError {
  return (
    error instanceof ApiError &&
    explainRefusedTest(error.details.reason) !== undefined &&
    secret === undefined &&
    lacksSecret(typeOrGeneric(type), url)
  );
}

type Verdict = 'applied' | 'ignored' | 'unverifiable';

function judge(difference: Difference, before: Destination, draft: Draft, after: Destination): Verdict {
  switch (difference) {
    case 'name':
      return after.name.trim() === draft.name.trim() ? 'applied' : 'ignored';
    case 'url':
      if (isSameAddress(after.url, draft.url)) {
        return 'applied';
      }
      if (!canStandFor(after.url, draft.url)) {
        return 'ignored';
      }
      // The cut form of the new URL; where the old one is cut to the same form, nothing can be told.
      return isSameAddress(after.url, before.url) ? 'unverifiable' : 'applied';
    case 'secret':
    case 'type':
      return 'unverifiable';
    default:
      return difference satisfies never;
  }
}

/** Another client changed what the draft would overwrite. Nothing was sent. */
export class DestinationConflictError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('DestinationConflictError');
  override readonly name = 'DestinationConflictError';
  /** The destination as it is now. */
  readonly now: Destination;
  readonly fields: readonly Difference[];

  constructor(now: Destination, fields: readonly Difference[]) {
    super(`Another client changed the ${fields.join(' and ')} of the destination`);
    this.now = now;
    this.fields = fields;
  }
}
