import { findReason } from '../src/core/model/destination-types/answer.ts';
import type { DestinationType } from '../src/core/model/destination-types/destination-type.ts';
import { DESTINATION_TYPES } from '../src/core/model/destination-types/index.ts';
import { isAt } from '../src/core/model/destination-types/url-rules.ts';
import type { ExtraType } from './fake-cloudflare/receiver-answers.ts';

/**
 * A type that exists in tests only. It differs from the real ones where it can: the secret is one value of the query, a
 * test has a header of its own, and the answers are like those of no other service.
 */
export const carrierPigeon: DestinationType = {
  type: 'pigeon',
  label: 'Carrier Pigeon',
  receiverName: 'label',
  documentation: 'https://pigeon.example/docs',
  example: 'https://loft.pigeon.example/fly/<loft>?ring=<ring>',
  matches: isAt('loft.pigeon.example', /^\/fly\//),
  secure: true,
  publicOnly: false,
  check: ({ port }) => (port === '' ? [] : [{ kind: 'port', port, allowed: ['443'] }]),
  findOtherProduct: ({ hostname, pathname }) =>
    hostname === 'loft.pigeon.example' && pathname.startsWith('/parrot/') ? '/parrot/' : undefined,
  secret: 'url',
  isComplete: ({ searchParams }) => searchParams.has('ring'),
  joinSecret: (url, secret) => {
    const whole = new URL(url);
    whole.searchParams.set('ring', secret);
    return whole;
  },
  mayReturn: (returned, sent) => returned.href === sent.href.replace(/\?.*$/, ''),
  test: { body: { scroll: { words: 'coo' } }, headers: { 'x-bird': 'homing' }, pagesPeople: true },
  judge: ({ text }) => (text === 'landed' ? 'accepted' : 'refused'),
  reasonOf: (answer) => (answer.text.startsWith('LOST:') ? answer.text.slice(5) : findReason(answer)),
  terraform: ['url', 'secret'],
};

/** The registry with one more line. */
export const typesWithPigeon: readonly DestinationType[] = [carrierPigeon, ...DESTINATION_TYPES];

/** The row of the fake. */
export const pigeonAtCloudflare: ExtraType = {
  type: 'pigeon',
  host: 'loft.pigeon.example',
  path: /^\/fly\//,
  publicPath: /^\/fly\/[^/]+/,
  request: (text) => ({ headers: { 'x-bird': 'homing' }, body: { scroll: { words: text } } }),
  receiver: {
    right: { status: 200, body: 'landed' },
    wrong: { lost: { status: 200, body: 'LOST:over the sea' } },
    validate: ({ query, headers, body }) =>
      query['ring'] === 'good' && headers['x-bird'] === 'homing' && body.includes('"scroll"') ? undefined : 'lost',
  },
};
