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

/** The whole URL of a destination, as far as it is known: the one Cloudflare returns, else the remembered one. */
export function wholeUrlOf(
  { type, url }: Pick<Destination, 'type' | 'url'>,
  remembered: { readonly url?: string } | undefined,
  types = DESTINATION_TYPES,
): string {
  return lacksSecret(typeOrGeneric(type, types), url) ? (remembered?.url ?? url) : url;
}
