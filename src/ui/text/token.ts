import * as vscode from 'vscode';
import { expiryOf } from '../../core/model/expiry.ts';
import type { TokenInfo } from '../../core/model/token.ts';
import { describeAge, describeTime } from './format.ts';

/** "user token 1a2b3c4d": the ID from Cloudflare's dashboard, never the token itself. */
export function describeToken({ owner, cloudflareId, id }: TokenInfo): string {
  const shortId = (cloudflareId ?? id).slice(0, 8);
  return owner === 'account'
    ? vscode.l10n.t('account-owned token {0}', shortId)
    : vscode.l10n.t('user token {0}', shortId);
}

/** "expires Dec 1, 2026, 9:00:00 AM (in 8 days)" */
export function describeExpiry(token: TokenInfo): string {
  return token.expiresOn
    ? vscode.l10n.t('expires {0}', describeTime(token.expiresOn))
    : vscode.l10n.t('does not expire');
}

/** "token expires in 3 days", "token expired yesterday"; empty until a week before. */
export function describeExpiryNotice(token: TokenInfo | undefined, now = Date.now()): string {
  const expiry = expiryOf(token, now);
  if (!expiry || expiry.kind === 'later') {
    return '';
  }
  const age = describeAge(expiry.at, now);
  return expiry.kind === 'expired' ? vscode.l10n.t('token expired {0}', age) : vscode.l10n.t('token expires {0}', age);
}
