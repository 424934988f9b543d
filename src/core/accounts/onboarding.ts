import type { Account } from '../model/account.ts';
import { ApiError } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { TokenStatus } from '../api/decode.ts';
import { ownerByPrefix, type TokenInfo, type TokenOwner } from '../model/token.ts';

/** A token Cloudflare lets in. */
export type VerifiedToken = {
  readonly token: string;
} & Pick<TokenInfo, 'owner' | 'expiresOn' | 'cloudflareId'>;

/**
 * Verifies a token by the call its prefix or the answer suggests: a user's by `/user/tokens/verify`, an account's own by
 * that account's. Undefined: it may be an account's own, but no account id was given to ask. Throws {@link ApiError},
 * kind `auth`, where Cloudflare does not know the token, or knows it as expired or disabled.
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
      // A token without a prefix that no user has may still be an account's own.
      if (owner === 'user' || !(error instanceof ApiError) || error.kind !== 'auth' || error.details.status !== 401) {
        throw error;
      }
    }
  }
  return accountId === undefined ? undefined : checkAccountToken(api, token, accountId, signal);
}

/** Verifies a token as that account's own. Throws {@link ApiError} as {@link checkToken} does. */
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
 * The accounts a token sees. A narrow token sees none, and an account-owned one may not list them (400, code 1001):
 * both are an empty list here, to be helped by typing an account id in.
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
