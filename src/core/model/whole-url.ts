import type { DestinationType } from './destination-types/destination-type.ts';
import { DESTINATION_TYPES, typeOrGeneric } from './destination-types/index.ts';
import type { Destination } from './destination.ts';
import { parseUrl } from './parse-url.ts';

/** Whether a URL lacks its secret part, and so cannot be called. */
export function lacksSecret(type: DestinationType, url: string): boolean {
  if (type.secret !== 'url') {
    return false;
  }
  const parsed = parseUrl(url);
  return parsed !== undefined && !type.isComplete(parsed);
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
  const parsed = parseUrl(whole ?? '');
  const isOfUrl = type.secret === 'url' && whole !== undefined && parsed && type.mayReturn(new URL(url), parsed);
  return joinUrl(type, isOfUrl ? whole : url, remembered?.secret);
}
