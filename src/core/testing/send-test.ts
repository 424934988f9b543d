import { isLoopback } from '../api/base-url.ts';
import type { Host } from '../api/transport.ts';
import { readBounded } from '../api/bounded-body.ts';
import type { TestRequest } from '../model/destination-types/test-request.ts';
import { parseUrl } from '../model/parse-url.ts';

/** Why a test has no usable answer. `detail` is a code or a host, never the URL. */
export type SendProblem =
  | 'insecure'
  | 'unsendable'
  | 'credentials'
  | 'noAddress'
  | 'refused'
  | 'broken'
  | 'timeout'
  | 'certificate'
  /** Redirected to another host, named in `detail`. */
  | 'redirected'
  /** Redirected to the same host: to the other scheme, with another trailing slash, or to another path or port. */
  | 'redirectedToHttps'
  | 'redirectedToHttp'
  | 'redirectedBySlash'
  | 'redirectedHere'
  | 'unreachable';

export type SendOutcome =
  /** `milliseconds`: time until the answer was complete. `text`: its first 64 kB. */
  | { readonly kind: 'answered'; readonly status: number; readonly text: string; readonly milliseconds: number }
  /** Redirected to the host that the service uses to answer accepted requests. */
  | {
      readonly kind: 'answeredElsewhere';
      readonly status: number;
      readonly host: string;
      readonly milliseconds: number;
    }
  | { readonly kind: 'failed'; readonly problem: SendProblem; readonly detail: string };

const WITHOUT_ANSWER: ReadonlySet<SendProblem> = new Set(['broken', 'timeout', 'unreachable']);

/** Whether the receiver may have got the test although no answer arrived. */
export function mayHaveArrived(problem: SendProblem): boolean {
  return WITHOUT_ANSWER.has(problem);
}

export const SEND_DEADLINE = 10_000;
const LARGEST_ANSWER = 64 * 1024;
const MOST_REDIRECTS = 3;

/**
 * Sends the test once, over https, or over http to this machine only. The whole answer has ten seconds, and 64 kB are
 * read. Redirects are followed only within the same origin, and only if they keep the method (307, 308). Another host
 * would receive the secret. Rejects only with the signal's reason.
 */
export async function sendTest(
  { fetch, now, sleep }: Pick<Host, 'fetch' | 'now' | 'sleep'>,
  request: TestRequest,
  userAgent: string,
  cancel?: AbortSignal,
): Promise<SendOutcome> {
  const timeout = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([timeout.signal, ...(cancel ? [cancel] : [])]);
  sleep(SEND_DEADLINE, ended.signal).then(
    () => timeout.abort(),
    () => {},
  );
  const start = now();
  try {
    let url = new URL(request.url);
    for (let hops = 0; ; hops += 1) {
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
        return { kind: 'failed', problem: 'insecure', detail: url.host };
      }
      if (url.username || url.password) {
        return { kind: 'failed', problem: 'credentials', detail: url.host };
      }
      const headers = makeHeaders(request, userAgent);
      if (!headers) {
        return { kind: 'failed', problem: 'unsendable', detail: '' };
      }
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: request.body,
        redirect: 'manual',
        credentials: 'omit',
        signal,
      });
      const next = redirectOf(response, url);
      if (!next) {
        const text = (await readBounded(response, LARGEST_ANSWER)).text;
        return { kind: 'answered', status: response.status, text, milliseconds: Math.round(now() - start) };
      }
      await response.body?.cancel();
      const { status } = response;
      if (next.hostname === request.answersFrom) {
        const milliseconds = Math.round(now() - start);
        return { kind: 'answeredElsewhere', status, host: next.host, milliseconds };
      }
      if (next.origin !== url.origin || ![307, 308].includes(status) || hops >= MOST_REDIRECTS) {
        return { kind: 'failed', problem: compareRedirect(url, next), detail: next.host };
      }
      url = next;
    }
  } catch (error) {
    if (cancel?.aborted) {
      throw cancel.reason;
    }
    return timeout.signal.aborted
      ? { kind: 'failed', problem: 'timeout', detail: '' }
      : { kind: 'failed', ...explain(error) };
  } finally {
    ended.abort();
  }
}

/** Undefined if the secret contains characters that a header cannot carry. */
function makeHeaders({ headers }: TestRequest, userAgent: string): Headers | undefined {
  try {
    return new Headers({ ...headers, 'user-agent': userAgent });
  } catch {
    return undefined;
  }
}

function redirectOf({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location');
  return status >= 300 && status < 400 && location !== null ? parseUrl(location, from) : undefined;
}

/** Classifies a redirect by the differences between the two addresses. */
function compareRedirect(from: URL, to: URL): SendProblem {
  if (to.hostname !== from.hostname) {
    return 'redirected';
  }
  if (from.protocol !== to.protocol) {
    return to.protocol === 'https:' ? 'redirectedToHttps' : 'redirectedToHttp';
  }
  const isSlash = to.origin === from.origin && to.pathname.replace(/\/$/, '') === from.pathname.replace(/\/$/, '');
  return isSlash && to.pathname !== from.pathname ? 'redirectedBySlash' : 'redirectedHere';
}

/**
 * Problems by error code of Node (`error.cause.code`) or of Chromium (`net::ERR_…`), which VS Code's proxy support
 * reports.
 */
const SIGNS: readonly (readonly [SendProblem, RegExp])[] = [
  ['noAddress', /ENOTFOUND|EAI_AGAIN|ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION_FAILED/],
  ['refused', /ECONNREFUSED|ERR_CONNECTION_REFUSED/],
  ['certificate', /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_SSL|ERR_TLS/],
  ['timeout', /ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_CONNECTION_TIMED_OUT/],
  ['broken', /ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_CONNECTION_(RESET|CLOSED)|ERR_EMPTY_RESPONSE/],
];

function explain(error: unknown): { readonly problem: SendProblem; readonly detail: string } {
  const codes = codesOf(error);
  for (const [problem, sign] of SIGNS) {
    const detail = codes.find((code) => sign.test(code));
    if (detail !== undefined) {
      return { problem, detail };
    }
  }
  return { problem: 'unreachable', detail: codes[0] ?? '' };
}

/** The codes of an error and its causes. Never the message, which may contain the address. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) {
    return [];
  }
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inMessage = /\b(?:net::)?(ERR_[A-Z_]+)\b/.exec(error.message)?.[1];
  const parts = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...code, ...(inMessage === undefined ? [] : [inMessage]), ...parts, ...codesOf(error.cause)];
}
