import type { CallLimits, CallMeter } from './call-meter.ts';
import { ANSWER_DEADLINE } from './deadlines.ts';
import { createCanceledError } from '../async/canceled.ts';
import { plain } from '../model/plain-text.ts';
import { ApiError, type ApiErrorDetails, type ForeignAnswer, kindOfAnswer } from './api-error.ts';
import { readBounded } from './bounded-body.ts';
import { decodeEnvelope } from './decode.ts';
import { LONGEST_MESSAGE, redactPatterns } from './redaction.ts';

export type Fetch = typeof globalThis.fetch;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string) => void;

/** The environment of the core, which tests can replace. Times are in milliseconds. */
export type Host = {
  readonly fetch: Fetch;
  readonly now: () => number;
  /** Resolves after the delay, rejects as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly log: Log;
  /**
   * Removes credentials from external text before an error stores it. The default redacts only text with the shape of a
   * token or URL.
   */
  readonly redact?: (words: string, most: number) => string;
};

/** How long no call is sent after a rate limit that names no pause, in milliseconds. */
const UNNAMED_PAUSE = 60_000;
/** A pause until a date is believed up to here, in milliseconds. */
const LONGEST_DATED_PAUSE = 60 * 60_000;

/** A hundred destinations are about 40 kB, so no real answer reaches this limit. */
const LARGEST_ANSWER = 8 * 1024 * 1024;

/**
 * The only headers sent. The SDK would add headers that describe the machine, and those in CLOUDFLARE_CUSTOM_HEADERS.
 */
const HEADERS_SENT = ['accept', 'authorization', 'content-type'];

/**
 * A fetch for the SDK with checks that the SDK lacks. It limits the time and size of the answer, follows no redirect,
 * sends only the allowed headers, and requires the API's envelope. Returns only successes, and throws {@link ApiError}
 * otherwise. The meter counts every call.
 */
export function createTransport(host: Host, userAgent: string, deadline = ANSWER_DEADLINE, meter?: CallMeter): Fetch {
  return async (input, init = {}) => {
    const method = init.method ?? 'GET';
    const address = new URL(input instanceof Request ? input.url : input);
    const given = new Headers(init.headers);
    const headers = new Headers({ 'user-agent': userAgent });
    for (const name of HEADERS_SENT) {
      const value = given.get(name);
      if (value !== null) {
        headers.set(name, value);
      }
    }

    const redact = (words: string): string => toReason(host, words);
    const timeout = new AbortController();
    const signal = AbortSignal.any([timeout.signal, ...(init.signal ? [init.signal] : [])]);
    const ended = new AbortController();
    host.sleep(deadline, ended.signal).then(
      () => timeout.abort(),
      () => {},
    );
    const start = host.now();
    const note = (level: LogLevel, outcome: string): void =>
      host.log(level, `${method} ${address.pathname}: ${outcome} (${Math.round(host.now() - start)} ms)`);

    try {
      const request = { ...init, method, headers, signal, redirect: 'manual' } as const;
      meter?.sent();
      const response = await host.fetch(address, request);
      const limits = readLimits(response.headers, host.now);
      // The limit of a proxy is one too, and counts even if the body breaks.
      const isTooMany = response.status === 429;
      if (isTooMany) {
        meter?.answered(limits);
      }
      const body = await readText(response);
      const failure = failureOf(response, body, host, limits);
      // The login page of a network must not pause a token.
      if (!isTooMany && failure?.kind !== 'protocol') {
        meter?.answered(limits);
      }
      if (failure) {
        const isLimited = failure.kind === 'rateLimited' || isTooMany;
        if (isLimited && limits.retryAfter === undefined) {
          const { left, resetsIn = UNNAMED_PAUSE } = limits;
          meter?.answered({ retryAfter: left === 0 ? resetsIn : UNNAMED_PAUSE });
        }
        throw failure;
      }
      note('debug', `status ${response.status}, ${body.length} characters`);
      return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } });
    } catch (error) {
      if (init.signal?.aborted) {
        note('debug', 'canceled');
        throw createCanceledError();
      }
      const failure =
        error instanceof ApiError
          ? error
          : timeout.signal.aborted
            ? new ApiError({ kind: 'timeout', forLog: `no whole answer within ${deadline / 1000} s` })
            : new ApiError({ kind: 'network', ...describeNetworkFailure(error, redact) });
      note('warn', failure.message);
      throw failure;
    } finally {
      ended.abort();
    }
  };
}

async function readText(response: Response): Promise<string> {
  const { text, isCut } = await readBounded(response, LARGEST_ANSWER);
  if (isCut) {
    throw new ApiError({ kind: 'protocol', status: response.status, answer: 'tooLarge' });
  }
  return text;
}

/** External text for an error: one line, redacted and bounded. */
function toReason({ redact = redactPatterns }: Pick<Host, 'redact'>, words: string): string {
  return plain(redact(words, LONGEST_MESSAGE), LONGEST_MESSAGE).trim();
}

/**
 * The error of an answer, if any. Without the API's envelope the status does not count, because a proxy may have set
 * it.
 */
function failureOf(response: Response, body: string, host: Host, { retryAfter }: CallLimits): ApiError | undefined {
  const { status, headers } = response;
  const envelope = decodeEnvelope(body);
  if (response.ok && envelope?.success) {
    return undefined;
  }
  const errors = envelope?.errors ?? [];
  const codes = errors.flatMap(({ code }) => (code === undefined ? [] : [code]));
  const words = errors.flatMap(({ message }) => (message === '' ? [] : [message])).join('; ');
  const rayId = headers.get('cf-ray');
  const kind = response.ok ? 'rejected' : kindOfAnswer(status, codes, words.slice(0, LONGEST_MESSAGE));
  const reason = envelope ? toReason(host, words) : '';
  return new ApiError({
    kind: envelope ? kind : 'protocol',
    status,
    codes,
    ...(reason ? { reason } : {}),
    ...(envelope ? {} : { answer: foreignAnswerOf(status, headers, body) }),
    ...(rayId ? { rayId: toReason(host, rayId) } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter, retryAt: host.now() + retryAfter }),
  });
}

/**
 * Parses `Ratelimit: "default";r=50;t=30` (Cloudflare's rate limit documentation): `r` calls left, `t` seconds until
 * the limit resets.
 */
function readLimits(headers: Headers, now: Host['now']): CallLimits {
  const retryAfter = parseRetryAfter(headers.get('retry-after'), now);
  const [, left, seconds] = /;\s*r=(\d{1,9})\s*;\s*t=(\d{1,6})/.exec(headers.get('ratelimit') ?? '') ?? [];
  return {
    ...(left && seconds ? { left: Number(left), resetsIn: Number(seconds) * 1000 } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** Cloudflare uses the form in seconds. A proxy can send an HTTP date. Returns milliseconds. */
function parseRetryAfter(header: string | null, now: Host['now']): number | undefined {
  const text = header?.trim() ?? '';
  const isNumber = /^\d{1,6}(\.\d+)?$/.test(text);
  const untilDate = text.endsWith('GMT') ? Date.parse(text) - now() : 0;
  // A date in the past or far ahead, by a clock that differs, names no pause.
  const pause = isNumber ? Number(text) * 1000 : untilDate > LONGEST_DATED_PAUSE ? 0 : untilDate;
  return pause > 0 ? pause : undefined;
}

/**
 * What an answer is that is not from the API: a proxy's login page, a redirect, a truncated body.
 */
function foreignAnswerOf(status: number, headers: Headers, body: string): ForeignAnswer {
  if (status >= 300 && status < 400) {
    return 'redirect';
  }
  const start = body.trimStart();
  if (start.startsWith('<') || headers.get('content-type')?.includes('html')) {
    return 'html';
  }
  if (start === '') {
    return 'empty';
  }
  return start.startsWith('{') ? 'otherJson' : 'text';
}

/**
 * Code and system call of a failed connection. The call is needed because a connection that breaks after the request was
 * sent can have the same code.
 */
const UNSENT =
  /^(?:(?:ECONNREFUSED|ENETUNREACH|EHOSTUNREACH) connect|(?:ENOTFOUND|EAI_AGAIN) getaddrinfo|UND_ERR_CONNECT_TIMEOUT )$/;

/** The system's code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`) is in a nested cause. The message may contain more. */
function describeNetworkFailure(
  error: unknown,
  redact: (words: string) => string,
): Pick<ApiErrorDetails, 'reason' | 'isUnsent'> {
  const chain: unknown[] = [];
  for (let at = error; at instanceof Error && chain.length < 8; at = firstOf(at)) {
    chain.push(at);
  }
  for (const link of chain.toReversed()) {
    if (link instanceof Error) {
      const code = 'code' in link && typeof link.code === 'string' ? link.code : '';
      const words = redact(link.message);
      if (code || words) {
        const call = 'syscall' in link && typeof link.syscall === 'string' ? link.syscall : '';
        return {
          reason: [...new Set([code, words].filter(Boolean))].join(': '),
          ...(UNSENT.test(`${code} ${call}`) ? { isUnsent: true } : {}),
        };
      }
    }
  }
  return { reason: 'the connection failed' };
}

function firstOf(error: Error): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error.cause;
}
