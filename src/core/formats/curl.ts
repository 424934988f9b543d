import type { TestRequest } from '../model/destination-types/test-request.ts';

/** The values for a curl command that gets one destination from Cloudflare's API. */
export type ReadRequest = { readonly apiBaseUrl: string; readonly accountId: string; readonly destinationId: string };

/**
 * Formats the call that gets a destination as a curl command for a POSIX shell. The token is the variable
 * `$CLOUDFLARE_API_TOKEN`.
 */
export function toReadCurl({ apiBaseUrl, accountId, destinationId }: ReadRequest): string {
  const [account, id] = [encodeURIComponent(accountId), encodeURIComponent(destinationId)];
  const url = `${apiBaseUrl}/accounts/${account}/alerting/v3/destinations/webhooks/${id}`;
  return [`curl ${quote(url)}`, '  --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"'].join(' \\\n');
}

/**
 * Formats a test request as a curl command for a POSIX shell. URL and secret are credentials, so they are the variable
 * `$WEBHOOK_URL` and the secret's variable.
 */
export function toTestCurl({ headers, body, secretHeader }: TestRequest, secretVariable = 'WEBHOOK_SECRET'): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    name === secretHeader?.name
      ? `  --header "${name}: ${secretHeader.prefix}$${secretVariable}"`
      : `  --header ${quote(`${name}: ${value}`)}`,
  );
  return [`curl --include --request POST "$WEBHOOK_URL"`, ...lines, `  --data-raw ${quote(body)}`].join(' \\\n');
}

/** A POSIX shell expands nothing in single quotes, so only the quote itself needs escaping. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
