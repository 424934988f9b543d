import * as vscode from 'vscode';
import type { ApiError } from '../../core/api/api-error.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { describeAge } from './format.ts';

/** What a user can do about a problem; each is a button or a click. */
export type Remedy = 'replaceToken' | 'retry' | 'showLog' | 'openSetting' | 'confirmAddress';

/** `headline` is for where there is room for a few words only; the sentence says all of it. */
export type Problem = { readonly headline: string; readonly sentence: string; readonly remedies: readonly Remedy[] };

/** What helps against most problems. */
const RETRY = ['retry', 'showLog'] as const satisfies readonly Remedy[];

function problem(headline: string, sentence: string, ...remedies: readonly Remedy[]): Problem {
  return { headline, sentence, remedies: remedies.length > 0 ? remedies : RETRY };
}

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
      return problem(
        vscode.l10n.t('Token not accepted'),
        vscode.l10n.t(
          'Cloudflare does not accept the token of {0}: it is wrong, has expired, or was disabled or rolled{1}. Replace it.',
          subject,
          quote,
        ),
        'replaceToken',
        ...RETRY,
      );
    case 'forbidden':
      return problem(
        vscode.l10n.t('Permission missing'),
        vscode.l10n.t(
          'The token may not do this for {0}{1}. It needs the permission “Account › Notifications”: Read to look, Edit to change.',
          subject,
          quote,
        ),
        'replaceToken',
        ...RETRY,
      );
    case 'addressFilter':
      return problem(
        vscode.l10n.t('Network address not allowed'),
        vscode.l10n.t(
          'The IP address filter of the token of {0} does not allow this network{1}. Change the filter, or use an allowed network.',
          subject,
          quote,
        ),
        'replaceToken',
        ...RETRY,
      );
    case 'rateLimited':
      return problem(
        vscode.l10n.t('Too many requests'),
        details.retryAfter
          ? vscode.l10n.t(
              'Cloudflare is limiting the requests of this token and asks to wait; try {0} again {1}.',
              subject,
              describeAge(fromMilliseconds(Date.now() + details.retryAfter)),
            )
          : vscode.l10n.t(
              'Cloudflare is limiting the requests of this token; try {0} again in a few minutes.',
              subject,
            ),
      );
    case 'rejected':
      return problem(
        vscode.l10n.t('Refused by Cloudflare'),
        vscode.l10n.t('Cloudflare refused the request for {0}{1}.', subject, quote),
      );
    case 'notFound':
      return problem(
        vscode.l10n.t('Not found at Cloudflare'),
        vscode.l10n.t(
          'Cloudflare does not know {0}{1}. Check the account id, or whether it was deleted.',
          subject,
          quote,
        ),
      );
    case 'unavailable':
      return problem(
        vscode.l10n.t('Cloudflare unavailable'),
        vscode.l10n.t(
          'Cloudflare could not answer for {0}: status {1}{2}. This usually passes; try again.',
          subject,
          status,
          quote,
        ),
      );
    case 'network':
      return problem(
        vscode.l10n.t('Not reachable'),
        vscode.l10n.t(
          'Cloudflare could not be reached for {0}{1}. Check the connection and any proxy, then try again.',
          subject,
          quote,
        ),
      );
    case 'timeout':
      return problem(
        vscode.l10n.t('No answer in time'),
        vscode.l10n.t('Cloudflare did not answer in time for {0}{1}. Try again.', subject, quote),
      );
    case 'protocol':
      return problem(
        vscode.l10n.t('Not Cloudflare’s answer'),
        vscode.l10n.t(
          'The answer for {0} is not from Cloudflare’s API{1}. Check the proxy, the firewall and the API address.',
          subject,
          quote,
        ),
      );
    case 'misconfigured':
      return problem(
        vscode.l10n.t('API address cannot be used'),
        vscode.l10n.t(
          'The setting cloudflareWebhooks.apiBaseUrl cannot be used: it needs an https address, or http to this machine, without user, query or fragment. Nothing was sent.',
        ),
        'openSetting',
        'retry',
      );
    case 'otherOrigin':
      return problem(
        vscode.l10n.t('API address not confirmed'),
        vscode.l10n.t(
          'The token of {0} was verified with {1}, but the API address now points to {2}. Nothing was sent.',
          subject,
          details.origins?.verified ?? '',
          details.origins?.configured ?? '',
        ),
        'confirmAddress',
        'openSetting',
        'retry',
      );
    case 'undecryptable':
      return problem(
        vscode.l10n.t('Token not decrypted'),
        vscode.l10n.t('The token of {0} could not be decrypted. Enter it again.', subject),
        'replaceToken',
        ...RETRY,
      );
    case 'noToken':
      return problem(
        vscode.l10n.t('Token missing here'),
        vscode.l10n.t('The token of {0} is no longer stored on this machine. Enter it again.', subject),
        'replaceToken',
        'retry',
      );
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
