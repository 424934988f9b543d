import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Fault, Misbehaviour } from './faults.ts';

/** Where a list of destinations should be: none of these is one. */
const nonsense = [{ id: 42, name: null, url: {}, type: [], last_success: 17 }, 'destination', null];

/**
 * Answers as the rule says. `answerRight` is the honest answer; it is asked for only where it is needed, so that a
 * fault without `after` leaves the world unchanged.
 */
export async function misbehave(
  { fault, delayMs = 0, after = false }: Misbehaviour,
  { outgoing }: HttpBindings,
  answerRight: () => Promise<Response>,
): Promise<Response> {
  // Timers here must not keep a test process alive after its last test.
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  if (!fault) return answerRight();
  if (fault.kind === 'truncated') return cutShort(await answerRight());
  if (after) await answerRight();
  if (fault.kind === 'reset') {
    // With an RST, so that the caller sees ECONNRESET and not an orderly end.
    outgoing.socket?.resetAndDestroy();
    return never();
  }
  return fault.kind === 'hang' ? never() : spoiltAnswer(fault);
}

function spoiltAnswer(fault: Exclude<Fault, { readonly kind: 'truncated' | 'reset' | 'hang' }>): Response {
  switch (fault.kind) {
    case 'status':
      return answer(fault.status, fault.body ?? failure(`Answered ${fault.status} on request`), fault.headers);
    case 'throttle':
      return answer(429, failure('Please wait and consider throttling your request speed', 971), {
        'retry-after': String(fault.retryAfter),
      });
    case 'html':
      return answer(fault.status ?? 200, '<!DOCTYPE html><html><title>Sign in</title><h1>Sign in</h1></html>', {
        'content-type': 'text/html; charset=utf-8',
      });
    case 'wrong-type':
      return answer(200, { success: true, errors: [], messages: [], result: fault.result ?? nonsense });
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
  // 204 and its like must not have a body: `Response` refuses to be built with one.
  const content = [204, 205, 304].includes(status) ? null : isText ? body : JSON.stringify(body);
  return new Response(content, { status, headers: { 'content-type': contentType, ...headers } });
}

function failure(message: string, code?: number): unknown {
  const error = code === undefined ? { message } : { code, message };
  return { success: false, errors: [error], messages: [], result: null };
}

async function cutShort(right: Response): Promise<Response> {
  const body = await right.text();
  const headers = new Headers(right.headers);
  headers.delete('content-length');
  return new Response(body.slice(0, Math.floor(body.length / 2)), { status: right.status, headers });
}

function streamed(chunks: AsyncGenerator<Uint8Array>): Response {
  return new Response(ReadableStream.from(chunks), { headers: { 'content-type': 'application/json' } });
}

/** Spaces: JSON may begin with them, so a reader cannot tell early that nothing will come. */
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

/** Waits until the connection is closed from either side. */
function never(): Promise<Response> {
  return new Promise<Response>(() => {});
}
