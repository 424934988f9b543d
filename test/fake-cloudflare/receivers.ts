import type { HttpBindings } from '@hono/node-server';
import { misbehave } from './fault-answers.ts';
import { fitsPath, takeFirst } from './faults.ts';
import type { Misbehaviour } from './faults.ts';
import { honestAnswer, receiverNamed } from './receiver-answers.ts';
import type { ReceiverRequest } from './receiver-answers.ts';
import { stamp } from './world.ts';
import type { World } from './world.ts';

/** A request to a webhook receiver, including secrets, so that tests can check what was sent. */
export type ReceivedRequest = ReceiverRequest & {
  readonly at: string;
  readonly type: string;
  readonly method: string;
  /** The original host of a request that the fake redirected from the internet; absent for a receiver URL. */
  readonly meantFor?: string;
};

/** An error response by its name in `receiver-answers.ts`, or a fault, for the matching receivers. */
export type ReceiverRule = Misbehaviour & {
  readonly type?: string;
  /** After `/receivers/{type}`; `*` stands for one segment, `**` for any number of them. */
  readonly path?: string;
  readonly answer?: string;
};

/** Header with the original host of a delivery. `delivery.ts` sets it; it is removed before the request is recorded. */
export const meantForHeader = 'x-fake-cloudflare-meant-for';

/** Records a request, then responds as the vendor does or according to the first matching rule. */
export async function receive(world: World, request: Request, bindings: HttpBindings): Promise<Response> {
  const url = new URL(request.url);
  const [, type = '', path] = /^\/receivers\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
  const receiver = receiverNamed(type, world.extraTypes);
  if (!receiver) return new Response('No such receiver', { status: 404 });
  if (request.method !== 'POST') return new Response('Method Not Allowed', { status: 405 });
  const { [meantForHeader]: meantFor, ...headers } = Object.fromEntries(request.headers);
  const received: ReceivedRequest = {
    at: stamp(world),
    type,
    method: request.method,
    path: path ?? '',
    query: Object.fromEntries(url.searchParams),
    headers,
    body: await request.text(),
    ...(meantFor === undefined ? {} : { meantFor }),
  };
  world.received = [...world.received, received];
  const { rule, rest } = takeFirst(world.receiverRules, (candidate) => fits(candidate, received));
  world.receiverRules = rest;
  const named = rule?.answer === undefined ? undefined : receiver.wrong[rule.answer];
  return misbehave(rule ?? {}, bindings, async () => toResponse(named ?? honestAnswer(receiver, received)));
}

function fits(rule: ReceiverRule, { type, path }: ReceivedRequest): boolean {
  return (rule.type === undefined || rule.type === type) && (rule.path === undefined || fitsPath(rule.path, path));
}

function toResponse({ status, body, headers }: Readonly<ReturnType<typeof honestAnswer>>): Response {
  if (status === 204) return new Response(null, { status });
  return typeof body === 'string'
    ? new Response(body, { status, headers: { 'content-type': 'text/html', ...headers } })
    : Response.json(body, { status, ...(headers ? { headers } : {}) });
}
