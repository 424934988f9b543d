import { demoAccountId } from '../../fake-cloudflare/demo-world.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';

export const halden = demoAccountId('Halden Logistics');
export const brightwater = demoAccountId('Brightwater Media');

export type Answer<Result> = {
  readonly status: number;
  readonly headers: Headers;
  readonly success: boolean;
  readonly errors: readonly { readonly code?: number; readonly message: string }[];
  readonly codes: readonly (number | undefined)[];
  readonly result: Result;
  readonly result_info?: Readonly<Record<string, number>>;
  /** The unparsed body. */
  readonly text: string;
};

type Call = { readonly token?: string | null; readonly body?: unknown };

/** Calls the fake's API with the given token. Default: the demo token. `null` sends no token. */
export async function callApi<Result = unknown>(
  fake: FakeCloudflare,
  method: string,
  path: string,
  { token = demoTokens.demo, body }: Call = {},
): Promise<Answer<Result>> {
  const response = await fetch(fake.baseUrl + path, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const envelope: Answer<Result> = JSON.parse(text);
  const { status, headers } = response;
  return { ...envelope, status, headers, text, codes: envelope.errors.map(({ code }) => code) };
}

export function webhooksPath(account: string, id?: string): string {
  return `/accounts/${account}/alerting/v3/destinations/webhooks${id === undefined ? '' : `/${id}`}`;
}

export function policiesPath(account: string, id?: string): string {
  return `/accounts/${account}/alerting/v3/policies${id === undefined ? '' : `/${id}`}`;
}
