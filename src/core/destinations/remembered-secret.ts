import { guessType } from '../model/destination-types/index.ts';
import type { Draft } from '../model/destination.ts';
import { canStandFor } from '../model/plan.ts';
import { lacksSecret } from '../model/whole-url.ts';

/** The URL and secret of a destination that this machine stores because the user asked for it. */
export type RememberedSecret = {
  readonly secret?: string;
  /** The whole URL, for the types whose secret Cloudflare cuts out of it. */
  readonly url?: string;
};

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
