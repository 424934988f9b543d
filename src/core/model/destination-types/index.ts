import { normalizeAddress } from '../web-address.ts';
import { datadog } from './datadog.ts';
import type { DestinationType } from './destination-type.ts';
import { discord } from './discord.ts';
import { feishu } from './feishu.ts';
import { gchat } from './gchat.ts';
import { generic } from './generic.ts';
import { opsgenie } from './opsgenie.ts';
import { slack } from './slack.ts';
import { splunk } from './splunk.ts';
import { parseUrl } from '../parse-url.ts';

/**
 * All types (developers.cloudflare.com, "Configure webhooks"). The first one that matches a URL is its type, so
 * `generic`, which matches every URL, is the last.
 */
export const DESTINATION_TYPES: readonly DestinationType[] = [
  slack,
  discord,
  gchat,
  feishu,
  datadog,
  opsgenie,
  splunk,
  generic,
];

/**
 * The type that Cloudflare will probably derive from a URL; undefined where the URL is not http or https. It is a guess
 * until Cloudflare has answered.
 */
export function guessType(url: string, types = DESTINATION_TYPES): DestinationType | undefined {
  const parsed = parseUrl(normalizeAddress(url));
  return parsed && /^https?:$/.test(parsed.protocol) ? types.find(({ matches }) => matches(parsed)) : undefined;
}

/** The type with a name of the API; undefined where the name is not known here. */
export function typeNamed(name: string, types = DESTINATION_TYPES): DestinationType | undefined {
  return types.find(({ type }) => type === name);
}

/** The type with a name of the API. Cloudflare adds types, so an unknown one is treated as `generic`. */
export function typeOrGeneric(name: string, types = DESTINATION_TYPES): DestinationType {
  return typeNamed(name, types) ?? generic;
}
