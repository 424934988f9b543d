import { acceptAny, findReason } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';

/** Post an event (v1); answers 202. */
export const datadog: DestinationType = {
  type: 'datadog',
  label: 'Datadog',
  receiverName: 'label',
  documentation: 'https://docs.datadoghq.com/api/latest/events/#post-an-event',
  example: 'https://api.datadoghq.com/api/v1/events',
  matches: ({ hostname }) => /^api\.([a-z0-9-]+\.)?(datadoghq\.(com|eu)|ddog-gov\.com)$/.test(hostname),
  secure: true,
  publicOnly: false,
  check: ({ searchParams }) =>
    ['api_key', 'dd-api-key', 'application_key']
      .filter((parameter) => searchParams.has(parameter))
      .map((parameter) => ({ kind: 'keyInQuery', parameter })),
  secret: 'required',
  secretHeader: { name: 'DD-API-KEY', prefix: '' },
  test: { body: { title: 'Webhook test', text: TEST_TEXT }, pagesPeople: false },
  judge: acceptAny,
  reasonOf: findReason,
  terraform: ['secret'],
};
