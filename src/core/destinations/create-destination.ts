import { isUncertain, markUnsettled } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import { isSettling } from '../api/deadlines.ts';
import type { Host } from '../api/transport.ts';
import { createCanceledError } from '../async/canceled.ts';
import { isNamed } from '../async/named-error.ts';
import { type Destination, type Draft, hostOf } from '../model/destination.ts';
import { normalizeAddress } from '../model/web-address.ts';
import {
  type Candidate,
  type Digest,
  findCreation,
  type Found,
  type SentCreation,
  takeFingerprint,
} from './fingerprint.ts';

/**
 * Creations of this window that were sent and not answered, so that the next attempt looks for them first. `sentAt` is in
 * milliseconds since the epoch. `secret`: the salted digest of the secret.
 */
export type UnansweredCreations = Map<string, Unanswered>;
type Unanswered = SentCreation & { readonly sentAt: number; readonly secret: string };

export type CreateOptions = {
  /** Read again right before each call, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'now' | 'sleep'> & { readonly digest: Digest; readonly makeSalt: () => string };
  readonly accountId: string;
  readonly draft: Draft;
  readonly unanswered: UnansweredCreations;
  /** The destinations that exist, if they were fetched just before. Default: they are fetched. */
  readonly before?: readonly Destination[];
  /** Looked at until the creation is sent. */
  readonly signal?: AbortSignal | undefined;
};

/** The pause between two looks for the creation of an earlier attempt, in milliseconds. */
const PAUSE = 2000;
/** Pauses before each look for a creation that was not answered, in milliseconds. */
const PAUSES = [0, 1000, 2000, 3000] as const;

/**
 * Creates a destination; the creation is sent at most once. Where its answer is lost, the destination is recognized among
 * those that were not there before. The next attempt looks for it until it can no longer take effect, and only then sends
 * again.
 * Returns the ID. Throws {@link UncertainCreationError} where only the user can tell which destination it is, or where it was
 * created with another secret than the one of this attempt, also at each next attempt while that destination exists, else the
 * `ApiError` of the creation.
 */
export async function createDestination(options: CreateOptions): Promise<string> {
  const { host, accountId, draft, unanswered, signal } = options;
  const key = JSON.stringify([accountId, draft.name.trim(), normalizeAddress(draft.url)]);
  const earlier = unanswered.get(key);
  let isOver: boolean;
  let before: readonly Destination[];
  do {
    isOver = !earlier || !isSettling(earlier.sentAt, host.now());
    before = (earlier ? undefined : options.before) ?? (await options.api.listDestinations(accountId, signal));
    const found = earlier && (await findCreation(earlier, before, host.digest));
    if (found && isTrace(found)) {
      const { id, url } = certainOf(found);
      if (earlier.secret !== (await digestSecret(earlier, options))) {
        throw new UncertainCreationError([{ id, host: hostOf(url) }]);
      }
      unanswered.delete(key);
      return id;
    }
    if (!isOver) {
      await host.sleep(PAUSE, signal);
    }
  } while (!isOver);
  const fingerprint = await takeFingerprint(draft, host.makeSalt(), host.digest);
  const sent = {
    sentAt: host.now(),
    name: draft.name,
    host: hostOf(draft.url),
    knownIds: (earlier?.knownIds ?? []).concat(before.map(({ id }) => id)),
    fingerprint,
    secret: await digestSecret({ fingerprint }, options),
  };
  if (signal?.aborted) {
    throw createCanceledError();
  }
  // A getter that throws here must not count as a creation without an answer.
  const { api } = options;
  unanswered.delete(key);
  try {
    return await api.createDestination(accountId, draft);
  } catch (error) {
    if (!isUncertain(error)) {
      throw error;
    }
    return settle(options, key, sent, error);
  }
}

async function settle(options: CreateOptions, key: string, sent: Unanswered, error: unknown): Promise<string> {
  const { host, accountId, unanswered } = options;
  const look = async (): Promise<readonly Destination[]> => options.api.listDestinations(accountId);
  unanswered.set(key, sent);
  for (const pause of PAUSES) {
    if (pause > 0) {
      await host.sleep(pause);
    }
    // A look that fails says nothing.
    const now = await look().catch(() => []);
    const found = await findCreation(sent, now, host.digest);
    if (isTrace(found)) {
      const { id } = certainOf(found);
      unanswered.delete(key);
      return id;
    }
  }
  throw markUnsettled(error);
}

async function digestSecret(
  { fingerprint: { salt } }: Pick<SentCreation, 'fingerprint'>,
  { draft, host }: CreateOptions,
): Promise<string> {
  return host.digest(`${salt}\nsecret\n${draft.secret ?? ''}`);
}

/** Whether a creation took effect, or may have. */
function isTrace({ certain, candidates }: Found): boolean {
  return certain !== undefined || candidates.length > 0;
}

function certainOf({ certain, candidates }: Found): Destination {
  if (!certain) {
    throw new UncertainCreationError(candidates);
  }
  return certain;
}

/** A creation was not answered, and destinations appeared that may be what it made. */
export class UncertainCreationError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('UncertainCreationError');
  override readonly name = 'UncertainCreationError';
  readonly candidates: readonly Candidate[];

  constructor(candidates: readonly Candidate[]) {
    super('The creation was not answered, and what exists now cannot be told apart from what another client created');
    this.candidates = candidates;
  }
}
