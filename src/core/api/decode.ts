import * as v from 'valibot';
import type { Account } from '../account.ts';
import type { Destination } from '../destination.ts';
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
