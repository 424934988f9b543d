import type { HttpBindings } from '@hono/node-server';
import { isObject } from './envelope.ts';
import { bearerOf } from './authentication.ts';
import type { World } from './world.ts';

/** What came in and how it ended. No token, secret or URL of a destination is kept in it. */
export type LoggedRequest = {
  readonly method: string;
  /** After the base URL, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly account: string | null;
  /** The token's id, or why there is none. */
  readonly token: string;
  /** Names only: tells whether something was sent that should not be. */
  readonly headers: readonly string[];
  /** The keys of the JSON body. */
  readonly fields: readonly string[];
  /** `null` while it is being answered, and for good where no answer was begun. */
  readonly status: number | null;
  /** The caller went away before the answer was complete, or the connection was cut. */
  readonly aborted: boolean;
};

/** Notes the request and follows it to its end; returns how to note the status. */
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
