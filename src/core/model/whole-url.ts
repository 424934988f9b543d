import type { Destination } from './destination.ts';
import { typeNamed } from './destination-types/index.ts';

/**
 * Whether a URL lacks the part that is its secret: for Slack, Discord, Google Chat and Feishu Cloudflare takes it out, and
 * what it gives out afterwards cannot be sent to.
 */
export function lacksSecret(type: string, url: string): boolean {
  if (typeNamed(type)?.secret !== 'url' || !URL.canParse(url)) {
    return false;
  }
  const { pathname, searchParams } = new URL(url);
  switch (type) {
    case 'slack':
      return !/\/services\/[^/]+\/[^/]+\/[^/]+$/.test(pathname);
    case 'discord':
      return !/\/webhooks\/[^/]+\/[^/]+\/?$/.test(pathname);
    case 'gchat':
      return !searchParams.get('key') || !searchParams.get('token');
    default:
      return !/\/hook\/[^/]+$/.test(pathname);
  }
}

/** The whole URL of a destination, as far as it is known: what Cloudflare gives out, else what is remembered. */
export function wholeUrlOf(
  { type, url }: Pick<Destination, 'type' | 'url'>,
  remembered: { readonly url?: string } | undefined,
): string {
  return lacksSecret(type, url) ? (remembered?.url ?? url) : url;
}
