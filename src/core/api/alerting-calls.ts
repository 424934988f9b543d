import * as v from 'valibot';
import type { AlertFilter, AlertType } from '../model/alert-type.ts';
import type { Silence } from '../model/silence.ts';
import type { Api } from './client.ts';
import { decodeId } from './decode.ts';
import { decodeList, isObject } from './decode-list.ts';

/** The alerting calls that are not needed at start-up. All throw `ApiError`, or an error that `isCanceled` knows. */

/** `GET …/available_alerts`: the alert types of all products, in Cloudflare's order. */
export async function listAlertTypes(api: Api, accountId: string, signal?: AbortSignal): Promise<readonly AlertType[]> {
  const result = await api.request(accountId, 'available_alerts', signal ? { signal } : {});
  return Object.entries(isObject(result) ? result : {}).flatMap(([product, alerts]) =>
    (Array.isArray(alerts) ? alerts : [alerts]).flatMap((alert: unknown) => toAlertType(product, alert)),
  );
}

const text = v.fallback(v.string(), '');
const alertTypeSchema = v.object({
  type: v.pipe(v.string(), v.nonEmpty()),
  display_name: text,
  description: text,
  filter_options: v.fallback(v.array(v.unknown()), []),
});
/** Spelled with capital letters, unlike every other field of the API. */
const filterSchema = v.object({
  Key: v.pipe(v.string(), v.nonEmpty()),
  Range: text,
  AvailableValues: v.fallback(v.array(v.unknown()), []),
});
const valueSchema = v.object({ ID: v.pipe(v.string(), v.nonEmpty()), Description: text });

function toAlertType(product: string, value: unknown): readonly AlertType[] {
  const alert = v.safeParse(alertTypeSchema, value);
  if (!alert.success) {
    return [];
  }
  const { type, display_name, description, filter_options } = alert.output;
  return [{ type, name: display_name || type, product, description, filters: filter_options.flatMap(toFilter) }];
}

function toFilter(value: unknown): readonly AlertFilter[] {
  const filter = v.safeParse(filterSchema, value);
  if (!filter.success) {
    return [];
  }
  const { Key, Range, AvailableValues } = filter.output;
  const most = Number(/^\d+-(\d+)$/.exec(Range)?.[1] ?? Number.NaN);
  const values = AvailableValues.flatMap((each) => {
    const { success, output } = v.safeParse(valueSchema, each);
    return success ? [{ id: output.ID, description: output.Description }] : [];
  });
  return [{ key: Key, isRequired: Range.startsWith('1'), values, ...(Number.isNaN(most) ? {} : { most }) }];
}

/** How the API names the kinds of mechanisms of a policy, by the words of `destinations/eligible`. */
const KINDS: Readonly<Record<string, string>> = { webhook: 'webhooks', email: 'email', pagerduty: 'pagerduty' };

/**
 * `GET …/destinations/eligible`: the kinds of mechanisms that the account may not use, as a policy names them. The answer
 * has a list per kind in the specification and an object per kind in the SDK's tests; both are read.
 */
export async function listIneligibleKinds(
  api: Api,
  accountId: string,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const result = await api.request(accountId, 'destinations/eligible', signal ? { signal } : {});
  const entries = Object.entries(isObject(result) ? result : {}).flatMap(([kind, value]) =>
    (Array.isArray(value) ? value : [value]).map((each: unknown) => [kind, each] as const),
  );
  return new Set(
    entries.flatMap(([kind, each]) => {
      const word = isObject(each) && typeof each['type'] === 'string' ? each['type'] : kind;
      return isObject(each) && each['eligible'] === false ? [KINDS[word] ?? word] : [];
    }),
  );
}

/** `GET …/silences`. An entry without a policy is left out. */
export async function listSilences(api: Api, accountId: string, signal?: AbortSignal): Promise<readonly Silence[]> {
  const result = await api.request(accountId, 'silences', signal ? { signal } : {});
  return decodeList(result, 'a list of silences', (entry): Silence | undefined => {
    const policyId = entry.id('policy_id');
    const [start = '', end = ''] = [entry.time('start_time'), entry.time('end_time')];
    return policyId === undefined ? undefined : { policyId, start, end };
  }).items;
}

/** `POST …/policies`. Returns the ID. Never retried here: see `create-policy.ts`. */
export async function createPolicy(
  api: Api,
  accountId: string,
  policy: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<string> {
  return decodeId(await api.request(accountId, 'policies', { body: policy, ...(signal ? { signal } : {}) }));
}
