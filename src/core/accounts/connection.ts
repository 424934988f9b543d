import { ApiError } from '../api/api-error.ts';
import type { Account } from '../model/account.ts';
import type { Api } from '../api/client.ts';
import type { TokenStatus } from '../api/decode.ts';
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

/**
 * Asks Cloudflare whether a token is valid, whatever it may do. `listAccountIds`: the accounts that use it. A token that an account
 * owns is known only there. Never rejects.
 */
export async function verifyTokenOf(
  { token, api }: Connection,
  listAccountIds: () => readonly string[],
): Promise<TokenVerdict> {
  if (token?.owner !== 'account') {
    return verdictOf(api.verifyUserToken());
  }
  const verdicts = await Promise.all(listAccountIds().map(async (id) => verdictOf(api.verifyAccountToken(id))));
  return verdicts.find((each) => each === 'active') ?? verdicts.find((each) => each === 'unclear') ?? 'refused';
}

async function verdictOf(answer: Promise<TokenStatus>): Promise<TokenVerdict> {
  try {
    return (await answer).status === 'active' ? 'active' : 'refused';
  } catch (error) {
    return error instanceof ApiError && error.kind === 'auth' ? 'refused' : 'unclear';
  }
}

/** In an order of its own: one just made and one loaded from storage have their keys in different orders. */
function facts({ account, token }: Connection): string {
  return JSON.stringify([account.id, account.name, token?.id, token?.owner, token?.expiresOn, token?.cloudflareId]);
}
