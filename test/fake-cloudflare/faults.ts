import type { World } from './world.ts';

/** One way of answering wrong. `fault-answers.ts` does them, for the API and for the webhook receivers alike. */
export type Fault =
  /** Any status with any body: a string goes out as text, anything else as JSON; none stands for an error envelope. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: unknown; readonly headers?: Headers }
  | { readonly kind: 'throttle'; readonly retryAfter: number | string }
  /** A proxy's or a captive portal's page. */
  | { readonly kind: 'html'; readonly status?: number }
  /** The right answer, cut in the middle. */
  | { readonly kind: 'truncated' }
  /** A success envelope around a `result` that is not what the call promises. */
  | { readonly kind: 'wrong-type'; readonly result?: unknown }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** A byte at a time, for ever or for `bytes` of them. */
  | { readonly kind: 'drip'; readonly everyMs: number; readonly bytes?: number }
  | { readonly kind: 'huge'; readonly bytes: number };

type Headers = Readonly<Record<string, string>>;

/** Which requests a rule is for: every given field must fit, and no field fits everything. */
export type RequestMatch = {
  readonly method?: string;
  /** Path after the base URL; `*` stands for one segment, `**` for any number of them. */
  readonly path?: string;
  readonly account?: string;
};

export type Misbehaviour = {
  readonly fault?: Fault;
  /** Wait before answering, right (without `fault`) or wrong. */
  readonly delayMs?: number;
  /** Do the work first and spoil only the answer: the change is made and the caller does not learn of it. */
  readonly after?: boolean;
  /** How many requests it is for; all of them where absent. */
  readonly times?: number;
};

export type FaultRule = RequestMatch & Misbehaviour;

/** Whether the path fits the pattern; `*` stands for one segment, `**` for any number of them. */
export function fitsPath(pattern: string, path: string): boolean {
  const source = pattern
    .split('**')
    .map((part) => part.split('*').map(escape).join('[^/]+'))
    .join('.*');
  return new RegExp(`^${source}$`).test(path);
}

/** The first rule that fits the request, one use of it spent. */
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

/** The first rule that `fits`, and the rules that are left after one use of it. */
export function takeFirst<T extends Misbehaviour>(
  rules: readonly T[],
  fits: (rule: T) => boolean,
): { readonly rule: T | undefined; readonly rest: readonly T[] } {
  const index = rules.findIndex(fits);
  const rule = rules[index];
  if (rule?.times === undefined) return { rule, rest: rules };
  const spent = rule.times > 1 ? [{ ...rule, times: rule.times - 1 }] : [];
  return { rule, rest: rules.toSpliced(index, 1, ...spent) };
}

function escape(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
