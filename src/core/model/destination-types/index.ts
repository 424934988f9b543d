/** Where the secret of a type belongs: in the URL, from which Cloudflare extracts it, or in its own field. */
export type SecretPlace = 'url' | 'required' | 'optional';

export type DestinationType = {
  /** As the API calls it. */
  readonly type: string;
  /** What people call the service. */
  readonly label: string;
  readonly secret: SecretPlace;
  /** Whether https is the only scheme the service has. */
  readonly secure: boolean;
  /** The shape of its URLs, to show; the angle brackets stand for what differs. */
  readonly example: string;
  readonly matches: (url: URL) => boolean;
};

const isHost = (host: string, path: RegExp) => (url: URL) => url.hostname === host && path.test(url.pathname);

/**
 * The eight types there are, and how their URLs look (developers.cloudflare.com, "Configure webhooks"). Cloudflare
 * derives the type from the URL, so this is a guess until it has answered. Order matters: `generic` takes what is left.
 */
export const DESTINATION_TYPES: readonly DestinationType[] = [
  {
    type: 'slack',
    label: 'Slack',
    secret: 'url',
    secure: true,
    example: 'https://hooks.slack.com/services/<T…>/<B…>/<token>',
    matches: isHost('hooks.slack.com', /^\/services\//),
  },
  {
    type: 'discord',
    label: 'Discord',
    secret: 'url',
    secure: true,
    example: 'https://discord.com/api/webhooks/<id>/<token>',
    matches: (url) =>
      /^(ptb\.|canary\.)?discord(app)?\.com$/.test(url.hostname) && url.pathname.startsWith('/api/webhooks/'),
  },
  {
    type: 'gchat',
    label: 'Google Chat',
    secret: 'url',
    secure: true,
    example: 'https://chat.googleapis.com/v1/spaces/<space>/messages?key=<key>&token=<token>',
    matches: isHost('chat.googleapis.com', /^\/v1\/spaces\/[^/]+\/messages$/),
  },
  {
    type: 'feishu',
    label: 'Feishu',
    secret: 'url',
    secure: true,
    example: 'https://open.feishu.cn/open-apis/bot/v2/hook/<token>',
    matches: isHost('open.feishu.cn', /^\/open-apis\/bot\/v2\/hook\//),
  },
  {
    type: 'datadog',
    label: 'Datadog',
    secret: 'required',
    secure: true,
    example: 'https://api.datadoghq.com/api/v1/events',
    matches: (url) => /^api\.([a-z0-9-]+\.)?(datadoghq\.(com|eu)|ddog-gov\.com)$/.test(url.hostname),
  },
  {
    type: 'opsgenie',
    label: 'Opsgenie',
    secret: 'required',
    secure: true,
    example: 'https://api.opsgenie.com/v2/alerts',
    matches: (url) => /^api\.(eu\.)?opsgenie\.com$/.test(url.hostname),
  },
  {
    type: 'splunk',
    label: 'Splunk',
    secret: 'required',
    secure: false,
    example: 'https://<host>/services/collector/event',
    matches: (url) => /\/services\/collector(\/raw|\/event)?$/.test(url.pathname),
  },
  {
    type: 'generic',
    label: 'Webhook',
    secret: 'optional',
    secure: false,
    example: 'https://<host>/<path>',
    matches: () => true,
  },
];

/** The type Cloudflare will probably make of a URL; undefined where it is not an http address. */
export function guessType(url: string): DestinationType | undefined {
  if (!URL.canParse(url.trim())) {
    return undefined;
  }
  const parsed = new URL(url.trim());
  return /^https?:$/.test(parsed.protocol) ? DESTINATION_TYPES.find(({ matches }) => matches(parsed)) : undefined;
}

export function typeNamed(type: string): DestinationType | undefined {
  return DESTINATION_TYPES.find((each) => each.type === type);
}
