/**
 * A webhook destination as returned by `GET …/alerting/v3/destinations/webhooks`. In the API, every field except the id
 * is optional. Timestamps are the original strings, because `Date` would lose precision.
 */
export type Destination = {
  readonly id: string;
  readonly name: string;
  /** As in `destination-types/`, or a word unknown here: Cloudflare adds types. */
  readonly type: string;
  /** A credential for most types. Only {@link hostOf} may be shown. */
  readonly url: string;
  readonly createdAt?: string;
  readonly lastSuccess?: string;
  readonly lastFailure?: string;
};

/** The fields of a destination that a user can edit. Also the body of the create and update calls. */
export type Draft = {
  readonly name: string;
  readonly url: string;
  /** Write-only: no response contains it. If absent, no secret is sent. */
  readonly secret?: string;
};

/** Returns the host and port of a destination's URL, the only part that may be shown. Empty if the URL is invalid. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
