import { guessType, typeOrGeneric } from '../model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../model/destination.ts';
import { canStandFor } from '../model/plan.ts';
import { isSameAddress } from '../model/web-address.ts';
import { lacksSecret } from '../model/whole-url.ts';

/** The URL and secret of a destination that this machine stores because the user asked for it. */
export type RememberedSecret = {
  readonly secret?: string;
  /** The whole URL, for the types whose secret Cloudflare cuts out of it. */
  readonly url?: string;
};

/**
 * The secret for what is to become of a destination: the typed one, else the remembered one. A remembered secret is not sent
 * to a service of another type, nor to another host where users run the receiver themselves.
 */
export function secretFor(
  { type, url }: Pick<Destination, 'type' | 'url'>,
  draft: Draft,
  remembered: RememberedSecret | undefined,
): string | undefined {
  const now = guessType(draft.url);
  const isSameService = now?.type === type && (!now.isSelfHosted || hostOf(draft.url) === hostOf(url));
  return draft.secret ?? (isSameService || isSameAddress(draft.url, url) ? remembered?.secret : undefined);
}

/**
 * What to remember after an update, which keeps a secret that is not in the draft. Undefined: this machine does not know the
 * secret, which is not the same as a destination without one.
 */
export function rememberUpdate(before: RememberedSecret | undefined, draft: Draft): RememberedSecret | undefined {
  const after = rememberDraft(before, draft);
  const isNothing = (each: RememberedSecret): boolean => each.secret === undefined && each.url === undefined;
  return isNothing(after) && !(before && isNothing(before)) ? undefined : after;
}

/**
 * What stays remembered where the new values are not to be remembered, or may not have been applied: nothing if the draft
 * changes a secret, also one that is part of the URL.
 */
export function keepUnlessOutdated(
  before: RememberedSecret | undefined,
  { type, url }: Pick<Destination, 'type' | 'url'>,
  draft: Draft,
): RememberedSecret | undefined {
  const isInUrl = typeOrGeneric(type).secret === 'url';
  return draft.secret !== undefined || (isInUrl && !isSameAddress(draft.url, url)) ? undefined : before;
}

/**
 * What to remember after a draft was sent. A whole URL is never replaced by a cut one: the remembered one stays where the
 * cut one can stand for it. A secret that was not typed stays too.
 */
export function rememberDraft(before: RememberedSecret | undefined, draft: Draft): RememberedSecret {
  const secret = draft.secret ?? before?.secret;
  const type = guessType(draft.url);
  const isCut = type !== undefined && lacksSecret(type, draft.url);
  const url =
    type?.secret !== 'url'
      ? undefined
      : !isCut
        ? draft.url
        : before?.url !== undefined && canStandFor(draft.url, before.url)
          ? before.url
          : undefined;
  return { ...(secret === undefined ? {} : { secret }), ...(url === undefined ? {} : { url }) };
}
