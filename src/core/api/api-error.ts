import { isNamed } from '../async/named-error.ts';

/**
 * What went wrong with a call, in kinds a person can act on:
 * - `auth`: the token is wrong, expired or disabled (401, or 400 for a malformed one)
 * - `forbidden`: the token works but may not do this (403)
 * - `addressFilter`: the token may not be used from this network address (code 9109)
 * - `rateLimited`: 429, or code 971
 * - `rejected`: Cloudflare refused what was sent (400, 409, 422); its words say why
 * - `notFound`: no such destination or account (404, or code 7003)
 * - `unavailable`: Cloudflare answered with a 5xx
 * - `network`: no connection, or it broke
 * - `timeout`: no whole answer in time
 * - `protocol`: an answer that is not the API's, whatever its status: HTML, truncated, wrong shape, a redirect
 * - `misconfigured`: nothing was sent, since a setting does not allow it
 * - `otherOrigin`: nothing was sent, since the token was verified with another API address than the one that is set
 * - `noToken`: nothing was sent, since the account's token is no longer stored here
 * - `undecryptable`: nothing was sent, since the stored token cannot be decrypted
 */
export type ApiErrorKind =
  | 'auth'
  | 'forbidden'
  | 'addressFilter'
  | 'rateLimited'
  | 'rejected'
  | 'notFound'
  | 'unavailable'
  | 'network'
  | 'timeout'
  | 'protocol'
  | 'misconfigured'
  | 'otherOrigin'
  | 'noToken'
  | 'undecryptable';

export type ApiErrorDetails = {
  readonly kind: ApiErrorKind;
  /** HTTP status; absent where no answer came. */
  readonly status?: number;
  /** Cloudflare's error codes; alerting answers often have none. */
  readonly codes?: readonly number[];
  /** Cloudflare's own words, or the system's for a network failure, with secrets redacted. */
  readonly reason?: string;
  /** The `cf-ray` header, which Cloudflare's support asks for. */
  readonly rayId?: string;
  /** What verifying the token told, where it was more than "unknown". */
  readonly tokenStatus?: 'disabled' | 'expired';
  /** Where the token was verified, and where the setting points. */
  readonly origins?: { readonly verified: string; readonly configured: string };
  /** Milliseconds the server asked to wait. */
  readonly retryAfter?: number;
};

/** The one error the API client throws. Its message is for the log; what a user reads is made in `ui/text/error.ts`. */
export class ApiError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('ApiError');
  override readonly name = 'ApiError';
  readonly details: ApiErrorDetails;

  constructor(details: ApiErrorDetails) {
    const { kind, status, codes = [], reason, rayId, tokenStatus } = details;
    const facts = [
      kind,
      ...(status === undefined ? [] : [`status ${status}`]),
      ...(codes.length > 0 ? [`code ${codes.join(', ')}`] : []),
      ...(tokenStatus ? [`the token is ${tokenStatus}`] : []),
      ...(reason ? [reason] : []),
      ...(rayId ? [`ray ${rayId}`] : []),
    ];
    super(facts.join('; '));
    this.details = details;
  }

  get kind(): ApiErrorKind {
    return this.details.kind;
  }
}

/**
 * The kind of an envelope that is not a success. The codes win over the status where Cloudflare uses one status for
 * several things: 7003 "could not route" comes with 400 and 404, 971 "throttled" not only with 429, and a malformed
 * token (6003, 6111) or a wrong one (10000 with 400, 1000, 9109 with 401) with 400 and 401. Code 9109 stands for three
 * things, which only its words tell apart.
 */
export function kindOfAnswer(status: number, codes: readonly number[], words = ''): ApiErrorKind {
  const has = (...wanted: readonly number[]): boolean => wanted.some((code) => codes.includes(code));
  if (status === 429 || has(971)) {
    return 'rateLimited';
  }
  if (has(9109) && /from location|ip address/i.test(words)) {
    return 'addressFilter';
  }
  if (status === 401 || has(6003, 6111) || (status === 400 && has(10000)) || (has(9109) && /invalid/i.test(words))) {
    return 'auth';
  }
  if (status === 403) {
    return 'forbidden';
  }
  if (status === 404 || has(7003)) {
    return 'notFound';
  }
  if (status >= 500) {
    return 'unavailable';
  }
  return status >= 400 ? 'rejected' : 'protocol';
}

/** An error as a line for the log: with its stack only where it is not one we throw ourselves. */
export function describeForLog(error: unknown): string {
  return error instanceof Error && error.name !== 'ApiError' ? (error.stack ?? error.message) : String(error);
}

const UNCERTAIN: ReadonlySet<ApiErrorKind> = new Set(['network', 'timeout', 'unavailable', 'protocol']);

/** System codes of a connection that was never made: the request was not sent. */
const NOT_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT)\b/;

/**
 * Whether a mutation may have taken effect although its call failed. An error that is not an `ApiError` is a cancellation,
 * which can come after the request was sent.
 */
export function isUncertain(error: unknown): boolean {
  return !(error instanceof ApiError) || (UNCERTAIN.has(error.kind) && !NOT_SENT.test(error.details.reason ?? ''));
}

/**
 * Whether the API itself said that a destination or a policy does not exist. Code 7003 is about the account, and the "not
 * found" page of a proxy has the kind `protocol`: neither says anything about the destination.
 */
export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.kind === 'notFound' && !error.details.codes?.includes(7003);
}
