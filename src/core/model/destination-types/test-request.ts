import { joinUrl } from '../whole-url.ts';
import type { DestinationType, SecretHeader } from './destination-type.ts';
import { parseUrl } from '../parse-url.ts';

/** The request of a test: a POST. */
export type TestRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The header that has the secret; absent where no header has one. */
  readonly secretHeader?: SecretHeader;
  /** A redirect to this host means that the request was carried out. */
  readonly answersFrom?: string;
};

/** The request that tests a destination. An empty secret counts as none. */
export function makeTestRequest(type: DestinationType, url: string, secret: string | undefined): TestRequest {
  const { body, headers } = type.test;
  const secretHeader = type.secret === 'url' || !secret ? undefined : type.secretHeader;
  const parsed = parseUrl(url);
  const answersFrom = parsed && type.serviceAt?.(parsed)?.answersFrom;
  return {
    url: joinUrl(type, url, secret),
    headers: {
      'content-type': 'application/json',
      ...headers,
      ...(secretHeader ? { [secretHeader.name]: `${secretHeader.prefix}${secret}` } : {}),
    },
    body: JSON.stringify(body),
    ...(secretHeader ? { secretHeader } : {}),
    ...(answersFrom === undefined ? {} : { answersFrom }),
  };
}
