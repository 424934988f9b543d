import * as vscode from 'vscode';
import type { ApiError, ForeignAnswer } from '../../core/api/api-error.ts';
import { LeaseTakenError } from '../../core/async/lease.ts';
import { type AccountEntry, isIncomplete } from '../../core/monitoring/account-state.ts';
import { countUnread } from '../../core/monitoring/snapshot.ts';
import { AccountRemovedError } from '../../core/monitoring/connection-now.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { enumerate, describeAge, plural } from './format.ts';

/** An action that can fix a problem. */
export type Remedy = 'replaceToken' | 'retry' | 'showLog' | 'openSetting' | 'confirmAddress' | 'addAccount';

/** `headline`: a few words for a row. `sentence`: the full explanation. */
export type Problem = { readonly headline: string; readonly sentence: string; readonly remedies: readonly Remedy[] };

/** What helps against most problems. */
const RETRY = ['retry', 'showLog'] as const satisfies readonly Remedy[];

function problem(headline: string, sentence: string, ...remedies: readonly Remedy[]): Problem {
  return { headline, sentence, remedies: remedies.length > 0 ? remedies : RETRY };
}

/** That accounts are loading, or could not be loaded. */
export function describeUnread(accounts: number): string {
  return plural(
    accounts,
    vscode.l10n.t('The state of 1 account is unknown.'),
    vscode.l10n.t('The state of {0} accounts is unknown.', accounts),
  );
}

/** That the stored accounts could not be loaded when this window started. */
export function describeUnloaded(): string {
  return vscode.l10n.t('The stored accounts could not be loaded. Nothing was deleted. Reload the window to try again.');
}

/** What keeps any operation from its start. Undefined for another error. */
export function describeObstacle(error: unknown, accountName: string): string | undefined {
  if (error instanceof AccountRemovedError) {
    return vscode.l10n.t('The account {0} was removed from VS Code.', accountName);
  }
  if (error instanceof LeaseTakenError) {
    return vscode.l10n.t('Another operation is using this destination. Try again when it has ended.');
  }
  return undefined;
}

/**
 * Turns an API error into a message and remedies. `subject`: the target of the request, for example an account name.
 * Cloudflare's own message is quoted verbatim with secrets redacted.
 */
export function describeProblem(error: ApiError, subject: string): Problem {
  const described = describeCause(error, subject);
  return error.details.isUnsettled
    ? {
        ...described,
        sentence: vscode.l10n.t('{0} The request was sent and may still take effect.', described.sentence),
      }
    : described;
}

/** {@link describeProblem} without whether the request may still take effect. */
export function describeCause({ kind, details }: ApiError, subject: string): Problem {
  const because = [
    details.reason,
    details.answer && describeForeignAnswer(details.answer),
    ...(details.codes?.length ? [describeCodes(details.codes)] : []),
  ].filter(Boolean);
  const quote = because.length > 0 ? ` (${because.join('; ')})` : '';
  const status = details.status ?? 0;
  switch (kind) {
    case 'auth':
      return problem(
        vscode.l10n.t('Token rejected'),
        vscode.l10n.t(
          'Cloudflare rejected the token of {0}: it is invalid, expired, disabled or rolled{1}. Replace the token.',
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
          'The token does not have permission for {0}{1}. It needs “Account › Notifications”: Read to view, Edit to make changes.',
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
        details.retryAt !== undefined && details.retryAt > Date.now()
          ? vscode.l10n.t(
              'The token reached the rate limit of Cloudflare. Try {0} again {1}.',
              subject,
              describeAge(fromMilliseconds(details.retryAt)),
            )
          : vscode.l10n.t('The token reached the rate limit of Cloudflare. Try {0} again in a few minutes.', subject),
      );
    case 'rejected':
      return problem(
        vscode.l10n.t('Rejected by Cloudflare'),
        vscode.l10n.t('Cloudflare rejected the request for {0}{1}.', subject, quote),
      );
    case 'notFound':
      return problem(
        vscode.l10n.t('Not found at Cloudflare'),
        vscode.l10n.t(
          'Cloudflare could not find {0}{1}. Check the account ID, and whether something was deleted.',
          subject,
          quote,
        ),
      );
    case 'unavailable':
      return problem(
        vscode.l10n.t('Cloudflare unavailable'),
        vscode.l10n.t(
          'Cloudflare is unavailable for {0}: status {1}{2}. This is usually temporary. Try again later.',
          subject,
          status,
          quote,
        ),
      );
    case 'network':
      return problem(
        vscode.l10n.t('Cloudflare unreachable'),
        vscode.l10n.t(
          'Could not reach Cloudflare for {0}{1}. Check the network and the proxy, then try again.',
          subject,
          quote,
        ),
      );
    case 'timeout':
      return problem(
        vscode.l10n.t('Request timed out'),
        vscode.l10n.t('The request to Cloudflare for {0} timed out{1}. Try again.', subject, quote),
      );
    case 'protocol':
      return problem(
        vscode.l10n.t('Unexpected response'),
        vscode.l10n.t(
          'The response for {0} is not from Cloudflare’s API{1}. Check the proxy and the setting for the API address.',
          subject,
          quote,
        ),
      );
    case 'misconfigured':
      return problem(
        vscode.l10n.t('Invalid API address'),
        vscode.l10n.t(
          'The setting cloudflareWebhooks.apiBaseUrl is invalid. Enter an https address, or http for this machine, without user, query or fragment. Nothing was sent.',
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
    case 'storageUnreadable':
      return problem(
        vscode.l10n.t('Secret storage not readable'),
        vscode.l10n.t(
          'VS Code’s secret storage could not be read, so the token of {0} is missing. Check whether the keyring is locked, then try again.',
          subject,
        ),
        'retry',
      );
    case 'noToken':
      return problem(
        vscode.l10n.t('Token missing'),
        vscode.l10n.t('The token of {0} is not stored on this machine. Enter it again.', subject),
        'replaceToken',
        'retry',
      );
    default:
      return kind satisfies never;
  }
}

/** Malformed entries of Cloudflare's list of destinations, which cannot be shown. */
export function describeSkipped(count: number): Pick<Problem, 'headline' | 'sentence'> {
  return {
    headline: plural(
      count,
      vscode.l10n.t('1 entry could not be read'),
      vscode.l10n.t('{0} entries could not be read', count),
    ),
    sentence: vscode.l10n.t('See the log for details.'),
  };
}

/** Why the state of an account is unknown, or known in part. Undefined where it was read, or is not read yet. */
export function describeUnknownState({
  connection,
  state,
}: Pick<AccountEntry, 'connection' | 'state'>): Pick<Problem, 'headline' | 'sentence'> | undefined {
  return state.kind === 'failed'
    ? describeProblem(state.error, connection.account.name)
    : state.last && isIncomplete(state)
      ? describeSkipped(countUnread(state.last))
      : undefined;
}

function describeForeignAnswer(answer: ForeignAnswer): string {
  return {
    redirect: vscode.l10n.t('a redirect instead of an answer'),
    html: vscode.l10n.t('a web page instead of an answer'),
    empty: vscode.l10n.t('an empty answer'),
    otherJson: vscode.l10n.t('JSON that is incomplete or not the API’s'),
    text: vscode.l10n.t('text that is not JSON'),
    tooLarge: vscode.l10n.t('the answer is too large'),
    otherForm: vscode.l10n.t('the answer has an unexpected form'),
  }[answer];
}

function describeCodes(codes: readonly number[]): string {
  const list = enumerate(codes.map(String));
  return plural(codes.length, vscode.l10n.t('code {0}', list), vscode.l10n.t('codes {0}', list));
}

export function describeRemedy(remedy: Remedy): string {
  return {
    replaceToken: vscode.l10n.t('Replace Token…'),
    retry: vscode.l10n.t('Retry'),
    showLog: vscode.l10n.t('Show Log'),
    openSetting: vscode.l10n.t('Open Setting'),
    confirmAddress: vscode.l10n.t('Confirm Address…'),
    addAccount: vscode.l10n.t('Add Account…'),
  }[remedy];
}
