/** A Cloudflare account the user has added. */
export type Account = {
  /** 32 lowercase hexadecimal digits. */
  readonly id: string;
  /** The user's label, or else the name in Cloudflare, or else the id. */
  readonly name: string;
};

const ACCOUNT_ID = /^[0-9a-f]{32}$/;

/**
 * Parses a pasted account id: 32 hexadecimal digits in any case, with or without the dashes of a UUID, or a dashboard
 * URL that contains the id. Returns undefined for any other text.
 */
export function parseAccountId(text: string): string | undefined {
  const fromAddress = /dash\.cloudflare\.com\/([0-9a-f]{32})(?:[/?#]|$)/i.exec(text);
  const bare = (fromAddress?.[1] ?? text).trim().toLowerCase();
  const undashed = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bare) ? bare.replaceAll('-', '') : bare;
  return ACCOUNT_ID.test(undashed) ? undashed : undefined;
}

/** Returns the dashboard URL of the account's notification destinations or policies. No URL of a single item is known. */
export function dashboardAddress(accountId: string, page: 'destinations' | 'policies' = 'destinations'): string {
  const account = `https://dash.cloudflare.com/${encodeURIComponent(accountId)}`;
  return `${account}/notifications${page === 'destinations' ? '/destinations' : ''}`;
}

/** The permissions that the extension uses, by the keys of the token page. */
const PERMISSIONS = [
  { key: 'notifications', type: 'edit' },
  { key: 'account_settings', type: 'read' },
] as const;

/**
 * The dashboard page that creates a token, with the permissions selected: a token of the user, or one that the account
 * owns (developers.cloudflare.com, "API token template URLs"). Without an account, the dashboard asks for one.
 */
export function newTokenAddress(owner: 'user' | 'account', name: string, accountId = ':account'): string {
  const keys = encodeURIComponent(JSON.stringify(PERMISSIONS));
  const account = accountId === ':account' ? accountId : encodeURIComponent(accountId);
  return owner === 'user'
    ? `https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=${keys}&accountId=*&zoneId=all&name=${encodeURIComponent(name)}`
    : `https://dash.cloudflare.com/?to=/${account}/api-tokens&permissionGroupKeys=${keys}&name=${encodeURIComponent(name)}`;
}
