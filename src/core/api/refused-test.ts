/**
 * Why Cloudflare's test of the URL failed, so that it did not create the destination:
 * - `body`: the receiver did not understand the request (400, 405, 406, 411, 413, 415, 422)
 * - `secret`: the receiver rejected the secret, or a firewall blocked the request (401, 403)
 * - `gone`: the webhook does not exist (404, 410)
 * - `busy`: the receiver's rate limit is reached (429)
 * - `receiver`: the receiver has an internal problem (5xx)
 * - `redirect`: the receiver answered with a redirect (3xx)
 * - `unreachable`: no answer, for example because Cloudflare cannot resolve the host name yet
 * - `other`: any other status
 */
export type RefusedTestCause = 'body' | 'secret' | 'gone' | 'busy' | 'receiver' | 'redirect' | 'unreachable' | 'other';

export type RefusedTest = {
  readonly cause: RefusedTestCause;
  /** The receiver's status; absent without an answer. */
  readonly status?: number;
  /** Whether the same request may succeed a few seconds later. */
  readonly mayPass: boolean;
};

/**
 * Parses Cloudflare's refusal of a URL: "Webhook test failed with status code 400 400 Bad Request"
 * (cloudflare/tf-migrate #316). Returns undefined for any other text.
 */
export function explainRefusedTest(reason: string | undefined): RefusedTest | undefined {
  const match = /webhook test failed(?:.*?\bstatus(?: code)?:? (\d{3})\b)?/is.exec(reason ?? '');
  if (!match) {
    return undefined;
  }
  const status = match[1] === undefined ? undefined : Number(match[1]);
  const cause = causeOf(status);
  return {
    cause,
    mayPass: ['busy', 'receiver', 'unreachable'].includes(cause),
    ...(status === undefined ? {} : { status }),
  };
}

function causeOf(status: number | undefined): RefusedTestCause {
  switch (status) {
    case undefined:
    // Cloudflare's own status codes for a host that it cannot reach or resolve.
    case 521:
    case 522:
    case 523:
    case 524:
    case 530:
      return 'unreachable';
    case 401:
    case 403:
      return 'secret';
    case 404:
    case 410:
      return 'gone';
    case 429:
      return 'busy';
    default:
      break;
  }
  if ([400, 405, 406, 411, 413, 415, 422].includes(status)) {
    return 'body';
  }
  return status >= 500 ? 'receiver' : status >= 300 && status < 400 ? 'redirect' : 'other';
}
