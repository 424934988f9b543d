import type { DestinationType } from './destination-types/destination-type.ts';
import { DESTINATION_TYPES, typeOrGeneric } from './destination-types/index.ts';
import type { Destination } from './destination.ts';

/** Whether a URL lacks the part that is its secret. Such a URL cannot be called. */
export function lacksSecret(type: DestinationType, url: string): boolean {
  return type.secret === 'url' && URL.canParse(url) && !type.isComplete(new URL(url));
}

/** The URL to call: a URL that lacks its secret part is joined with the secret. An empty secret counts as none. */
export function joinUrl(type: DestinationType, url: string, secret: string | undefined): string {
  return type.secret === 'url' && secret && lacksSecret(type, url) ? type.joinSecret(new URL(url), secret).href : url;
}

/**
 * The whole URL of a destination, as far as it is known: the one Cloudflare returns, else the remembered one, else the
 * returned one with the remembered secret, which the user entered beside a URL without its secret part.
 */
export function wholeUrlOf(
  { type: name, url }: Pick<Destination, 'type' | 'url'>,
  remembered: { readonly url?: string; readonly secret?: string } | undefined,
  types = DESTINATION_TYPES,
): string {
  const type = typeOrGeneric(name, types);
  if (!lacksSecret(type, url)) {
    return url;
  }
  return joinUrl(type, remembered?.url ?? url, remembered?.secret);
}
