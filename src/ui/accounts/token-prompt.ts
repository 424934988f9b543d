import * as vscode from 'vscode';
import { type Account, parseAccountId } from '../../core/model/account.ts';
import { ApiError } from '../../core/api/api-error.ts';
import type { Api } from '../../core/api/client.ts';
import { checkAccountToken, checkToken, discoverAccounts, type VerifiedToken } from '../../core/accounts/onboarding.ts';
import { cleanToken, type TokenProblem } from '../../core/model/token.ts';
import { describeProblem } from '../text/error.ts';
import { type Answer, askText, type Check } from '../host/quick-input.ts';

type Connect = (token: string) => Api;

/** Cloudflare's page for a new token with the permissions already chosen (developers.cloudflare.com, "template URLs"). */
export const NEW_TOKEN_PAGE = `https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=${encodeURIComponent(
  JSON.stringify([
    { key: 'notifications', type: 'edit' },
    { key: 'account_settings', type: 'read' },
  ]),
)}&accountId=*&zoneId=all&name=${encodeURIComponent('VS Code: webhook destinations')}`;

export type TokenQuestion = {
  readonly title: string;
  readonly prompt: string;
  readonly connect: Connect;
  /** The account to ask where the token may be that account's own; otherwise the user is asked for it. */
  readonly accountId?: string;
  readonly back?: boolean;
};

/** A verified token with the accounts it may list; for an account's own token, the one account it was verified by. */
export type TokenAnswer = {
  readonly verified: VerifiedToken;
  readonly accounts: readonly Account[];
  readonly accountId?: string;
};

/** Asks for a token, masked, until Cloudflare lets one in. An account's own needs the id of its account as well. */
export async function askToken(question: TokenQuestion): Promise<Answer<TokenAnswer>> {
  const { title, prompt, connect, accountId, back = false } = question;
  for (;;) {
    const answer = await askText<{ readonly token: string; readonly found: TokenAnswer | undefined }>({
      title,
      prompt,
      placeholder: vscode.l10n.t('API token'),
      password: true,
      back,
      buttons: [
        {
          iconPath: new vscode.ThemeIcon('link-external'),
          tooltip: vscode.l10n.t('Create a token with the right permissions at Cloudflare'),
          run: () => void vscode.env.openExternal(vscode.Uri.parse(NEW_TOKEN_PAGE, true)),
        },
      ],
      check: async (text, signal) => {
        const cleaned = cleanToken(text);
        if (!cleaned.ok) {
          return { ok: false, problem: describeTokenProblem(cleaned.problem) };
        }
        const { token } = cleaned;
        return attempt(async () => {
          const api = connect(token);
          const verified = await checkToken(api, token, accountId, signal);
          if (!verified) {
            return { token, found: undefined };
          }
          return verified.owner === 'account'
            ? { token, found: { verified, accounts: [], ...(accountId ? { accountId } : {}) } }
            : { token, found: { verified, accounts: await discoverAccounts(api, signal) } };
        });
      },
    });
    if (answer.kind !== 'value') {
      return answer;
    }
    const { token, found } = answer.value;
    if (found) {
      return { kind: 'value', value: found };
    }
    const withAccount = await askAccountOf(token, title, connect);
    if (withAccount.kind !== 'back') {
      return withAccount;
    }
  }
}

function askAccountOf(token: string, title: string, connect: Connect): Promise<Answer<TokenAnswer>> {
  return askAccountId({
    title,
    prompt: vscode.l10n.t(
      'Cloudflare does not know this as a user’s token. If it belongs to an account, enter that account’s ID.',
    ),
    check: async (accountId, signal) =>
      attempt(async () => {
        const verified = await checkAccountToken(connect(token), token, accountId, signal);
        return { verified, accounts: [], accountId };
      }),
  });
}

/** Asks for an account id until it is one and passes the check. */
export function askAccountId<T>(question: {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly check: (accountId: string, signal: AbortSignal) => Promise<Check<T>>;
}): Promise<Answer<T>> {
  return askText<T>({
    title: question.title,
    prompt: question.prompt,
    placeholder: vscode.l10n.t('Account ID: 32 hexadecimal digits'),
    value: question.value ?? '',
    back: true,
    check: async (text, signal) => {
      const accountId = parseAccountId(text);
      return accountId === undefined
        ? { ok: false, problem: describeAccountIdProblem(text) }
        : question.check(accountId, signal);
    },
  });
}

/** What Cloudflare objects to is said in the input, where it can be put right; all else goes to the command boundary. */
async function attempt<T>(verify: () => Promise<T>): Promise<Check<T>> {
  try {
    return { ok: true, value: await verify() };
  } catch (error) {
    if (error instanceof ApiError) {
      return { ok: false, problem: describeVerifyFailure(error) };
    }
    throw error;
  }
}

/** The sentence for a token, or an account's token, that could not be verified. */
export function describeVerifyFailure(error: ApiError): string {
  const { kind, details } = error;
  if (details.tokenStatus === 'expired') {
    return vscode.l10n.t('This token has expired. Create or roll one at Cloudflare and paste the new one.');
  }
  if (details.tokenStatus === 'disabled') {
    return vscode.l10n.t('This token is disabled. Enable it at Cloudflare, or paste another one.');
  }
  if (kind === 'auth') {
    return vscode.l10n.t(
      'Cloudflare does not know this token ({0}). Check that the whole token was copied and that it was not rolled or deleted.',
      details.reason ?? vscode.l10n.t('no reason given'),
    );
  }
  return describeProblem(error, vscode.l10n.t('this token')).sentence;
}

function describeTokenProblem(problem: TokenProblem): string {
  return {
    empty: vscode.l10n.t('Paste a token, or press Escape to leave.'),
    globalKey: vscode.l10n.t(
      'This is a Global API Key, which opens everything you own at Cloudflare. Use an API token with the permission “Account › Notifications › Edit” instead.',
    ),
    characters: vscode.l10n.t(
      'This is not a token: it holds spaces or other characters that tokens never have. Copy the token alone.',
    ),
  }[problem];
}

function describeAccountIdProblem(text: string): string {
  const trimmed = text.trim();
  return trimmed === ''
    ? vscode.l10n.t('Enter the account’s ID: the 32 hexadecimal digits behind dash.cloudflare.com/ in the browser.')
    : vscode.l10n.t(
        '“{0}” is not an account ID: it has 32 hexadecimal digits (0-9, a-f), this has {1} characters. Copy it from the address behind dash.cloudflare.com/.',
        trimmed.slice(0, 60),
        trimmed.length,
      );
}
