import { acceptAny, findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';
import { appendSegment, isBeginningOf } from './url-rules.ts';

/** Execute webhook; answers 204. */
export const discord: DestinationType = {
  type: 'discord',
  label: 'Discord',
  receiverName: 'label',
  documentation: 'https://docs.discord.com/developers/resources/webhook#execute-webhook',
  example: 'https://discord.com/api/webhooks/<id>/<token>',
  matches: ({ hostname, pathname }) =>
    /^(ptb\.|canary\.)?discord(app)?\.com$/.test(hostname) && pathname.startsWith('/api/webhooks/'),
  secure: true,
  publicOnly: false,
  secret: 'url',
  isComplete: ({ pathname }) => /\/webhooks\/[^/]+\/[^/]+\/?$/.test(pathname),
  joinSecret: appendSegment,
  mayReturn: isBeginningOf,
  test: { body: { content: TEST_TEXT }, pagesPeople: false },
  accepts: acceptAny,
  reasonOf: findReason,
  terraform: ['url'],
};
