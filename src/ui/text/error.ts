import * as vscode from 'vscode';
import type { ApiError } from '../../core/api/api-error.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { describeAge, plural } from './format.ts';

/** An action that can fix a problem. */
export type Remedy = 'replaceToken' | 'retry' | 'showLog' | 'openSetting';

/** `headline`: a few words for a row. `sentence`: the full explanation. */
export type Problem = { readonly headline: string; readonly sentence: string; readonly remedies: readonly Remedy[] };

/**
 * Turns an API error into a message and remedies. `subject`: the target of the request, for example an account name.
 * Cloudflare's own message is quoted verbatim with secrets redacted.
 */
export function describeProblem({ kind, details }: ApiError, subject: string): Problem {
  const because = [details.reason, ...(details.codes?.length ? [describeCodes(details.codes)] : [])].filter(Boolean);
  const quote = because.length > 0 ? ` (${because.join('; ')})` : '';
  const status = details.status ?? 0;
  switch (kind) {
    case 'auth':
      return {
        headline: vscode.l10n.t('Token rejected'),
        sentence: vscode.l10n.t(
          'Cloudflare rejected the token of {0}: it is invalid, expired, disabled or rolled{1}. Replace the token.',
          subject,
          quote,
        ),
        remedies: ['replaceToken', 'retry', 'showLog'],
      };
    case 'forbidden':
      return {
        headline: vscode.l10n.t('Permission missing'),
        sentence: vscode.l10n.t(
          'The token does not have permission for {0}{1}. It needs “Account › Notifications”: Read to view, Edit to make changes.',
          subject,
          quote,
        ),
        remedies: ['replaceToken', 'retry', 'showLog'],
      };
    case 'rateLimited':
      return {
        headline: vscode.l10n.t('Too many requests'),
        sentence: details.retryAfter
          ? vscode.l10n.t(
              'The token reached the rate limit of Cloudflare. Try {0} again {1}.',
              subject,
              describeAge(fromMilliseconds(Date.now() + details.retryAfter)),
            )
          : vscode.l10n.t('The token reached the rate limit of Cloudflare. Try {0} again in a few minutes.', subject),
        remedies: ['retry', 'showLog'],
      };
    case 'rejected':
      return {
        headline: vscode.l10n.t('Rejected by Cloudflare'),
        sentence: vscode.l10n.t('Cloudflare rejected the request for {0}{1}.', subject, quote),
        remedies: ['retry', 'showLog'],
      };
    case 'notFound':
      return {
        headline: vscode.l10n.t('Not found at Cloudflare'),
        sentence: vscode.l10n.t(
          'Cloudflare could not find {0}{1}. Check the account ID, and whether it was deleted.',
          subject,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'unavailable':
      return {
        headline: vscode.l10n.t('Cloudflare unavailable'),
        sentence: vscode.l10n.t(
          'Cloudflare is unavailable for {0}: status {1}{2}. This is usually temporary. Try again later.',
          subject,
          status,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'network':
      return {
        headline: vscode.l10n.t('Cloudflare unreachable'),
        sentence: vscode.l10n.t(
          'Could not reach Cloudflare for {0}{1}. Check the network and the proxy, then try again.',
          subject,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'timeout':
      return {
        headline: vscode.l10n.t('Request timed out'),
        sentence: vscode.l10n.t('The request to Cloudflare for {0} timed out{1}. Try again.', subject, quote),
        remedies: ['retry', 'showLog'],
      };
    case 'protocol':
      return {
        headline: vscode.l10n.t('Unexpected response'),
        sentence: vscode.l10n.t(
          'The response for {0} is not from Cloudflare’s API{1}. Check the proxy and the setting for the API address.',
          subject,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'misconfigured':
      return {
        headline: vscode.l10n.t('Invalid API address'),
        sentence: vscode.l10n.t(
          'The setting cloudflareWebhooks.apiBaseUrl is invalid. Enter an https address, or http for this machine, without user, query or fragment. Nothing was sent.',
        ),
        remedies: ['openSetting', 'retry'],
      };
    case 'noToken':
      return {
        headline: vscode.l10n.t('Token missing'),
        sentence: vscode.l10n.t('The token of {0} is not stored on this machine. Enter it again.', subject),
        remedies: ['replaceToken', 'retry'],
      };
    default:
      return kind satisfies never;
  }
}

function describeCodes(codes: readonly number[]): string {
  const list = codes.join(', ');
  return plural(codes.length, vscode.l10n.t('code {0}', list), vscode.l10n.t('codes {0}', list));
}

export function describeRemedy(remedy: Remedy): string {
  return {
    replaceToken: vscode.l10n.t('Replace Token…'),
    retry: vscode.l10n.t('Retry'),
    showLog: vscode.l10n.t('Show Log'),
    openSetting: vscode.l10n.t('Open Setting'),
  }[remedy];
}
