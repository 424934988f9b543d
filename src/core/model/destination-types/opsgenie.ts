import { acceptAny, findReason } from './answer.ts';
import { type DestinationType, TEST_SENDER } from './destination-type.ts';

/** Create alert; answers 202. */
export const opsgenie: DestinationType = {
  type: 'opsgenie',
  label: 'Opsgenie',
  receiverName: 'label',
  documentation: 'https://docs.opsgenie.com/docs/alert-api#create-alert',
  example: 'https://api.opsgenie.com/v2/alerts',
  matches: ({ hostname }) => /^api\.(eu\.)?opsgenie\.com$/.test(hostname),
  secure: true,
  publicOnly: false,
  // The successor of the service has another host, of which Cloudflare's documentation knows nothing.
  findOtherProduct: ({ hostname, pathname }) =>
    hostname === 'api.atlassian.com' && pathname.startsWith('/jsm/ops/') ? '/jsm/ops/' : undefined,
  secret: 'required',
  secretHeader: { name: 'Authorization', prefix: 'GenieKey ' },
  test: {
    // A test is a real alert, so its text is for the people it pages.
    body: { message: `${TEST_SENDER} Nothing is wrong; this alert can be closed.` },
    pagesPeople: true,
  },
  judge: acceptAny,
  reasonOf: findReason,
  terraform: ['secret'],
};
