/**
 * The eight destination types: the URL pattern of each type, the secret part of the URL, and the request that
 * Cloudflare sends. The create call has no type field, so Cloudflare derives the type from the URL.
 */

export const destinationTypes = [
  'slack',
  'discord',
  'gchat',
  'feishu',
  'datadog',
  'opsgenie',
  'splunk',
  'generic',
] as const;
export type DestinationType = (typeof destinationTypes)[number];

export type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };

export type Shape = {
  /** The vendor's host; splunk and generic have none, as customers run those themselves. */
  readonly host?: string;
  readonly path: RegExp;
  /** Matches the part of the path that stays when the secret is redacted. The query is always removed. */
  readonly publicPath?: RegExp;
  /** The URL to deliver to, from a URL without its secret part and the secret beside it. */
  readonly join?: (url: URL, secret: string) => URL;
  readonly request: (text: string, secret: string) => Delivery;
};

/** A type that Cloudflare does not have: a test adds it with the option `extraTypes`. */
export type NamedShape = Shape & { readonly type: string };

/** Appends the secret to the path, unless the path has a segment more than the public one. */
function appendTo(publicPath: RegExp): Required<Shape>['join'] {
  return (url, secret) => {
    const whole = new URL(url);
    const { prefix, path } = partsOf(url);
    if (publicPath.exec(path)?.[0] === path.replace(/\/$/, '')) {
      whole.pathname = `${prefix}${path.replace(/\/$/, '')}/${secret}`;
    }
    return whole;
  };
}

/** First match wins, so the order matters: `generic` takes what is left. */
const shapes: Readonly<Record<DestinationType, Shape>> = {
  slack: {
    host: 'hooks.slack.com',
    // Cloudflare classifies `/triggers/` URLs as generic (terraform-provider-cloudflare #3200).
    path: /^\/services\//,
    publicPath: /^\/services\/[^/]+\/[^/]+/,
    join: appendTo(/^\/services\/[^/]+\/[^/]+/),
    request: (text) => ({ headers: {}, body: { text } }),
  },
  discord: {
    host: 'discord.com',
    path: /^\/api\/webhooks\//,
    publicPath: /^\/api\/webhooks\/[^/]+/,
    join: appendTo(/^\/api\/webhooks\/[^/]+/),
    request: (text) => ({ headers: {}, body: { content: text } }),
  },
  gchat: {
    host: 'chat.googleapis.com',
    path: /^\/v1\/spaces\/[^/]+\/messages$/,
    publicPath: /^.*/,
    join: (url, secret) => {
      const whole = new URL(url);
      whole.search = url.searchParams.has('token') ? url.search : secret;
      return whole;
    },
    request: (text) => ({ headers: {}, body: { text } }),
  },
  feishu: {
    host: 'open.feishu.cn',
    path: /^\/open-apis\/bot\/v2\/hook(\/|$)/,
    publicPath: /^\/open-apis\/bot\/v2\/hook/,
    join: appendTo(/^\/open-apis\/bot\/v2\/hook/),
    request: (text) => ({ headers: {}, body: { msg_type: 'text', content: { text } } }),
  },
  datadog: {
    host: 'api.datadoghq.com',
    path: /^\/api\/v1\/events$/,
    request: (text, secret) => ({ headers: { 'dd-api-key': secret }, body: { title: 'Cloudflare', text } }),
  },
  opsgenie: {
    host: 'api.opsgenie.com',
    path: /^\/v2\/alerts$/,
    request: (text, secret) => ({ headers: { authorization: `GenieKey ${secret}` }, body: { message: text } }),
  },
  splunk: {
    path: /\/services\/collector(\/raw|\/event)?$/,
    request: (text, secret) => ({ headers: { authorization: `Splunk ${secret}` }, body: { event: text } }),
  },
  generic: {
    path: /^/,
    request: (text, secret) => ({ headers: secret === '' ? {} : { 'cf-webhook-auth': secret }, body: { text } }),
  },
};

/** Returns whether a URL is on this machine. The fake only sends requests to such URLs. */
export function isLoopback(url: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

const namedShapes: readonly NamedShape[] = destinationTypes.map((type) => ({ type, ...shapes[type] }));

/**
 * The type that Cloudflare would derive; `…/receivers/{type}/{path}` counts as the vendor's host with that path. Types
 * in `extra` come before the others.
 */
export function typeOf(url: URL, extra: readonly NamedShape[] = []): string {
  const { receiver, path } = partsOf(url);
  return (
    [...extra, ...namedShapes].find(({ type, host, path: pattern }) => {
      const isHost = receiver === undefined ? host === undefined || host === url.hostname : receiver === type;
      return isHost && pattern.test(path);
    })?.type ?? 'generic'
  );
}

/** Where Cloudflare delivers: the URL as it was saved, joined with the secret where the URL lacks its secret part. */
export function deliveryUrl(
  type: string,
  url: URL,
  secret: string | undefined,
  extra: readonly NamedShape[] = [],
): URL {
  return (secret ? shapeOf(type, extra).join?.(url, secret) : undefined) ?? url;
}

function shapeOf(type: string, extra: readonly NamedShape[]): Shape {
  return [...extra, ...namedShapes].find((each) => each.type === type) ?? shapes.generic;
}

/** The URL as answers show it: without its secret part for the types that carry one in the URL, else unchanged. */
export function withoutSecret(url: string, extra: readonly NamedShape[] = []): string {
  const parsed = URL.parse(url);
  const publicPath = parsed && shapeOf(typeOf(parsed, extra), extra).publicPath;
  if (!parsed || !publicPath) return url;
  const { prefix, path } = partsOf(parsed);
  return parsed.origin + prefix + (publicPath.exec(path)?.[0] ?? path);
}

/** Where a delivery for this URL really goes: loopback as it is, everything else to the receiver for its type. */
export function receiverUrl(receiversUrl: string, url: URL, extra: readonly NamedShape[] = []): string {
  return isLoopback(url) ? url.href : `${receiversUrl}/${typeOf(url, extra)}${url.pathname}${url.search}`;
}

/** Headers and body of a notification for the type; unknown types get the generic one. */
export function deliveryFor(type: string, text: string, secret = '', extra: readonly NamedShape[] = []): Delivery {
  return shapeOf(type, extra).request(text, secret);
}

function partsOf(url: URL): { readonly prefix: string; readonly receiver: string | undefined; readonly path: string } {
  const match = isLoopback(url) ? /^(\/receivers\/([^/]+))(\/.*)?$/.exec(url.pathname) : null;
  return { prefix: match?.[1] ?? '', receiver: match?.[2], path: match ? (match[3] ?? '/') : url.pathname };
}
