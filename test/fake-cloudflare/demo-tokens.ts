/**
 * The tokens of the demo world. They are made up and open nothing but this fake. The prefixes are Cloudflare's own:
 * `cfut_` for a user's token, `cfat_` for an account's, `cfk_` for a global key.
 */
export const demoTokens = {
  /** Sees all three accounts, may read and write. */
  demo: 'cfut_demo00000000000000000000000000000000000all',
  /** Belongs to the first account: cannot list accounts, verifies on the account's own route only. */
  accountOwned: 'cfat_demo000000000000000000000000000000000owned',
  /** May read and write the second account's notifications but not list accounts: the list comes back empty. */
  narrow: 'cfut_demo00000000000000000000000000000000narrow',
  /** Sees all accounts; every change is refused. */
  readOnly: 'cfut_demo0000000000000000000000000000000readonly',
  /** Expired yesterday. */
  expired: 'cfut_demo0000000000000000000000000000000expired',
  disabled: 'cfut_demo000000000000000000000000000000disabled',
  /** Expires in three days; otherwise as `demo`. */
  expiringSoon: 'cfut_demo00000000000000000000000000000000soon',
  /** No token at all: a global key, pasted by mistake. */
  globalKey: 'cfk_demo0000000000000000000000000000000global',
} as const;

export type DemoTokenName = keyof typeof demoTokens;
