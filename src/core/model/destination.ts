import { parseUrl } from './parse-url.ts';

/**
 * What may be shown and cached of a webhook destination: everything except its URL. Timestamps are the original strings,
 * because `Date` would lose precision.
 */
export type DestinationFacts = {
  readonly id: string;
  readonly name: string;
  /** As in `destination-types/`, or a word unknown here: Cloudflare adds types. */
  readonly type: string;
  readonly createdAt?: string;
  readonly lastSuccess?: string;
  readonly lastFailure?: string;
};

/**
 * A webhook destination as returned by `GET …/alerting/v3/destinations/webhooks`. In the API, every field except the id
 * is optional.
 */
export type Destination = DestinationFacts & {
  /** A credential for most types. Only {@link hostOf} may be shown. */
  readonly url: string;
};

/** A destination from the snapshot cache, which never contains a URL. For display only, never for an operation. */
export type CachedDestination = DestinationFacts & {
  /** The host (and port) of the URL. Empty if the URL could not be parsed. */
  readonly host: string;
};

/** A destination as the views show it. */
export type ShownDestination = Destination | CachedDestination;

/** The fields of a destination that a user can edit. Also the body of the create and update calls. */
export type Draft = {
  readonly name: string;
  readonly url: string;
  /** Write-only: no response contains it. If absent, no secret is sent. */
  readonly secret?: string;
};

/** Returns the host and port of a destination's URL, the only part that may be shown. Empty if the URL is invalid. */
export function hostOf(url: string): string {
  return parseUrl(url)?.host ?? '';
}

/** The host of a destination, whether it is cached or not. */
export function shownHostOf(destination: ShownDestination): string {
  return 'host' in destination ? destination.host : hostOf(destination.url);
}
