import type { Account } from './account.ts';
import type { Api } from './api/client.ts';

/** An account together with the token it is read through. */
export type Connection = {
  readonly account: Account;
  /** The id of the token's record, not the token. */
  readonly tokenId: string;
  /** The client of that token: another object means another token or another API address. */
  readonly api: Api;
};
