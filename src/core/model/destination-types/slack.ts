import { findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';
import { appendSegment, isAt, isBeginningOf } from './url-rules.ts';

const HOST = 'hooks.slack.com';

/** Incoming webhooks. */
export const slack: DestinationType = {
  type: 'slack',
  label: 'Slack',
  receiverName: 'label',
  documentation: 'https://api.slack.com/messaging/webhooks',
  example: 'https://hooks.slack.com/services/<T…>/<B…>/<token>',
  matches: isAt(HOST, /^\/services\//),
  secure: true,
  publicOnly: false,
  // Workflow triggers come out as the type `generic` (terraform-provider-cloudflare #3200).
  findOtherProduct: ({ hostname, pathname }) =>
    hostname === HOST && pathname.startsWith('/triggers/') ? '/triggers/' : undefined,
  secret: 'url',
  isComplete: ({ pathname }) => /\/services\/[^/]+\/[^/]+\/[^/]+$/.test(pathname),
  joinSecret: appendSegment,
  mayReturn: isBeginningOf,
  test: { body: { text: TEST_TEXT }, pagesPeople: false },
  accepts: ({ text }) => text.trim() === 'ok',
  reasonOf: findReason,
  terraform: ['url'],
};
