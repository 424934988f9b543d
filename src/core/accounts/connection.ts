import type { Account } from '../model/account.ts';
import type { Api } from '../api/client.ts';
import type { TokenInfo } from '../model/token.ts';

/** An account together with the token in use for it. */
export type Connection = {
  readonly account: Account;
  /** The public facts about the token; undefined if the token is no longer stored. */
  readonly token: TokenInfo | undefined;
  /** The API client for the token. A different object means a different token or a different base URL. */
  readonly api: Api;
};
