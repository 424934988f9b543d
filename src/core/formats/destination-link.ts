/** The IDs in a link to a destination. */
export type DestinationLink = { readonly accountId: string; readonly destinationId: string };

const PATH = '/open';
/** With or without dashes: Cloudflare sends both. */
const ID = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

/** The path and query of a link that shows a destination. It contains IDs only. */
export function formatLink({ accountId, destinationId }: DestinationLink): string {
  return `${PATH}?${new URLSearchParams({ account: accountId, destination: destinationId }).toString()}`;
}

/**
 * Validates a link, which can come from any web page. Undefined unless it has exactly one account ID and exactly one
 * destination ID. Other parameters, the fragment and the authority are ignored.
 */
export function parseLink(path: string, query: string): DestinationLink | undefined {
  const parameters = new URLSearchParams(query);
  const [accountId = '', ...moreAccounts] = parameters.getAll('account');
  const [destinationId = '', ...moreDestinations] = parameters.getAll('destination');
  const isOne = moreAccounts.length + moreDestinations.length === 0;
  return path === PATH && isOne && ID.test(accountId) && ID.test(destinationId)
    ? { accountId, destinationId }
    : undefined;
}
