import { type Answer, findReason, type Judgement, judgeByShape } from './answer.ts';
import { type DestinationType, type KnownService, TEST_TEXT, type UrlProblem } from './destination-type.ts';
import { GENERIC_SERVICES } from './generic-services.ts';
import { checkPort } from './url-rules.ts';

/** Any other endpoint. The body of Cloudflare's own test has the single key `text`. */
export const generic: DestinationType = {
  type: 'generic',
  label: 'Webhook',
  receiverName: 'host',
  isSelfHosted: true,
  documentation: 'https://developers.cloudflare.com/notifications/get-started/configure-webhooks/',
  example: 'https://<host>/<path>',
  matches: () => true,
  secure: false,
  publicOnly: true,
  check: (url): readonly UrlProblem[] => {
    const service = serviceAt(url);
    return [
      ...(service?.support
        ? [{ kind: service.support, service: service.label, documentation: service.documentation } as const]
        : []),
      ...checkPort(url, ['80', '443']),
      ...(isPrivateHost(url.hostname) ? [{ kind: 'privateHost' } as const] : []),
    ];
  },
  serviceAt,
  secret: 'optional',
  secretHeader: { name: 'cf-webhook-auth', prefix: '' },
  isSecretInvented: true,
  test: { body: { text: TEST_TEXT }, pagesPeople: false },
  judge,
  reasonOf: findReason,
  hasDocumentedPayload: true,
  terraform: ['url', 'secret'],
};

function serviceAt(url: URL): KnownService | undefined {
  return GENERIC_SERVICES.find(({ matches }) => matches(url));
}

function judge(answer: Answer, url: URL | undefined): Judgement {
  const service = url && serviceAt(url);
  const judged = judgeByShape(answer);
  if (service === undefined) {
    return judged ?? 'accepted';
  }
  if (service.support === 'silent') {
    return judged === 'refused' ? judged : 'unclear';
  }
  return service.reports ? (judged === 'unclear' ? 'refused' : (judged ?? 'unclear')) : (judged ?? 'accepted');
}

/** Hosts that Cloudflare cannot reach from outside. A host that only begins like a private address is public. */
function isPrivateHost(host: string): boolean {
  return (
    /^(localhost|.*\.(localhost|local|internal|lan)|\[::1\]|\[f[cd].*\]|\[fe80.*\])$/i.test(host) ||
    (/^[\d.]+$/.test(host) && /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host))
  );
}
