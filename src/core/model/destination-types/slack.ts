import { findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';
import { appendSegment, isBeginningOf } from './url-rules.ts';

/** The second host is for the customers of GovSlack. */
const HOSTS: ReadonlySet<string> = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

/** Incoming webhooks. */
export const slack: DestinationType = {
  type: 'slack',
  label: 'Slack',
  receiverName: 'label',
  documentation: 'https://api.slack.com/messaging/webhooks',
  example: 'https://hooks.slack.com/services/<T…>/<B…>/<token>',
  matches: ({ hostname, pathname }) => HOSTS.has(hostname) && pathname.startsWith('/services/'),
  secure: true,
  publicOnly: false,
  // Workflow triggers come out as the type `generic` (terraform-provider-cloudflare #3200).
  findOtherProduct: ({ hostname, pathname }) =>
    HOSTS.has(hostname) ? /^\/(triggers|workflows)\//.exec(pathname)?.[0] : undefined,
  secret: 'url',
  isComplete: ({ pathname }) => /\/services\/[^/]+\/[^/]+\/[^/]+\/?$/.test(pathname),
  joinSecret: appendSegment,
  mayReturn: isBeginningOf,
  test: { body: { text: TEST_TEXT }, pagesPeople: false },
  judge: ({ text }) => (text.trim() === 'ok' ? 'accepted' : 'refused'),
  reasonOf: findReason,
  terraform: ['url', 'secret'],
};
