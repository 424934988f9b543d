import { acceptAny, findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';
import { isAt, isBeginningOf } from './url-rules.ts';

/** Incoming webhooks. The secret is in the query: `key=…&token=…`. Other parameters, as `threadKey`, are not secret. */
export const gchat: DestinationType = {
  type: 'gchat',
  label: 'Google Chat',
  receiverName: 'label',
  documentation: 'https://developers.google.com/workspace/chat/quickstart/webhooks',
  example: 'https://chat.googleapis.com/v1/spaces/<space>/messages?key=<key>&token=<token>',
  matches: isAt('chat.googleapis.com', /^\/v1\/spaces\/[^/]+\/messages\/?$/),
  secure: true,
  publicOnly: false,
  secret: 'url',
  isComplete: ({ searchParams }) => Boolean(searchParams.get('key') && searchParams.get('token')),
  joinSecret: (url, secret) => {
    const whole = new URL(url);
    whole.search = [secret.replace(/^[?&]+/, ''), url.search.slice(1)].filter(Boolean).join('&');
    return whole;
  },
  mayReturn: isBeginningOf,
  test: { body: { text: TEST_TEXT }, pagesPeople: false },
  judge: acceptAny,
  reasonOf: findReason,
  terraform: ['url', 'secret'],
};
