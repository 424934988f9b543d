/** A Cloudflare account the user has added. */
export type Account = {
  /** 32 hex digits; as Cloudflare writes it. */
  readonly id: string;
  /** What Cloudflare calls it, or what the user called it where the token may not read that. */
  readonly name: string;
};

const ACCOUNT_ID = /^[0-9a-f]{32}$/;

/**
 * Reads an account id as people paste it: 32 hex digits in any case, or the same with the dashes of a UUID, or inside a
 * dashboard address. Undefined where it is neither.
 */
export function parseAccountId(text: string): string | undefined {
  const fromAddress = /dash\.cloudflare\.com\/([0-9a-f]{32})(?:[/?#]|$)/i.exec(text);
  const bare = (fromAddress?.[1] ?? text).trim().toLowerCase();
  const undashed = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bare) ? bare.replaceAll('-', '') : bare;
  return ACCOUNT_ID.test(undashed) ? undashed : undefined;
}

/** The account's page of notification destinations in Cloudflare's dashboard, or of its policies: none has an address known. */
export function dashboardAddress(accountId: string, page: 'destinations' | 'policies' = 'destinations'): string {
  const account = `https://dash.cloudflare.com/${encodeURIComponent(accountId)}`;
  return `${account}/notifications${page === 'destinations' ? '/destinations' : ''}`;
}
