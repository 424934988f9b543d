import type { Context } from 'hono';

/** `code` is absent on several of the real errors, and so it is here. */
export type Problem = {
  readonly code?: number;
  readonly message: string;
  readonly error_chain?: readonly Problem[];
};
type FailureStatus = 400 | 401 | 403 | 404 | 422 | 429 | 500;

/** `{success: true, errors: [], messages: [], result}` with what else the call answers beside it (`result_info`). */
export function succeed(c: Context, result: unknown, more: Readonly<Record<string, unknown>> = {}): Response {
  return c.json({ success: true, errors: [], messages: [], result, ...more });
}

/** The envelope alone: what DELETE and the policy test answer. */
export function acknowledge(c: Context): Response {
  return c.json({ success: true, errors: [], messages: [] });
}

/** The failure envelope: `{success: false, errors, messages: [], result: null}`. */
export function fail(c: Context, status: FailureStatus, ...errors: readonly Problem[]): Response {
  return c.json({ success: false, errors, messages: [], result: null }, status);
}

/** The answer to a route or an object identifier that the API does not know. */
export function failToRoute(c: Context): Response {
  return fail(
    c,
    404,
    { code: 7003, message: `Could not route to ${c.req.path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: 'No route for that URI' },
  );
}

/** The body as a JSON object; `undefined` where it is none. */
export async function readObject(c: Context): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const body: unknown = await c.req.json();
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The answer to a body that is no JSON object. */
export function failToParse(c: Context): Response {
  return fail(c, 400, { code: 6007, message: 'Malformed JSON in request body' });
}

export type Page = { readonly page: number; readonly perPage: number };

/** `page` and `per_page` of the query; `undefined` where they are out of the documented range. */
export function readPage(c: Context, perPage: { readonly default: number; readonly max: number }): Page | undefined {
  const wanted = {
    page: Number(c.req.query('page') ?? 1),
    perPage: Number(c.req.query('per_page') ?? perPage.default),
  };
  const isSound = wanted.page >= 1 && wanted.perPage >= 5 && wanted.perPage <= perPage.max;
  return isSound && Number.isInteger(wanted.page) && Number.isInteger(wanted.perPage) ? wanted : undefined;
}

/** One page of `all`, with the `result_info` that tells of the rest. */
export function succeedPaged(c: Context, all: readonly unknown[], { page, perPage }: Page): Response {
  const shown = all.slice((page - 1) * perPage, page * perPage);
  return succeed(c, shown, {
    result_info: {
      page,
      per_page: perPage,
      count: shown.length,
      total_count: all.length,
    },
  });
}
