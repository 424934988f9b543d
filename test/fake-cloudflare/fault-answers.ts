import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Fault, Misbehaviour } from './faults.ts';

/** Invalid values in place of a list of destinations. */
const invalidDestinations = [{ id: 42, name: null, url: {}, type: [], last_success: 17 }, 'destination', null];

/**
 * Answers a request according to a rule. `answerRight` creates the regular response. It is called only if needed, so
 * that a fault without `after` does not change the world.
 */
export async function misbehave(
  { fault, delayMs = 0, after = false }: Misbehaviour,
  { outgoing }: HttpBindings,
  answerRight: () => Promise<Response>,
): Promise<Response> {
  // An unreferenced timer does not keep the test process alive after the last test.
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  if (!fault) return answerRight();
  if (fault.kind === 'truncated') return truncate(await answerRight());
  if (after) await answerRight();
  if (fault.kind === 'reset') {
    // Sends an RST, so that the caller gets ECONNRESET instead of a regular close.
    outgoing.socket?.resetAndDestroy();
    return never();
  }
  return fault.kind === 'hang' ? never() : faultyAnswer(fault);
}

const pages = {
  'sign-in': '<!DOCTYPE html><html><title>Sign in</title><h1>Sign in</h1></html>',
  blocked:
    '<!DOCTYPE html><html><title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1></html>',
};

const denials = {
  permission: 'Unauthorized to access requested resource',
  location: 'Cannot use the access token from location: 203.0.113.7',
  token: 'Invalid access token',
};

function faultyAnswer(fault: Exclude<Fault, { readonly kind: 'truncated' | 'reset' | 'hang' }>): Response {
  switch (fault.kind) {
    case 'status':
      return answer(fault.status, fault.body ?? failure(`Answered ${fault.status} on request`), fault.headers);
    case 'throttle':
      return answer(429, failure('Please wait and consider throttling your request speed', 971), {
        'retry-after': String(fault.retryAfter),
      });
    case 'html':
      return answer(fault.status ?? 200, pages[fault.page ?? 'sign-in'], {
        'content-type': 'text/html; charset=utf-8',
      });
    case 'denied':
      return answer(403, failure(denials[fault.cause], 9109));
    case 'wrong-type':
      return answer(200, { success: true, errors: [], messages: [], result: fault.result ?? invalidDestinations });
    case 'redirect':
      return answer(fault.status ?? 302, '', { location: fault.location });
    case 'drip':
      return streamed(drip(fault.everyMs, fault.bytes ?? Number.POSITIVE_INFINITY));
    case 'huge':
      return streamed(fill(fault.bytes));
    default:
      return fault satisfies never;
  }
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const isText = typeof body === 'string';
  const contentType = isText ? 'text/plain; charset=utf-8' : 'application/json';
  // The `Response` constructor throws if one of these statuses has a body.
  const content = [204, 205, 304].includes(status) ? null : isText ? body : JSON.stringify(body);
  return new Response(content, { status, headers: { 'content-type': contentType, ...headers } });
}

function failure(message: string, code?: number): unknown {
  const error = code === undefined ? { message } : { code, message };
  return { success: false, errors: [error], messages: [], result: null };
}

async function truncate(right: Response): Promise<Response> {
  const body = await right.text();
  const headers = new Headers(right.headers);
  headers.delete('content-length');
  return new Response(body.slice(0, Math.floor(body.length / 2)), { status: right.status, headers });
}

function streamed(chunks: AsyncGenerator<Uint8Array>): Response {
  return new Response(ReadableStream.from(chunks), { headers: { 'content-type': 'application/json' } });
}

/** Sends spaces, because leading whitespace is valid JSON and a parser has to wait for more. */
async function* drip(everyMs: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += 1) {
    yield new Uint8Array([0x20]);
    await sleep(everyMs, undefined, { ref: false });
  }
}

async function* fill(bytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(65_536).fill(0x20);
  for (let left = bytes; left > 0; left -= chunk.length) yield left >= chunk.length ? chunk : chunk.slice(0, left);
}

/** Never resolves. The request ends when either side closes the connection. */
function never(): Promise<Response> {
  return new Promise<Response>(() => {});
}
