/** The request of a test: what is sent, and what a curl command repeats. */
export type TestRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The header that carries the secret, and what stands before it there. */
  readonly secretHeader?: { readonly name: string; readonly prefix: string };
};

const TEXT = 'Test from Cloudflare Webhook Destinations in VS Code. No alert was raised.';

type Shape = { readonly body: unknown; readonly secretHeader?: TestRequest['secretHeader'] };

/**
 * What each type takes, after the vendors' own references: Slack incoming webhooks, Discord execute webhook, Google Chat
 * incoming webhooks, Feishu custom bot, Datadog post an event (v1), Opsgenie create alert, Splunk HTTP event collector;
 * generic as Cloudflare's "Configure webhooks" describes it, whose own test body has the single key `text`.
 */
const SHAPES: Readonly<Record<string, Shape>> = {
  slack: { body: { text: TEXT } },
  discord: { body: { content: TEXT } },
  gchat: { body: { text: TEXT } },
  feishu: { body: { msg_type: 'text', content: { text: TEXT } } },
  datadog: {
    body: { title: 'Webhook test', text: TEXT },
    secretHeader: { name: 'DD-API-KEY', prefix: '' },
  },
  // Here a test is an alert, and whoever is paged is to read what it is.
  opsgenie: {
    body: {
      message: 'Test from Cloudflare Webhook Destinations in VS Code. Nothing is wrong; this alert can be closed.',
    },
    secretHeader: { name: 'Authorization', prefix: 'GenieKey ' },
  },
  splunk: { body: { event: TEXT }, secretHeader: { name: 'Authorization', prefix: 'Splunk ' } },
};

const GENERIC: Shape = { body: { text: TEXT }, secretHeader: { name: 'cf-webhook-auth', prefix: '' } };

/** The request that tests a destination of this type (an unknown one as generic). It is a POST. */
export function makeTestRequest(type: string, url: string, secret: string | undefined): TestRequest {
  const { body, secretHeader } = SHAPES[type] ?? GENERIC;
  return {
    url,
    headers: {
      'content-type': 'application/json',
      ...(secretHeader && secret ? { [secretHeader.name]: `${secretHeader.prefix}${secret}` } : {}),
    },
    body: JSON.stringify(body),
    ...(secretHeader && secret ? { secretHeader } : {}),
  };
}

/**
 * The request as a curl command for a POSIX shell. URL and secret are credentials, so they stand as variables
 * `$WEBHOOK_URL` and `$WEBHOOK_SECRET`.
 */
export function toCurl({ headers, body, secretHeader }: TestRequest): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    name === secretHeader?.name
      ? `  --header "${name}: ${secretHeader.prefix}$WEBHOOK_SECRET"`
      : `  --header ${quote(`${name}: ${value}`)}`,
  );
  return [`curl --include --request POST "$WEBHOOK_URL"`, ...lines, `  --data-raw ${quote(body)}`].join(' \\\n');
}

/** In single quotes nothing means anything to a POSIX shell but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
