import { acceptAny, findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';
import { appendSegment, isBeginningOf } from './url-rules.ts';

const PATH = /^\/api\/(v\d+\/)?webhooks\//;

/** Execute webhook; answers 204. */
export const discord: DestinationType = {
  type: 'discord',
  label: 'Discord',
  receiverName: 'label',
  documentation: 'https://docs.discord.com/developers/resources/webhook#execute-webhook',
  example: 'https://discord.com/api/webhooks/<id>/<token>',
  matches: ({ hostname, pathname }) => /^(ptb\.|canary\.)?discord(app)?\.com$/.test(hostname) && PATH.test(pathname),
  secure: true,
  publicOnly: false,
  // Behind these paths the service expects the body of another service, not the one Cloudflare sends.
  findOtherProduct: ({ hostname, pathname }) =>
    /^(ptb\.|canary\.)?discord(app)?\.com$/.test(hostname) && PATH.test(pathname)
      ? /\/(slack|github)(?=\/?$)/.exec(pathname)?.[0]
      : undefined,
  secret: 'url',
  isComplete: ({ pathname }) => /\/webhooks\/[^/]+\/(?!(slack|github)\/?$)[^/]+(\/(slack|github))?\/?$/.test(pathname),
  joinSecret: appendSegment,
  mayReturn: isBeginningOf,
  test: { body: { content: TEST_TEXT }, pagesPeople: false },
  judge: acceptAny,
  reasonOf: findReason,
  terraform: ['url', 'secret'],
};
