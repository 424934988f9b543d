import * as v from 'valibot';
import type { Account } from '../model/account.ts';
import type { Destination } from '../model/destination.ts';
import type { Policy, SentAlert } from '../model/policy.ts';
import { ApiError } from './api-error.ts';

/** An optional string that the live API also sends as null (last_success, last_failure). */
const text = v.optional(v.nullable(v.string()));

const webhookSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  name: text,
  type: text,
  url: text,
  created_at: text,
  last_success: text,
  last_failure: text,
});

const accountSchema = v.object({ id: v.pipe(v.string(), v.nonEmpty()), name: text });

const tokenStatusSchema = v.object({
  id: text,
  status: v.picklist(['active', 'disabled', 'expired']),
  expires_on: text,
  not_before: text,
});

const errorMessageSchema = v.object({ message: v.optional(v.string(), ''), code: v.optional(v.number()) });

/** The envelope of every answer: `success`, `errors` whose `code` is optional, and the result. */
const envelopeSchema = v.object({
  success: v.boolean(),
  errors: v.optional(v.nullable(v.array(errorMessageSchema))),
  result: v.optional(v.unknown()),
});

export type Envelope = {
  readonly success: boolean;
  readonly errors: readonly { readonly message: string; readonly code?: number | undefined }[];
};

/** What `GET …/tokens/verify` tells of a token; it does not tell its permissions. */
export type TokenStatus = {
  readonly status: 'active' | 'disabled' | 'expired';
  /** Cloudflare's id of the token, not the token. */
  readonly id?: string;
  /** As sent; absent where the token does not expire. */
  readonly expiresOn?: string;
};

/** The body as an envelope, or undefined where it is something else (HTML, truncated JSON, another API). */
export function decodeEnvelope(body: string): Envelope | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), envelopeSchema), body);
  return parsed.success ? { success: parsed.output.success, errors: parsed.output.errors ?? [] } : undefined;
}

export function decodeDestination(result: unknown): Destination {
  return toDestination(decode(webhookSchema, result, 'a webhook destination'));
}

/** No `result` is how the reference allows an empty list to look. */
export function decodeDestinations(result: unknown): readonly Destination[] {
  return decode(v.nullish(v.array(webhookSchema), []), result, 'a list of webhook destinations').map(toDestination);
}

export function decodeAccounts(result: unknown): readonly Account[] {
  return decode(v.nullish(v.array(accountSchema), []), result, 'a list of accounts').map(({ id, name }) => ({
    id,
    name: name || id,
  }));
}

export function decodeTokenStatus(result: unknown): TokenStatus {
  const { id, status, expires_on } = decode(tokenStatusSchema, result, 'a token status');
  return { status, ...(id ? { id } : {}), ...(expires_on ? { expiresOn: expires_on } : {}) };
}

/** The id that a create call answers with. */
export function decodeId(result: unknown): string {
  return decode(v.object({ id: v.pipe(v.string(), v.nonEmpty()) }), result, 'the id of the new destination').id;
}

const mechanismSchema = v.nullish(v.array(v.object({ id: text })), []);

/** Loose: what this version does not know of a policy is kept, since it is written back whole. */
const policySchema = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  name: text,
  enabled: v.nullish(v.boolean(), true),
  alert_type: text,
  mechanisms: v.nullish(v.record(v.string(), mechanismSchema), {}),
});

export function decodePolicies(result: unknown): readonly Policy[] {
  return decode(v.nullish(v.array(v.unknown()), []), result, 'a list of policies').map(decodePolicy);
}

export function decodePolicy(result: unknown): Policy {
  const { id, name, enabled, alert_type, mechanisms } = decode(policySchema, result, 'a policy');
  const ids = Object.entries(mechanisms).map(
    ([kind, list]) => [kind, list.flatMap((each) => (each.id ? [each.id] : []))] as const,
  );
  return {
    id,
    name: name ?? '',
    enabled,
    alertType: alert_type ?? '',
    mechanisms: Object.fromEntries(ids),
    whole: decode(v.record(v.string(), v.unknown()), result, 'a policy'),
  };
}

const sentAlertSchema = v.object({
  policy_id: text,
  name: text,
  alert_type: text,
  mechanism: text,
  mechanism_type: text,
  sent: text,
});

export function decodeSentAlerts(result: unknown): readonly SentAlert[] {
  return decode(v.nullish(v.array(sentAlertSchema), []), result, 'a list of sent alerts').map((alert) => ({
    policyId: alert.policy_id ?? '',
    policyName: alert.name ?? '',
    alertType: alert.alert_type ?? '',
    mechanism: alert.mechanism ?? '',
    mechanismKind: alert.mechanism_type ?? '',
    sent: alert.sent ?? '',
  }));
}

const availableAlertsSchema = v.record(
  v.string(),
  v.nullish(v.array(v.object({ type: text, display_name: text })), []),
);

/** Alert types by what they are called, over all products. */
export function decodeAlertNames(result: unknown): ReadonlyMap<string, string> {
  const products = Object.values(decode(v.nullish(availableAlertsSchema, {}), result, 'a list of alert types'));
  return new Map(
    products.flat().flatMap(({ type, display_name }) => (type && display_name ? [[type, display_name] as const] : [])),
  );
}

function toDestination(webhook: v.InferOutput<typeof webhookSchema>): Destination {
  return {
    id: webhook.id,
    name: webhook.name ?? '',
    type: webhook.type ?? '',
    url: webhook.url ?? '',
    ...(webhook.created_at ? { createdAt: webhook.created_at } : {}),
    ...(webhook.last_success ? { lastSuccess: webhook.last_success } : {}),
    ...(webhook.last_failure ? { lastFailure: webhook.last_failure } : {}),
  };
}

/** The reason names the place (`0.name`) but never the value, which may be a secret. */
function decode<Schema extends v.GenericSchema>(schema: Schema, value: unknown, what: string): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) {
    return parsed.output;
  }
  const issue = parsed.issues[0];
  const place = v.getDotPath(issue) ?? 'result';
  throw new ApiError({
    kind: 'protocol',
    reason: `expected ${what}, but ${place} should be ${issue.expected ?? 'something else'}`,
  });
}
