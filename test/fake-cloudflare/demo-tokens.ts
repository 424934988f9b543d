/**
 * The tokens of the demo world. They are invented and only work with this fake. The prefixes are those of Cloudflare:
 * `cfut_` for a user token, `cfat_` for an account-owned token, `cfk_` for a Global API Key.
 */
export const demoTokens = {
  /** Has access to all three accounts, with all permissions. */
  demo: 'cfut_demo00000000000000000000000000000000000all',
  /** Owned by the first account. Cannot list accounts, and is only valid for the verify call of the account. */
  accountOwned: 'cfat_demo000000000000000000000000000000000owned',
  /** Can read and edit notifications of the second account. Cannot list accounts: the list is empty. */
  narrow: 'cfut_demo00000000000000000000000000000000narrow',
  /** Has access to all accounts. Every change is rejected. */
  readOnly: 'cfut_demo0000000000000000000000000000000readonly',
  /** Expired yesterday. */
  expired: 'cfut_demo0000000000000000000000000000000expired',
  disabled: 'cfut_demo000000000000000000000000000000disabled',
  /** Expires in three days; otherwise the same as `demo`. */
  expiringSoon: 'cfut_demo00000000000000000000000000000000soon',
  /** A Global API Key, which the API does not accept as a token. */
  globalKey: 'cfk_demo0000000000000000000000000000000global',
} as const;

export type DemoTokenName = keyof typeof demoTokens;
