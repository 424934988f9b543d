import type { World } from './world.ts';

/** A faulty response of the API or a webhook receiver. `fault-answers.ts` implements the faults. */
export type Fault =
  /** Any status and body. A string is sent as text, other values as JSON. Default body: an error envelope. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: unknown; readonly headers?: Headers }
  | { readonly kind: 'throttle'; readonly retryAfter: number | string }
  /** An HTML page that is not the API: a sign-in page of a proxy or captive portal, or Cloudflare's own block page. */
  | { readonly kind: 'html'; readonly status?: number; readonly page?: 'sign-in' | 'blocked' }
  /**
   * Status 403 with code 9109, of which users of the API report three causes: a missing permission, an IP address that
   * the token does not allow, and a token that is not valid.
   */
  | { readonly kind: 'denied'; readonly cause: 'permission' | 'location' | 'token' }
  /** The first half of the regular response. */
  | { readonly kind: 'truncated' }
  /** A success envelope with a `result` of the wrong type. */
  | { readonly kind: 'wrong-type'; readonly result?: unknown }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** One byte every `everyMs` milliseconds, up to `bytes` bytes, or without end. */
  | { readonly kind: 'drip'; readonly everyMs: number; readonly bytes?: number }
  | { readonly kind: 'huge'; readonly bytes: number };

type Headers = Readonly<Record<string, string>>;

/** Selects requests. All given fields must match; an absent field matches every request. */
export type RequestMatch = {
  readonly method?: string;
  /** Path after the base URL. `*` matches one segment, `**` matches any number of segments. */
  readonly path?: string;
  readonly account?: string;
};

export type Misbehaviour = {
  readonly fault?: Fault;
  /** Delay before the response, in milliseconds, with or without a fault. */
  readonly delayMs?: number;
  /** Whether to process the request before the fault, so that the change is applied without a success response. */
  readonly after?: boolean;
  /** The number of requests the rule applies to. Default: all. */
  readonly times?: number;
};

export type FaultRule = RequestMatch & Misbehaviour;

/** Returns whether a path matches a pattern. `*` matches one segment, `**` matches any number of segments. */
export function fitsPath(pattern: string, path: string): boolean {
  const source = pattern
    .split('**')
    .map((part) => part.split('*').map(escape).join('[^/]+'))
    .join('.*');
  return new RegExp(`^${source}$`).test(path);
}

/** Returns the first rule that matches the request, and reduces its remaining `times` by one. */
export function takeFault(world: World, request: Required<RequestMatch>): FaultRule | undefined {
  const { rule, rest } = takeFirst(
    world.faults,
    ({ method, path, account }) =>
      (method === undefined || method.toUpperCase() === request.method) &&
      (path === undefined || fitsPath(path, request.path)) &&
      (account === undefined || account === request.account),
  );
  world.faults = rest;
  return rule;
}

/** Returns the first rule that `fits`, and the rules that remain after one use of that rule. */
export function takeFirst<T extends Misbehaviour>(
  rules: readonly T[],
  fits: (rule: T) => boolean,
): { readonly rule: T | undefined; readonly rest: readonly T[] } {
  const index = rules.findIndex(fits);
  const rule = rules[index];
  if (rule?.times === undefined) return { rule, rest: rules };
  const remaining = rule.times > 1 ? [{ ...rule, times: rule.times - 1 }] : [];
  return { rule, rest: rules.toSpliced(index, 1, ...remaining) };
}

function escape(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
