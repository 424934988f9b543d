import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiErrorKind } from '../../../src/core/api/api-error.ts';

/** What a server does with a request. `effect` makes the change that the request asks for. */
export type Misdeed = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The body of a good answer. */
  readonly good: string;
  readonly effect: () => void;
};

export type Fault = {
  readonly name: string;
  /** `ok`: the call succeeds. `either`: it succeeds, or fails with `protocol`. */
  readonly expected: ApiErrorKind | 'ok' | 'either';
  /** How often a read is sent. Default: once. */
  readonly attempts?: number;
  readonly act: (misdeed: Misdeed) => void;
};

const JSON_TYPE = { 'content-type': 'application/json' };
/** In errors and bodies, to see that nothing quotes it. */
export const CANARY = 'c4n4ry-of-an-answer-0123456789';

const refusal = (error: unknown): string =>
  JSON.stringify({ success: false, errors: [error], messages: [], result: null });

function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): (misdeed: Misdeed) => void {
  return ({ response }) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

const html = `<!doctype html><title>${CANARY}</title>`;
const HTML_TYPE = { 'content-type': 'text/html' };
const limited = (retryAfter?: string) =>
  answer(429, refusal({ code: 971, message: 'slow down' }), {
    ...JSON_TYPE,
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });

/** The effect happens, then something else is answered. */
const afterEffect =
  (act: (misdeed: Misdeed) => void) =>
  (misdeed: Misdeed): void => {
    misdeed.effect();
    act(misdeed);
  };
const reset = ({ response }: Misdeed): void => void response.socket?.resetAndDestroy();
const hang = (): void => {};

function huge({ response, effect }: Misdeed): void {
  effect();
  response.writeHead(200, JSON_TYPE);
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  let left = 20;
  const send = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
}

function drip({ response }: Misdeed): void {
  response.writeHead(200, JSON_TYPE);
  const timer = setInterval(() => response.write(' '), 10);
  response.once('close', () => clearInterval(timer));
}

const GATEWAY = 3;

export const faults: readonly Fault[] = [
  {
    name: 'a good answer',
    expected: 'ok',
    act: afterEffect(({ response, good }) => answer(200, good)({ response } as Misdeed)),
  },
  { name: '400', expected: 'rejected', act: answer(400, refusal({ message: 'no' })) },
  { name: '400 with code 10000', expected: 'auth', act: answer(400, refusal({ code: 10000, message: 'no' })) },
  { name: '400 with code 6003', expected: 'auth', act: answer(400, refusal({ code: 6003, message: 'no' })) },
  { name: '400 with code 6111 as text', expected: 'auth', act: answer(400, refusal({ code: '6111', message: 'no' })) },
  { name: '400 with code 7003', expected: 'notFound', act: answer(400, refusal({ code: 7003, message: 'no' })) },
  { name: '401', expected: 'auth', act: answer(401, refusal({ message: 'no' })) },
  { name: '401 with code 1000', expected: 'auth', act: answer(401, refusal({ code: 1000, message: 'no' })) },
  { name: '403', expected: 'forbidden', act: answer(403, refusal({ message: 'no' })) },
  { name: '403 with code 10000', expected: 'forbidden', act: answer(403, refusal({ code: 10000, message: 'no' })) },
  ...(
    [
      ['Cannot use the access token from location: 192.0.2.1', 'addressFilter'],
      ['Client IP address is not allowed', 'addressFilter'],
      ['Invalid access token', 'auth'],
      ['Unauthorized to access requested resource', 'forbidden'],
    ] as const
  ).map(([message, expected]): Fault => ({
    name: `403 with code 9109: ${message}`,
    expected,
    act: answer(403, refusal({ code: 9109, message })),
  })),
  { name: '403 of a proxy', expected: 'protocol', act: answer(403, html, HTML_TYPE) },
  { name: '404', expected: 'notFound', act: answer(404, refusal({ message: 'no' })) },
  { name: '404 with code 7003', expected: 'notFound', act: answer(404, refusal({ code: 7003, message: 'no' })) },
  { name: '404 of a proxy', expected: 'protocol', act: answer(404, html, HTML_TYPE) },
  { name: '405', expected: 'rejected', act: answer(405, refusal({ message: 'no' })) },
  { name: '405 of a proxy', expected: 'protocol', act: answer(405, 'Method Not Allowed', {}) },
  { name: '409', expected: 'rejected', act: answer(409, refusal({ message: 'no' })) },
  { name: '422', expected: 'rejected', act: answer(422, refusal({ message: 'no' })) },
  { name: '422 with a code', expected: 'rejected', act: answer(422, refusal({ code: 17102, message: 'no' })) },
  { name: '422 with a null code', expected: 'rejected', act: answer(422, refusal({ code: null, message: null })) },
  { name: '429 with few seconds', expected: 'rateLimited', attempts: 3, act: limited('1') },
  { name: '429 with many seconds', expected: 'rateLimited', act: limited('300') },
  { name: '429 with a date', expected: 'rateLimited', act: limited('Wed, 21 Oct 2026 07:28:00 GMT') },
  { name: '429 with an absurd pause', expected: 'rateLimited', act: limited('99999999999999999999') },
  { name: '429 with a negative pause', expected: 'rateLimited', act: limited('-5') },
  { name: '429 with words', expected: 'rateLimited', act: limited('soon') },
  { name: '429 without a pause', expected: 'rateLimited', act: limited() },
  { name: '429 of a proxy', expected: 'protocol', act: answer(429, 'slow down', {}) },
  { name: '500', expected: 'unavailable', attempts: GATEWAY, act: answer(500, refusal({ message: 'no' })) },
  {
    name: '500 after the effect',
    expected: 'unavailable',
    attempts: GATEWAY,
    act: afterEffect(answer(500, refusal({ message: 'no' }))),
  },
  {
    name: '500 with code 15000',
    expected: 'unavailable',
    attempts: GATEWAY,
    act: answer(500, refusal({ code: 15000, message: 'no' })),
  },
  { name: '500 with code 971', expected: 'rateLimited', act: answer(500, refusal({ code: 971, message: 'no' })) },
  { name: '502 with HTML', expected: 'protocol', attempts: GATEWAY, act: answer(502, html, HTML_TYPE) },
  {
    name: '502 with HTML after the effect',
    expected: 'protocol',
    attempts: GATEWAY,
    act: afterEffect(answer(502, html, HTML_TYPE)),
  },
  { name: '503', expected: 'unavailable', attempts: GATEWAY, act: answer(503, refusal({ message: 'no' })) },
  {
    name: '503 with a long pause',
    expected: 'unavailable',
    act: answer(503, refusal({ message: 'no' }), { ...JSON_TYPE, 'retry-after': '120' }),
  },
  { name: '504 with nothing', expected: 'protocol', attempts: GATEWAY, act: answer(504, '', {}) },
  { name: '200 with HTML', expected: 'protocol', act: answer(200, html, HTML_TYPE) },
  { name: '200 with HTML after the effect', expected: 'protocol', act: afterEffect(answer(200, html, HTML_TYPE)) },
  { name: '200 without success', expected: 'rejected', act: answer(200, refusal({ code: 1, message: 'no' })) },
  { name: '200 without success and without errors', expected: 'rejected', act: answer(200, '{"success":false}') },
  {
    name: '200 with errors that are no list',
    expected: 'rejected',
    act: answer(200, '{"success":false,"errors":{"a":1}}'),
  },
  { name: '200 with nothing', expected: 'protocol', act: afterEffect(answer(200, '')) },
  { name: '204', expected: 'protocol', act: afterEffect(answer(204, '', {})) },
  { name: '200 with null', expected: 'protocol', act: afterEffect(answer(200, 'null')) },
  { name: '200 with a list', expected: 'protocol', act: afterEffect(answer(200, '[]')) },
  { name: '200 with text', expected: 'protocol', act: afterEffect(answer(200, CANARY, {})) },
  {
    name: '200 with success that is a text',
    expected: 'protocol',
    act: afterEffect(answer(200, '{"success":"true"}')),
  },
  {
    name: '200 with bytes that are no text',
    expected: 'protocol',
    act: afterEffect(({ response }) => void response.end(Buffer.from([0xff, 0xfe, 0, 0xd8]))),
  },
  {
    name: 'half an answer',
    expected: 'protocol',
    act: afterEffect(({ response, good }) => answer(200, good.slice(0, good.length / 2))({ response } as Misdeed)),
  },
  {
    name: 'an answer that ends before its length',
    expected: 'network',
    attempts: 3,
    act: afterEffect(({ response, good }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': String(good.length + 100) });
      response.write(good, () => response.destroy());
    }),
  },
  {
    name: 'an answer that is said to be compressed',
    expected: 'network',
    attempts: 3,
    act: afterEffect(answer(200, 'not gzip', { ...JSON_TYPE, 'content-encoding': 'gzip' })),
  },
  {
    name: 'bytes that are not HTTP',
    expected: 'network',
    attempts: 3,
    act: ({ response }) => void response.socket?.end('SSH-2.0-OpenSSH\r\n'),
  },
  { name: '20 MB', expected: 'protocol', act: huge },
  { name: 'a reset before the effect', expected: 'network', attempts: 3, act: reset },
  { name: 'a reset after the effect', expected: 'network', attempts: 3, act: afterEffect(reset) },
  { name: 'a regular close', expected: 'network', attempts: 3, act: ({ response }) => void response.socket?.end() },
  { name: 'no answer', expected: 'timeout', act: hang },
  { name: 'no answer after the effect', expected: 'timeout', act: afterEffect(hang) },
  { name: 'a late effect and no answer', expected: 'timeout', act: ({ effect }) => void setTimeout(effect, 60) },
  {
    name: 'headers and no body',
    expected: 'timeout',
    act: ({ response }) => response.writeHead(200, JSON_TYPE).flushHeaders(),
  },
  { name: 'a byte at a time', expected: 'timeout', act: drip },
  ...[301, 302, 303, 307, 308].map((status): Fault => ({
    name: `redirect ${status}`,
    expected: 'protocol',
    act: answer(status, '', { location: `https://${CANARY}.example.com/` }),
  })),
  { name: 'a redirect without a location', expected: 'protocol', act: answer(302, '', {}) },
  { name: 'an unknown status', expected: 'rejected', act: answer(499, refusal({ message: 'no' })) },
  {
    name: 'unknown fields',
    expected: 'ok',
    act: afterEffect(({ response, good }) => {
      const body = JSON.parse(good) as Record<string, unknown>;
      answer(200, JSON.stringify(addFields({ ...body, added: CANARY })))({ response } as Misdeed);
    }),
  },
];

/** An unknown field in each object, also in those of lists. */
function addFields(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(addFields);
  }
  return typeof value === 'object' && value !== null
    ? { ...Object.fromEntries(Object.entries(value).map(([key, each]) => [key, addFields(each)])), added_field: 1 }
    : value;
}

const WRONG: readonly unknown[] = [
  null,
  CANARY,
  '',
  -1,
  1e300,
  true,
  [],
  [[CANARY]],
  {},
  { constructor: CANARY },
  [null],
];

/** For a result: the result itself and each field of it, replaced by values of another type. */
export function fieldFaults(result: unknown): readonly Fault[] {
  return placesOf(result, []).flatMap((place) =>
    WRONG.map((wrong, index): Fault => ({
      name: `result${place.map((key) => `.${key}`).join('')} as wrong value ${index}`,
      expected: 'either',
      act: afterEffect(({ response }) => {
        const body = { success: true, errors: [], messages: [], result: replaceAt(result, place, wrong) };
        answer(200, JSON.stringify(body))({ response } as Misdeed);
      }),
    })),
  );
}

function placesOf(value: unknown, place: readonly string[]): readonly (readonly string[])[] {
  const inside =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, each]) => placesOf(each, [...place, key]))
      : [];
  return [place, ...inside];
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], wrong: unknown): unknown {
  if (key === undefined) {
    return wrong;
  }
  const replace = ([name, each]: [string, unknown]): [string, unknown] => [
    name,
    name === key ? replaceAt(each, rest, wrong) : each,
  ];
  const entries = Object.entries(value as object).map(replace);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
