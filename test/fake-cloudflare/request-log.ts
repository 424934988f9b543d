import type { HttpBindings } from '@hono/node-server';
import { isObject } from './envelope.ts';
import { bearerOf } from './authentication.ts';
import type { World } from './world.ts';

/** A request to the API and its result. Contains no token, secret or destination URL. */
export type LoggedRequest = {
  readonly method: string;
  /** Path after the base URL, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly account: string | null;
  /** The id of the token, or `malformed` or `unknown`. */
  readonly token: string;
  /** Header names, so that tests can find headers that must not be sent. */
  readonly headers: readonly string[];
  /** The keys of the JSON body. */
  readonly fields: readonly string[];
  /** `null` until a response starts. Stays `null` if no response was sent. */
  readonly status: number | null;
  /** Whether the connection closed before the response was complete. */
  readonly aborted: boolean;
};

/** Adds a request to the log and updates `aborted` when it ends. Returns a function that records the status. */
export async function logRequest(
  world: World,
  request: Request,
  { outgoing }: HttpBindings,
  path: string,
  account: string | null,
): Promise<(status: number) => void> {
  const token = bearerOf(world, request.headers.get('authorization') ?? undefined);
  let entry: LoggedRequest = {
    method: request.method,
    path,
    query: Object.fromEntries(new URL(request.url).searchParams),
    account,
    token: typeof token === 'string' ? token : token.id,
    headers: [...request.headers.keys()],
    fields: await fieldsOf(request),
    status: null,
    aborted: false,
  };
  world.log = [...world.log, entry];
  const update = (change: Partial<LoggedRequest>): void => {
    const changed = { ...entry, ...change };
    world.log = world.log.map((logged) => (logged === entry ? changed : logged));
    entry = changed;
  };
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) update({ aborted: true });
  });
  return (status) => update({ status });
}

async function fieldsOf(request: Request): Promise<readonly string[]> {
  if (request.method === 'GET') return [];
  try {
    const body: unknown = await request.clone().json();
    return isObject(body) ? Object.keys(body) : [];
  } catch {
    return [];
  }
}
