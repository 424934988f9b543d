import { isNamed } from '../async/named-error.ts';

/**
 * The kind of a failed call:
 * - `auth`: the token is wrong, expired or disabled (401, or 400 for a malformed token)
 * - `forbidden`: the token lacks a permission (403)
 * - `addressFilter`: the token may not be used from this network address (code 9109)
 * - `rateLimited`: 429, or code 971
 * - `rejected`: Cloudflare refused the request (400, 409, 422) and says why
 * - `notFound`: the destination or account does not exist (404, or code 7003)
 * - `unavailable`: Cloudflare answered with a 5xx
 * - `network`: there was no connection, or it broke
 * - `timeout`: there was no complete answer in time
 * - `protocol`: the answer is not from the API, with any status: HTML, truncated, wrong shape, a redirect
 * - `misconfigured`: nothing was sent, because a setting does not allow it
 * - `otherOrigin`: nothing was sent, because the token was verified with another API address than the configured one
 * - `noToken`: nothing was sent, because the account's token is not stored here
 * - `undecryptable`: nothing was sent, because the stored token cannot be decrypted
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
  | 'undecryptable'
  | 'storageUnreadable';

/**
 * What came instead of an answer of the API: a redirect, a web page (HTML), nothing, JSON that is broken or not the API's, other
 * text, more than is read, or an answer of another form than documented.
 */
export type ForeignAnswer = 'redirect' | 'html' | 'empty' | 'otherJson' | 'text' | 'tooLarge' | 'otherForm';

export type ApiErrorDetails = {
  readonly kind: ApiErrorKind;
  /** HTTP status; absent without an answer. */
  readonly status?: number;
  /** Cloudflare's error codes; alerting answers often have none. */
  readonly codes?: readonly number[];
  /** Cloudflare's message, or the system's message for a network failure, redacted. */
  readonly reason?: string;
  /** What came instead of an answer of the API. */
  readonly answer?: ForeignAnswer;
  /** More about that, in the words of this extension, for the log only. */
  readonly forLog?: string;
  /** Whether no connection was made, so that nothing was sent. */
  readonly isUnsent?: boolean;
  /** Whether a mutation was sent, and nothing showed whether it took effect: it still may. */
  readonly isUnsettled?: boolean;
  /** The `cf-ray` header, which Cloudflare's support asks for. */
  readonly rayId?: string;
  /** The token's status from its verification, if it is not active. */
  readonly tokenStatus?: 'disabled' | 'expired';
  /** The origin that the token was verified with, and the configured one. */
  readonly origins?: { readonly verified: string; readonly configured: string };
  /** Whether Cloudflare tested a URL that lacks its secret part, without a secret beside it. */
  readonly isUrlCut?: boolean;
  /** The pause that the server asks for, in milliseconds. */
  readonly retryAfter?: number;
  /** When that pause ends, in milliseconds since the epoch. */
  readonly retryAt?: number;
};

const IN_THE_LOG: Readonly<Record<ForeignAnswer, string>> = {
  redirect: 'a redirect instead of an answer',
  html: 'a web page (HTML) instead of an answer of the API',
  empty: 'an empty answer',
  otherJson: 'broken JSON, or JSON that is not the API’s',
  text: 'text that is not JSON',
  tooLarge: 'the answer is too large',
  otherForm: 'the answer has another form than documented',
};

/**
 * The only error that the API client throws. Its message is for the log; `ui/text/error.ts` makes the text for users.
 */
export class ApiError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('ApiError');
  override readonly name = 'ApiError';
  readonly details: ApiErrorDetails;

  constructor(details: ApiErrorDetails) {
    const { kind, status, codes = [], reason, answer, forLog, rayId, tokenStatus } = details;
    const facts = [
      kind,
      ...(status === undefined ? [] : [`status ${status}`]),
      ...(codes.length > 0 ? [`code ${codes.join(', ')}`] : []),
      ...(tokenStatus ? [`the token is ${tokenStatus}`] : []),
      ...(reason ? [reason] : []),
      ...(answer ? [IN_THE_LOG[answer]] : []),
      ...(forLog === undefined ? [] : [forLog]),
      ...(rayId ? [`ray ${rayId}`] : []),
    ];
    super(facts.join('; '));
    this.details = details;
  }

  get kind(): ApiErrorKind {
    return this.details.kind;
  }
}

/** The error of a call with a valid token that Cloudflare refused as if the token were not valid. */
export function lackPermission({ details }: ApiError): ApiError {
  return new ApiError({ ...details, kind: 'forbidden' });
}

/**
 * The kind of an envelope without success. Codes take precedence, because Cloudflare uses one status for several
 * errors. Code 7003 "could not route" comes with 400 and 404, and code 971 "throttled" not only with 429. A malformed
 * token (6003, 6111) or a wrong token (10000, 1000, 9109) comes with 400 and 401. Code 9109 has three meanings, which
 * only the message distinguishes.
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

/** Formats an error for the log. Only unexpected errors include their stack. */
export function describeForLog(error: unknown): string {
  return error instanceof Error && error.name !== 'ApiError' ? (error.stack ?? error.message) : String(error);
}

const UNCERTAIN: ReadonlySet<ApiErrorKind> = new Set(['network', 'timeout', 'unavailable', 'protocol']);

/**
 * Whether a mutation may have taken effect although its call failed. Any error other than an `ApiError` is a
 * cancellation, which can follow after the request was sent.
 */
export function isUncertain(error: unknown): boolean {
  return !(error instanceof ApiError) || (UNCERTAIN.has(error.kind) && !error.details.isUnsent);
}

/** The error of a mutation whose effect was looked for and not seen. */
export function markUnsettled(error: unknown): unknown {
  return error instanceof ApiError && isUncertain(error)
    ? new ApiError({ ...error.details, isUnsettled: true })
    : error;
}

/**
 * Whether the API reported that a destination or policy does not exist. Code 7003 concerns the account, and a proxy's
 * "not found" page has the kind `protocol`. Neither proves that the destination is missing.
 */
export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.kind === 'notFound' && !error.details.codes?.includes(7003);
}
