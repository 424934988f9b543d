import type { Context } from 'hono';

/** An API error. `code` is optional, because several real errors have no code. */
export type Problem = {
  readonly code?: number;
  readonly message: string;
  readonly error_chain?: readonly Problem[];
};
type FailureStatus = 400 | 401 | 403 | 404 | 422 | 429 | 500;

/** Returns `{success: true, errors: [], messages: [], result}` plus the fields in `more`, such as `result_info`. */
export function succeed(c: Context, result: unknown, more: Readonly<Record<string, unknown>> = {}): Response {
  return c.json({ success: true, errors: [], messages: [], result, ...more });
}

/** Returns the success envelope without `result`, which is the response of DELETE and of the policy test. */
export function acknowledge(c: Context): Response {
  return c.json({ success: true, errors: [], messages: [] });
}

/** Returns the failure envelope: `{success: false, errors, messages: [], result: null}`. */
export function fail(c: Context, status: FailureStatus, ...errors: readonly Problem[]): Response {
  return c.json({ success: false, errors, messages: [], result: null }, status);
}

/** Returns the response for an unknown route or object identifier. */
export function failToRoute(c: Context): Response {
  return fail(
    c,
    404,
    { code: 7003, message: `Could not route to ${c.req.path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: 'No route for that URI' },
  );
}

/** Returns the body as a JSON object, or undefined if it is not a JSON object. */
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

/** Returns the response for a body that is not a JSON object. */
export function failToParse(c: Context): Response {
  return fail(c, 400, { code: 6007, message: 'Malformed JSON in request body' });
}

export type Page = { readonly page: number; readonly perPage: number };

/** Returns `page` and `per_page` of the query, or undefined if they are outside the documented range. */
export function readPage(c: Context, perPage: { readonly default: number; readonly max: number }): Page | undefined {
  const wanted = {
    page: Number(c.req.query('page') ?? 1),
    perPage: Number(c.req.query('per_page') ?? perPage.default),
  };
  const isInRange = wanted.page >= 1 && wanted.perPage >= 5 && wanted.perPage <= perPage.max;
  return isInRange && Number.isInteger(wanted.page) && Number.isInteger(wanted.perPage) ? wanted : undefined;
}

/** Returns one page of `all`, with the page and total counts in `result_info`. */
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
