import type { DestinationType } from './destination-types/destination-type.ts';
import { DESTINATION_TYPES, typeOrGeneric } from './destination-types/index.ts';
import type { Destination } from './destination.ts';

/** Whether a URL lacks its secret part, and so cannot be called. */
export function lacksSecret(type: DestinationType, url: string): boolean {
  return type.secret === 'url' && URL.canParse(url) && !type.isComplete(new URL(url));
}

/** The URL to call: a URL without its secret part is joined with the secret. An empty secret counts as none. */
export function joinUrl(type: DestinationType, url: string, secret: string | undefined): string {
  return type.secret === 'url' && secret && lacksSecret(type, url) ? type.joinSecret(new URL(url), secret).href : url;
}

/**
 * The whole URL of a destination, if available. In this order: Cloudflare's URL, the remembered URL if Cloudflare's is a
 * part of it, Cloudflare's URL joined with the remembered secret. That secret was entered beside a URL without its secret part.
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
  const whole = remembered?.url;
  const isOfUrl =
    type.secret === 'url' && whole !== undefined && URL.canParse(whole) && type.mayReturn(new URL(url), new URL(whole));
  return joinUrl(type, isOfUrl ? whole : url, remembered?.secret);
}
