/**
 * What may be shown and cached of a webhook destination: everything but its URL. Timestamps stay the strings Cloudflare
 * sent, to full precision.
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
 * A webhook destination as the API describes it (`GET …/alerting/v3/destinations/webhooks`). Every field but the id is
 * optional there.
 */
export type Destination = DestinationFacts & {
  /** A credential for most types: show only {@link hostOf} of it. */
  readonly url: string;
};

/** A destination from the snapshot cache, which never holds a URL: good for showing, never for an operation. */
export type CachedDestination = DestinationFacts & {
  /** The host (and port) of the URL; empty where the URL could not be read. */
  readonly host: string;
};

/** A destination as the views show it. */
export type ShownDestination = Destination | CachedDestination;

/** What a user can write of a destination; also the body of the create and update calls. */
export type Draft = {
  readonly name: string;
  readonly url: string;
  /** Write-only: no answer ever holds it. Absent: none is sent. */
  readonly secret?: string;
};

/** The host (and port) of a destination's URL: the only part that may be shown. Empty where the URL cannot be read. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** The host of a destination, whether it is cached or not. */
export function shownHostOf(destination: ShownDestination): string {
  return 'host' in destination ? destination.host : hostOf(destination.url);
}
