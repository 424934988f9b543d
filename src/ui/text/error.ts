import * as vscode from 'vscode';
import type { ApiError } from '../../core/api/api-error.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { describeAge } from './format.ts';

/** What a user can do about a problem; each is a button or a click. */
export type Remedy = 'replaceToken' | 'retry' | 'showLog' | 'openSetting' | 'confirmAddress';

/** `headline` is for where there is room for a few words only; the sentence says all of it. */
export type Problem = { readonly headline: string; readonly sentence: string; readonly remedies: readonly Remedy[] };

/**
 * The one place that turns an API error into words and remedies. `subject` is what was asked of, e.g. an account's
 * name. Cloudflare's own words follow in brackets, verbatim but for secrets.
 */
export function describeProblem({ kind, details }: ApiError, subject: string): Problem {
  const because = [
    details.reason,
    ...(details.codes?.length ? [vscode.l10n.t('code {0}', details.codes.join(', '))] : []),
  ].filter(Boolean);
  const quote = because.length > 0 ? ` (${because.join('; ')})` : '';
  const status = details.status ?? 0;
  switch (kind) {
    case 'auth':
      return {
        headline: vscode.l10n.t('Token not accepted'),
        sentence: vscode.l10n.t(
          'Cloudflare does not accept the token of {0}: it is wrong, has expired, or was disabled or rolled{1}. Replace it.',
          subject,
          quote,
        ),
        remedies: ['replaceToken', 'retry', 'showLog'],
      };
    case 'forbidden':
      return {
        headline: vscode.l10n.t('Permission missing'),
        sentence: vscode.l10n.t(
          'The token may not do this for {0}{1}. It needs the permission “Account › Notifications”: Read to look, Edit to change.',
          subject,
          quote,
        ),
        remedies: ['replaceToken', 'retry', 'showLog'],
      };
    case 'addressFilter':
      return {
        headline: vscode.l10n.t('Network address not allowed'),
        sentence: vscode.l10n.t(
          'The token of {0} has a client IP address filter that does not allow this network{1}. Connect from an allowed network, change the filter at Cloudflare, or replace the token.',
          subject,
          quote,
        ),
        remedies: ['retry', 'replaceToken', 'showLog'],
      };
    case 'rateLimited':
      return {
        headline: vscode.l10n.t('Too many requests'),
        sentence: details.retryAfter
          ? vscode.l10n.t(
              'Cloudflare is limiting the requests of this token and asks to wait; try {0} again {1}.',
              subject,
              describeAge(fromMilliseconds(Date.now() + details.retryAfter)),
            )
          : vscode.l10n.t(
              'Cloudflare is limiting the requests of this token; try {0} again in a few minutes.',
              subject,
            ),
        remedies: ['retry', 'showLog'],
      };
    case 'rejected':
      return {
        headline: vscode.l10n.t('Refused by Cloudflare'),
        sentence: vscode.l10n.t('Cloudflare refused the request for {0}{1}.', subject, quote),
        remedies: ['retry', 'showLog'],
      };
    case 'notFound':
      return {
        headline: vscode.l10n.t('Not found at Cloudflare'),
        sentence: vscode.l10n.t(
          'Cloudflare does not know {0}{1}. Check the account id, or whether it was deleted.',
          subject,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'unavailable':
      return {
        headline: vscode.l10n.t('Cloudflare unavailable'),
        sentence: vscode.l10n.t(
          'Cloudflare could not answer for {0}: status {1}{2}. This usually passes; try again.',
          subject,
          status,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'network':
      return {
        headline: vscode.l10n.t('Not reachable'),
        sentence: vscode.l10n.t(
          'Cloudflare could not be reached for {0}{1}. Check the connection and any proxy, then try again.',
          subject,
          quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'timeout':
      return {
        headline: vscode.l10n.t('No answer in time'),
        sentence: vscode.l10n.t('Cloudflare did not answer in time for {0}{1}. Try again.', subject, quote),
        remedies: ['retry', 'showLog'],
      };
    case 'protocol':
      return {
        headline: vscode.l10n.t('Not Cloudflare’s answer'),
        sentence: vscode.l10n.t(
          'The answer for {0} is not from Cloudflare’s API{1}. A proxy, a firewall or the setting for the API address may be the cause.',
          subject,
          status > 0 ? ` (${[vscode.l10n.t('status {0}', status), ...because].join('; ')})` : quote,
        ),
        remedies: ['retry', 'showLog'],
      };
    case 'misconfigured':
      return {
        headline: vscode.l10n.t('API address cannot be used'),
        sentence: vscode.l10n.t(
          'The setting cloudflareWebhooks.apiBaseUrl cannot be used: it needs an https address, or http to this machine, without user, query or fragment. Nothing was sent.',
        ),
        remedies: ['openSetting', 'retry'],
      };
    case 'otherOrigin':
      return {
        headline: vscode.l10n.t('API address not confirmed'),
        sentence: vscode.l10n.t(
          'The token of {0} was verified with {1}, but the setting cloudflareWebhooks.apiBaseUrl points to {2}. Nothing was sent. Confirm the address, or change the setting.',
          subject,
          details.origins?.verified ?? '',
          details.origins?.configured ?? '',
        ),
        remedies: ['confirmAddress', 'openSetting', 'retry'],
      };
    case 'undecryptable':
      return {
        headline: vscode.l10n.t('Token not decrypted'),
        sentence: vscode.l10n.t(
          'The token of {0} could not be decrypted: the keyring of this machine has changed. Enter the token again.',
          subject,
        ),
        remedies: ['replaceToken', 'retry', 'showLog'],
      };
    case 'noToken':
      return {
        headline: vscode.l10n.t('Token missing here'),
        sentence: vscode.l10n.t('The token of {0} is no longer stored on this machine. Enter it again.', subject),
        remedies: ['replaceToken', 'retry'],
      };
    default:
      return kind satisfies never;
  }
}

export function describeRemedy(remedy: Remedy): string {
  return {
    replaceToken: vscode.l10n.t('Replace Token…'),
    retry: vscode.l10n.t('Retry'),
    showLog: vscode.l10n.t('Show Log'),
    openSetting: vscode.l10n.t('Open Setting'),
    confirmAddress: vscode.l10n.t('Confirm Address…'),
  }[remedy];
}
