import type { Destination, Draft } from './destination.ts';
import { isSameAddress, normalizeAddress, normalizeName } from './web-address.ts';

/**
 * A draft as it is sent: name and URL without what copying added to them. A name or URL that equals the one of `current`
 * stays exactly as Cloudflare returned it, so that saving changes nothing else. The secret is never changed.
 */
export function normalizeDraft(draft: Draft, current?: Pick<Destination, 'name' | 'url'>): Draft {
  return {
    ...draft,
    name: draft.name === current?.name ? draft.name : normalizeName(draft.name),
    url: current && isSameAddress(draft.url, current.url) ? current.url : normalizeAddress(draft.url),
  };
}
