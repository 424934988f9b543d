import type { Account } from '../model/account.ts';
import { ApiError } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { TokenStatus } from '../api/decode.ts';
import { ownerByPrefix, type TokenInfo, type TokenOwner } from '../model/token.ts';

/** A token that Cloudflare verified as active. */
export type VerifiedToken = {
  readonly token: string;
} & Pick<TokenInfo, 'owner' | 'expiresOn' | 'cloudflareId'>;

/**
 * Verifies a user token with `/user/tokens/verify` and an account-owned token with the verify call of the account. The
 * prefix selects the call; a token without a prefix is tried as a user token first. Returns undefined if only the
 * account call is left and no account id was given. Throws {@link ApiError}, kind `auth`, if the token is unknown,
 * expired or disabled.
 */
export async function checkToken(
  api: Api,
  token: string,
  accountId: string | undefined,
  signal?: AbortSignal,
): Promise<VerifiedToken | undefined> {
  const owner = ownerByPrefix(token);
  if (owner !== 'account') {
    try {
      return toVerified(token, 'user', await api.verifyUserToken(signal));
    } catch (error) {
      // A token without a prefix can be account-owned if the user call does not know it.
      if (owner === 'user' || !(error instanceof ApiError) || error.kind !== 'auth' || error.details.status !== 401) {
        throw error;
      }
    }
  }
  return accountId === undefined ? undefined : checkAccountToken(api, token, accountId, signal);
}

/** Verifies an account-owned token of the given account. Throws {@link ApiError} as {@link checkToken} does. */
export async function checkAccountToken(
  api: Api,
  token: string,
  accountId: string,
  signal?: AbortSignal,
): Promise<VerifiedToken> {
  return toVerified(token, 'account', await api.verifyAccountToken(accountId, signal));
}

function toVerified(token: string, owner: TokenOwner, { id, status, expiresOn }: TokenStatus): VerifiedToken {
  if (status !== 'active') {
    throw new ApiError({ kind: 'auth', tokenStatus: status });
  }
  return { token, owner, ...(id ? { cloudflareId: id } : {}), ...(expiresOn ? { expiresOn } : {}) };
}

/**
 * Lists the accounts a token has access to. The list is empty for a token without permission to read accounts, and for
 * an account-owned token, which cannot list accounts (400, code 1001). In both cases the user has to enter an account id.
 */
export async function discoverAccounts(api: Api, signal?: AbortSignal): Promise<readonly Account[]> {
  try {
    return await api.listAccounts(signal);
  } catch (error) {
    if (error instanceof ApiError && (error.details.codes?.includes(1001) || error.kind === 'forbidden')) {
      return [];
    }
    throw error;
  }
}
