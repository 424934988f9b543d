import * as v from 'valibot';

export type TokenProblem = 'empty' | 'globalKey' | 'characters';

export type CleanedToken =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly problem: TokenProblem };

/**
 * A token as people paste it (spaces, quotes, a `Bearer ` or `Authorization:` in front) made into the bare token.
 * Refused before anything is sent: nothing, what cannot stand in a header, and a Global API Key: new ones begin with
 * `cfk_`, old ones are 37 hex digits (developers.cloudflare.com/fundamentals/api/get-started/token-formats).
 */
export function cleanToken(pasted: string): CleanedToken {
  const token = pasted
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^["'`]+|["'`]+$/g, '')
    .replace(/^bearer(\s+|$)/i, '')
    .replace(/^["'`]+|["'`]+$/g, '')
    .trim();
  if (token === '') {
    return { ok: false, problem: 'empty' };
  }
  if (token.startsWith('cfk_') || /^[0-9a-f]{37}$/.test(token)) {
    return { ok: false, problem: 'globalKey' };
  }
  // The characters RFC 6750 allows in a bearer token.
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(token) ? { ok: true, token } : { ok: false, problem: 'characters' };
}

/** Whose a token is decides which call verifies it: a user's, or an account's own (prefix `cfat_`). */
export type TokenOwner = 'user' | 'account';

/** The owner a token's prefix tells; older tokens have no prefix and tell nothing. */
export function ownerByPrefix(token: string): TokenOwner | undefined {
  return token.startsWith('cfat_') ? 'account' : token.startsWith('cfut_') ? 'user' : undefined;
}

/** What may be shown of a token. */
export type TokenInfo = {
  /** Ours, and stays when the token is replaced by another. */
  readonly id: string;
  readonly owner: TokenOwner;
  /** As Cloudflare sent it; absent where the token does not expire. */
  readonly expiresOn?: string;
  /** Cloudflare's own id of the token, which its dashboard and audit log show; not a secret. */
  readonly cloudflareId?: string;
};

/** The value of one SecretStorage entry: one token, its format versioned so that a newer one is never misread. */
export type TokenRecord = TokenInfo & { readonly version: 1; readonly token: string };

const KEY_PREFIX = 'cloudflareWebhooks.token.';

export function tokenKey(id: string): string {
  return `${KEY_PREFIX}${id}`;
}

export function isTokenKey(key: string): boolean {
  return key.startsWith(KEY_PREFIX);
}

const recordSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  token: v.pipe(v.string(), v.nonEmpty()),
  owner: v.picklist(['user', 'account']),
  expiresOn: v.exactOptional(v.string()),
  cloudflareId: v.exactOptional(v.string()),
});

/** Reads an entry back. Undefined where it is malformed or of a newer version: it is then left alone, not deleted. */
export function parseTokenRecord(key: string, value: string): TokenRecord | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), value);
  return result.success && tokenKey(result.output.id) === key ? result.output : undefined;
}

/** The record without the token itself. */
export function toTokenInfo({ token: _token, version: _version, ...info }: TokenRecord): TokenInfo {
  return info;
}
