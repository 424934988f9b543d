import type { Account } from '../model/account.ts';
import type { Api } from '../api/client.ts';
import type { TokenInfo } from '../model/token.ts';

/** An account together with the token it is read through. */
export type Connection = {
  readonly account: Account;
  /** What may be shown of the token; undefined where it is no longer stored here. */
  readonly token: TokenInfo | undefined;
  /** The client of that token: another object means another token or another API address. */
  readonly api: Api;
};
