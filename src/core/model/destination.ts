/**
 * A webhook destination as the API describes it (`GET …/alerting/v3/destinations/webhooks`). Every field but the id is
 * optional there; timestamps stay the strings Cloudflare sent, to full precision.
 */
export type Destination = {
  readonly id: string;
  readonly name: string;
  /** As in `destination-types/`, or a word unknown here: Cloudflare adds types. */
  readonly type: string;
  /** A credential for most types: show only {@link hostOf} of it. */
  readonly url: string;
  readonly createdAt?: string;
  readonly lastSuccess?: string;
  readonly lastFailure?: string;
};

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
