import { acceptAny, findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT, type UrlProblem } from './destination-type.ts';

/** Any other endpoint. The body of Cloudflare's own test has the single key `text`. */
export const generic: DestinationType = {
  type: 'generic',
  label: 'Webhook',
  receiverName: 'host',
  documentation: 'https://developers.cloudflare.com/notifications/get-started/configure-webhooks/',
  example: 'https://<host>/<path>',
  matches: () => true,
  secure: false,
  publicOnly: true,
  check: ({ hostname, port }): readonly UrlProblem[] => [
    ...(['', '80', '443'].includes(port) ? [] : [{ kind: 'port', port } as const]),
    ...(isPrivateHost(hostname) ? [{ kind: 'privateHost' } as const] : []),
  ],
  secret: 'optional',
  secretHeader: { name: 'cf-webhook-auth', prefix: '' },
  test: { body: { text: TEST_TEXT }, pagesPeople: false },
  accepts: acceptAny,
  reasonOf: findReason,
  terraform: ['url'],
};

/** Hosts that Cloudflare cannot reach from outside. */
function isPrivateHost(host: string): boolean {
  return (
    /^(localhost|.*\.(localhost|local|internal|lan)|\[::1\]|\[f[cd].*\]|\[fe80.*\])$/i.test(host) ||
    /^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host)
  );
}
