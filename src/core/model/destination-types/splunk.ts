import { findReason, hasCodeZero } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';

/** HTTP Event Collector. Users run the server, so no host tells the type. */
export const splunk: DestinationType = {
  type: 'splunk',
  label: 'Splunk',
  receiverName: 'label',
  documentation: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector',
  example: 'https://<host>/services/collector/event',
  matches: ({ pathname }) => /\/services\/collector(\/raw|\/event)?$/.test(pathname),
  secure: false,
  publicOnly: false,
  secret: 'required',
  secretHeader: { name: 'Authorization', prefix: 'Splunk ' },
  test: { body: { event: TEST_TEXT }, pagesPeople: false },
  accepts: hasCodeZero,
  reasonOf: findReason,
  terraform: ['url', 'secret'],
};
