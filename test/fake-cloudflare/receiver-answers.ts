import type { DestinationType, NamedShape } from './destination-types.ts';
import { isObject } from './envelope.ts';

/**
 * The success and error responses of the vendors to a webhook, from their documentation. A secret is valid unless it is
 * empty or contains `wrong`, so a test selects the outcome with the URL or the secret.
 */

export type ReceiverRequest = {
  /** Path after `/receivers/{type}`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A response. A string body is sent as text, other values as JSON. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Receiver<Wrong extends string = string> = {
  readonly right: Answer;
  readonly wrong: Readonly<Record<Wrong, Answer>>;
  /** Returns the name of the vendor's error response for a request, or undefined if the request is valid. */
  readonly validate: (request: ReceiverRequest) => NoInfer<Wrong> | undefined;
};

const slack = receiver({
  right: { status: 200, body: 'ok' },
  wrong: {
    no_service: { status: 404, body: 'no_service' },
    no_text: { status: 400, body: 'no_text' },
    invalid_payload: { status: 400, body: 'invalid_payload' },
    invalid_token: { status: 403, body: 'invalid_token' },
    action_prohibited: { status: 403, body: 'action_prohibited' },
    channel_not_found: { status: 404, body: 'channel_not_found' },
    channel_is_archived: { status: 410, body: 'channel_is_archived' },
    rollup_error: { status: 500, body: 'rollup_error' },
  },
  validate: ({ path, body }) => {
    const secret = /^\/services\/[^/]+\/[^/]+\/([^/]+)$/.exec(path)?.[1];
    const message = parse(body);
    if (secret === undefined) return 'no_service';
    if (isWrong(secret)) return 'invalid_token';
    if (message === undefined) return 'invalid_payload';
    return isFilled(message['text']) ? undefined : 'no_text';
  },
});

const discord = receiver({
  right: { status: 204, body: '' },
  wrong: {
    unknown_webhook: { status: 404, body: { message: 'Unknown Webhook', code: 10015 } },
    invalid_token: { status: 401, body: { message: 'Invalid Webhook Token', code: 50027 } },
    empty_message: { status: 400, body: { message: 'Cannot send an empty message', code: 50006 } },
    rate_limited: {
      status: 429,
      headers: { 'retry-after': '2', 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0' },
      body: { message: 'You are being rate limited.', retry_after: 1.337, global: false },
    },
  },
  validate: ({ path, body }) => {
    const [, id = '', secret = ''] = /^\/api\/webhooks\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    if (isWrong(id)) return 'unknown_webhook';
    if (isWrong(secret)) return 'invalid_token';
    return isFilled(parse(body)?.['content']) ? undefined : 'empty_message';
  },
});

const gchat = receiver({
  right: { status: 200, body: { name: 'spaces/AAAAdemo/messages/demo.demo', argumentText: '' } },
  wrong: {
    invalid_argument: googleError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'),
    unauthenticated: googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
    permission_denied: googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
    not_found: googleError(404, 'NOT_FOUND', 'Requested entity was not found.'),
    resource_exhausted: googleError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
  },
  validate: ({ query, body }) => {
    if (isWrong(query['key']) || isWrong(query['token'])) return 'unauthenticated';
    return isFilled(parse(body)?.['text']) ? undefined : 'invalid_argument';
  },
});

/** Feishu returns status 200 for errors. Only `code` in the body shows the error. */
const feishu = receiver({
  right: { status: 200, body: { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' } },
  wrong: {
    token_invalid: feishuError(19001, 'param invalid: incoming webhook access token invalid'),
    keyword_missing: feishuError(19024, 'Key Words Not Found'),
    bad_request: feishuError(9499, 'Bad Request'),
    rate_limited: feishuError(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]'),
  },
  validate: ({ path, body }) => {
    const message = parse(body);
    if (isWrong(path.split('/hook/')[1])) return 'token_invalid';
    return message?.['msg_type'] === 'text' && isObject(message['content']) ? undefined : 'bad_request';
  },
});

const datadog = receiver({
  right: { status: 202, body: { status: 'ok', event: { id: 7001, title: 'Cloudflare' } } },
  wrong: {
    bad_request: { status: 400, body: { errors: ['Invalid JSON structure'] } },
    forbidden: { status: 403, body: { errors: ['Forbidden'] } },
    too_many_requests: { status: 429, body: { errors: ['Too many requests'] } },
  },
  validate: ({ headers, body }) => {
    const event = parse(body);
    if (isWrong(headers['dd-api-key'])) return 'forbidden';
    return isFilled(event?.['title']) && isFilled(event?.['text']) ? undefined : 'bad_request';
  },
});

const trailer = { took: 0.016, requestId: '43a29c5c-3dbf-4fa4-9c26-f4f71023e120' };

const opsgenie = receiver({
  right: { status: 202, body: { result: 'Request will be processed', ...trailer } },
  wrong: {
    unauthenticated: { status: 401, body: { message: 'Could not authenticate', ...trailer } },
    forbidden: { status: 403, body: { message: 'You are not authorized to access this resource', ...trailer } },
    unprocessable: {
      status: 422,
      body: {
        message: 'Request body is not processable. Please check the errors.',
        errors: { message: 'Message can not be empty.' },
        ...trailer,
      },
    },
    rate_limited: { status: 429, body: { message: 'You are making too many requests!', ...trailer } },
  },
  validate: ({ headers, body }) => {
    if (isWrong(/^GenieKey (.+)$/.exec(headers['authorization'] ?? '')?.[1])) return 'unauthenticated';
    return isFilled(parse(body)?.['message']) ? undefined : 'unprocessable';
  },
});

const splunk = receiver({
  right: { status: 200, body: { text: 'Success', code: 0 } },
  wrong: {
    token_disabled: { status: 403, body: { text: 'Token disabled', code: 1 } },
    token_required: { status: 401, body: { text: 'Token is required', code: 2 } },
    invalid_authorization: { status: 401, body: { text: 'Invalid authorization', code: 3 } },
    invalid_token: { status: 403, body: { text: 'Invalid token', code: 4 } },
    no_data: { status: 400, body: { text: 'No data', code: 5 } },
    invalid_data: { status: 400, body: { text: 'Invalid data format', code: 6 } },
    // The response to a token with indexer acknowledgement, because Cloudflare sends no channel.
    no_channel: { status: 400, body: { text: 'Data channel is missing', code: 10 } },
    busy: { status: 503, body: { text: 'Server is busy', code: 9 } },
    // The response behind a proxy that replaces the status. Only `code` shows the error.
    busy_with_200: { status: 200, body: { text: 'Server is busy', code: 9 } },
  },
  validate: ({ path, headers, body }) => {
    const authorization = headers['authorization'];
    const secret = /^Splunk (.+)$/.exec(authorization ?? '')?.[1];
    if (authorization === undefined) return 'token_required';
    if (secret === undefined) return 'invalid_authorization';
    if (isWrong(secret)) return 'invalid_token';
    if (body === '') return 'no_data';
    return path.endsWith('/raw') || parse(body)?.['event'] !== undefined ? undefined : 'invalid_data';
  },
});

/** A customer's endpoint. Paths below `/secured` require a secret; other paths only reject a wrong secret. */
const generic = receiver({
  right: { status: 200, body: { received: true } },
  wrong: {
    unauthorized: { status: 401, body: { error: 'unauthorized' } },
    not_found: { status: 404, body: 'Not Found' },
    internal_error: { status: 500, body: 'Internal Server Error' },
    bad_gateway: { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
    // Services that Cloudflare treats as generic and that return status 200 for errors.
    lark: { status: 200, body: { code: 19001, data: {}, msg: 'param invalid' } },
    dingtalk: { status: 200, body: { errcode: 310000, errmsg: 'keywords not in content' } },
    wecom: { status: 200, body: { errcode: 93000, errmsg: 'invalid webhook url' } },
    teams: {
      status: 200,
      body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId x',
    },
    not_ok: { status: 200, body: { ok: false, error: 'invalid_auth' } },
    // Power Automate starts the workflow, which then fails.
    workflow: { status: 202, body: '' },
  },
  validate: ({ path, headers }) => {
    const secret = headers['cf-webhook-auth'];
    const isRefused = secret === undefined ? path.startsWith('/secured') : isWrong(secret);
    return isRefused ? 'unauthorized' : undefined;
  },
});

/** A type that Cloudflare does not have, whole: how its URLs look, what it is sent and what it answers. */
export type ExtraType = NamedShape & { readonly receiver: Receiver };

export const receivers: Readonly<Record<DestinationType, Receiver>> = {
  slack,
  discord,
  gchat,
  feishu,
  datadog,
  opsgenie,
  splunk,
  generic,
};

/** The receiver of a type; undefined where there is none. */
export function receiverNamed(type: string, extra: readonly ExtraType[]): Receiver | undefined {
  const known: Readonly<Record<string, Receiver>> = receivers;
  return extra.find((each) => each.type === type)?.receiver ?? (Object.hasOwn(known, type) ? known[type] : undefined);
}

/** The answer the vendor would give. */
export function honestAnswer({ right, wrong, validate }: Receiver, request: ReceiverRequest): Answer {
  const complaint = validate(request);
  return (complaint === undefined ? undefined : wrong[complaint]) ?? right;
}

/** Makes the compiler check that `wrong` has a response for every result of `validate`. */
function receiver<Wrong extends string>(parts: Receiver<Wrong>): Receiver<Wrong> {
  return parts;
}

function googleError(code: number, status: string, message: string): Answer {
  return { status: code, body: { error: { code, message, status } } };
}

function feishuError(code: number, message: string): Answer {
  return { status: 200, body: { code, data: {}, msg: message } };
}

function isWrong(secret = ''): boolean {
  return secret === '' || secret.includes('wrong');
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
