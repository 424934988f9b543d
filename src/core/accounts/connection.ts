import { ApiError } from '../api/api-error.ts';
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

/** Whether nothing that is shown or used of two connections differs. */
export function isSameConnection(a: Connection, b: Connection | undefined): boolean {
  return a === b || (a.api === b?.api && facts(a) === facts(b));
}

/** `unclear`: Cloudflare could not be asked. */
export type TokenVerdict = 'active' | 'refused' | 'unclear';

/** Asks Cloudflare whether the token of a connection is valid, whatever it may do. Never rejects. */
export async function verifyTokenOf({ account, token, api }: Connection): Promise<TokenVerdict> {
  try {
    const { status } = await (token?.owner === 'account' ? api.verifyAccountToken(account.id) : api.verifyUserToken());
    return status === 'active' ? 'active' : 'refused';
  } catch (error) {
    return error instanceof ApiError && error.kind === 'auth' ? 'refused' : 'unclear';
  }
}

/** In an order of its own: one just made and one loaded from storage have their keys in different orders. */
function facts({ account, token }: Connection): string {
  return JSON.stringify([account.id, account.name, token?.id, token?.owner, token?.expiresOn, token?.cloudflareId]);
}
