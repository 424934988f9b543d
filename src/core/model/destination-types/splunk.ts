import { type Answer, findReason, get, type Judgement } from './answer.ts';
import { type DestinationType, TEST_TEXT, type UrlProblem } from './destination-type.ts';
import { checkPort } from './url-rules.ts';

/** The service answers with it where a token has indexer acknowledgement, since Cloudflare sends no channel. */
const NO_CHANNEL = 10;

/** HTTP Event Collector. Users run the server, so no host tells the type. */
export const splunk: DestinationType = {
  type: 'splunk',
  label: 'Splunk',
  receiverName: 'label',
  isSelfHosted: true,
  documentation: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector',
  example: 'https://<host>/services/collector/event',
  // Cloudflare supports these three endpoints only (developers.cloudflare.com, "Configure webhooks").
  matches: ({ pathname }) => /\/services\/collector(\/raw|\/event)?$/.test(pathname),
  secure: false,
  publicOnly: false,
  // 443 where the token has SSL, 8088 where it has none; the server needs SSL in either case (same page).
  check: (url): readonly UrlProblem[] => [
    ...checkPort(url, ['443', '8088']),
    ...(url.protocol === 'http:' && url.port === '443' ? [{ kind: 'plainPort', port: '443' } as const] : []),
  ],
  findOtherProduct: ({ pathname }) => /\/services\/collector\/(?!(?:raw|event)$).*/.exec(pathname)?.[0],
  secret: 'required',
  secretHeader: { name: 'Authorization', prefix: 'Splunk ' },
  test: { body: { event: TEST_TEXT }, pagesPeople: false },
  judge,
  reasonOf: findReason,
  adviceOn: ({ json }) => (get(json, 'code') === NO_CHANNEL ? 'indexerAcknowledgement' : undefined),
  terraform: ['url', 'secret'],
};

/** Status 200 has `code` 0 in its body; the raw endpoint may answer without a body. */
function judge({ text, json }: Answer, url: URL | undefined): Judgement {
  const isEmptyRaw = text.trim() === '' && url?.pathname.endsWith('/raw') === true;
  return get(json, 'code') === 0 || isEmptyRaw ? 'accepted' : 'refused';
}
