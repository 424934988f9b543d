import * as v from 'valibot';
import type { Account } from '../model/account.ts';
import type { Destination } from '../model/destination.ts';
import { comparableId } from '../model/id.ts';
import type { Policy, SentAlert } from '../model/policy.ts';
import { ApiError } from './api-error.ts';
import { decodeList, type Entry, isObject, isUsableId, type Oddities } from './decode-list.ts';
import { noteSkipped } from './skipped.ts';

/** An optional string. The live API also sends null (`last_success`, `last_failure`). */
const text = v.optional(v.nullable(v.string()));

const tokenStatusSchema = v.object({
  id: text,
  status: v.picklist(['active', 'disabled', 'expired']),
  expires_on: text,
  not_before: text,
});

/** The envelope of every answer. `success` distinguishes it from other JSON. The errors are decoded one by one. */
const envelopeSchema = v.object({ success: v.boolean(), errors: v.optional(v.unknown()) });

export type Envelope = {
  readonly success: boolean;
  readonly errors: readonly { readonly message: string; readonly code?: number }[];
};

/** The answer of `GET …/tokens/verify`. It does not contain the token's permissions. */
export type TokenStatus = {
  readonly status: 'active' | 'disabled' | 'expired';
  /** Cloudflare's ID of the token, not the token itself. */
  readonly id?: string;
  /** As sent; absent if the token does not expire. */
  readonly expiresOn?: string;
};

/** Decodes the body as an envelope. Undefined for anything else (HTML, truncated JSON, another API). */
export function decodeEnvelope(body: string): Envelope | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), envelopeSchema), body);
  if (!parsed.success) {
    return undefined;
  }
  const { success, errors } = parsed.output;
  return { success, errors: (Array.isArray(errors) ? errors : []).filter(isObject).map(toErrorMessage) };
}

/** Several real errors have no `code`, or null, or a string. */
function toErrorMessage({ message, code }: Readonly<Record<string, unknown>>): Envelope['errors'][number] {
  const number = typeof code === 'string' && /^\d{1,9}$/.test(code) ? Number(code) : code;
  return {
    message: typeof message === 'string' ? message : '',
    ...(typeof number === 'number' ? { code: number } : {}),
  };
}

/** Called after each decoded list with its oddities, even if there are none. */
export type OnOddities = (oddities: Oddities) => void;

export function decodeDestination(result: unknown): Destination {
  return decodeOne(result, 'a webhook destination', toDestination);
}

export function decodeDestinations(result: unknown, onOddities: OnOddities = () => {}): readonly Destination[] {
  return takeUnique(decodeList(result, 'a list of webhook destinations', toDestination), onOddities);
}

/** Drops repeated entries, because an ID is the key of a row. */
function takeUnique<T extends { readonly id: string }>(
  { items, oddities }: { readonly items: readonly T[]; readonly oddities: Oddities },
  onOddities: OnOddities,
): readonly T[] {
  const ids = new Set<string>();
  const unique = items.filter(({ id }) => {
    const before = ids.size;
    return ids.add(comparableId(id)).size > before;
  });
  const isRepeated = unique.length < items.length;
  onOddities(isRepeated ? { ...oddities, places: [...oddities.places, 'repeated IDs'] } : oddities);
  return noteSkipped(unique, oddities.skipped);
}

function toDestination(entry: Entry): Destination | undefined {
  const id = entry.id('id');
  if (id === undefined) {
    return undefined;
  }
  const [createdAt, lastSuccess, lastFailure] = ['created_at', 'last_success', 'last_failure'].map((key) =>
    entry.time(key),
  );
  return {
    id,
    name: entry.text('name'),
    type: entry.text('type'),
    url: entry.text('url'),
    ...(createdAt ? { createdAt } : {}),
    ...(lastSuccess ? { lastSuccess } : {}),
    ...(lastFailure ? { lastFailure } : {}),
  };
}

export function decodeAccounts(result: unknown, onOddities: OnOddities = () => {}): readonly Account[] {
  const { items, oddities } = decodeList(result, 'a list of accounts', (entry): Account | undefined => {
    const id = entry.id('id');
    return id === undefined ? undefined : { id, name: entry.text('name') || id };
  });
  onOddities(oddities);
  return items;
}

export function decodeTokenStatus(result: unknown): TokenStatus {
  const { id, status, expires_on } = decode(tokenStatusSchema, result, 'a token status');
  return { status, ...(id ? { id } : {}), ...(expires_on ? { expiresOn: expires_on } : {}) };
}

/** Decodes the ID in the answer of a create call. */
export function decodeId(result: unknown): string {
  return decode(v.object({ id: v.pipe(v.string(), v.check(isUsableId)) }), result, 'the id of the new destination').id;
}

export function decodePolicy(result: unknown): Policy {
  return decodeOne(result, 'a policy', toPolicy);
}

export function decodePolicies(result: unknown, onOddities: OnOddities = () => {}): readonly Policy[] {
  return takeUnique(decodeList(result, 'a list of policies', toPolicy), onOddities);
}

/** `whole` keeps unknown fields, because an update writes the whole policy. */
function toPolicy(entry: Entry, whole: Policy['whole']): Policy | undefined {
  const id = entry.id('id');
  if (id === undefined) {
    return undefined;
  }
  const mechanisms = entry.object('mechanisms');
  const ids = mechanisms.keys.map((kind) => {
    const list = mechanisms.entry.list(kind).map((each) => each.text('id'));
    return [kind, list.filter((each) => each !== '')] as const;
  });
  return {
    id,
    name: entry.text('name'),
    enabled: entry.flag('enabled', true),
    alertType: entry.text('alert_type'),
    mechanisms: Object.fromEntries(ids),
    whole,
  };
}

export function decodeSentAlerts(result: unknown, onOddities: OnOddities = () => {}): readonly SentAlert[] {
  const { items, oddities } = decodeList(result, 'a list of sent alerts', (entry): SentAlert => ({
    policyId: entry.text('policy_id'),
    policyName: entry.text('name'),
    alertType: entry.text('alert_type'),
    mechanism: entry.text('mechanism'),
    mechanismKind: entry.text('mechanism_type'),
    sent: entry.time('sent') ?? '',
  }));
  onOddities(oddities);
  return items;
}

/** Display names of the alert types of all products. A malformed entry is skipped, and its type is shown instead. */
export function decodeAlertNames(result: unknown): ReadonlyMap<string, string> {
  const products = Object.values(
    decode(v.nullish(v.record(v.string(), v.unknown()), {}), result, 'a list of alert types'),
  );
  return new Map(
    products.flat().flatMap((alert) => {
      const { type, display_name } = isObject(alert) ? alert : {};
      return typeof type === 'string' && typeof display_name === 'string' && display_name !== ''
        ? [[type, display_name] as const]
        : [];
    }),
  );
}

/** Decodes one object as an entry of a list is decoded, so that what a list shows can also be fetched alone. */
function decodeOne<T>(result: unknown, what: string, toItem: Parameters<typeof decodeList<T>>[2]): T {
  const [item] = decodeList([result], what, toItem).items;
  if (item === undefined) {
    throw new ApiError({ kind: 'protocol', answer: 'otherForm', forLog: `expected ${what}` });
  }
  return item;
}

/** Decodes a value. The error names the place (`0.name`) but never the value, which may be a secret. */
function decode<Schema extends v.GenericSchema>(schema: Schema, value: unknown, what: string): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) {
    return parsed.output;
  }
  const issue = parsed.issues[0];
  const place = v.getDotPath(issue) ?? 'result';
  throw new ApiError({
    kind: 'protocol',
    answer: 'otherForm',
    forLog: `expected ${what}, but ${place} should be ${issue.expected ?? 'something else'}`,
  });
}
