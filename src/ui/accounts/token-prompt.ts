import * as vscode from 'vscode';
import { plural } from '../text/format.ts';
import { type Account, newTokenAddress, parseAccountId } from '../../core/model/account.ts';
import { ApiError } from '../../core/api/api-error.ts';
import type { Api } from '../../core/api/client.ts';
import { checkAccountToken, checkToken, discoverAccounts, type VerifiedToken } from '../../core/accounts/onboarding.ts';
import { cleanToken, type TokenProblem } from '../../core/model/token.ts';
import { describeProblem } from '../text/error.ts';
import { type Answer, askText, type Check, type Step } from '../host/quick-input.ts';

type Connect = (token: string) => Api;

/** The name that the pages of Cloudflare suggest for a new token. */
const TOKEN_NAME = 'VS Code: webhook destinations';

export type TokenQuestion = {
  readonly title: string;
  readonly prompt: string;
  readonly connect: Connect;
  /** The account that may own the token. Without it, the user enters the account ID of an account-owned token. */
  readonly accountId?: string;
  /** The account for which the page creates an account-owned token. Without it, Cloudflare's dashboard asks. */
  readonly pageAccountId?: string;
  readonly back?: boolean;
  /** Where the token is in a flow. The account ID of an account-owned token is the next step. */
  readonly step?: Step;
  /** What the flow keeps for Back. */
  readonly kept?: KeptToken;
};

/** What the user typed, in memory until the flow ends. */
export type KeptToken = {
  token?: string;
  /** The account ID that was typed for an account-owned token. */
  ownerId?: string;
  /** Whether to start with the account ID of the kept token, because the user goes back to it. */
  atOwner?: boolean;
};

/** A verified token with the accounts it lists. `accountId`: the owner of an account-owned token. */
export type TokenAnswer = {
  readonly verified: VerifiedToken;
  readonly accounts: readonly Account[];
  readonly accountId?: string;
};

/** Asks for a masked token until Cloudflare verifies it. An account-owned token also needs its account ID. */
export async function askToken(question: TokenQuestion): Promise<Answer<TokenAnswer>> {
  const { title, prompt, connect, accountId, pageAccountId, step, back = false, kept = {} } = question;
  for (;;) {
    if (kept.atOwner && kept.token !== undefined) {
      kept.atOwner = false;
      const withAccount = await askAccountOf(kept.token, question, kept);
      if (withAccount.kind !== 'back') {
        return withAccount;
      }
    }
    const answer = await askText<{ readonly token: string; readonly found: TokenAnswer | undefined }>({
      title,
      ...(step ? { step } : {}),
      prompt,
      placeholder: vscode.l10n.t('API token'),
      value: kept.token ?? '',
      password: true,
      back,
      onBack: (text) => {
        kept.token = text;
      },
      buttons: [
        {
          iconPath: new vscode.ThemeIcon('link-external'),
          tooltip: vscode.l10n.t('Create a User Token at Cloudflare'),
          run: () => openTokenPage('user'),
        },
        {
          iconPath: new vscode.ThemeIcon('organization'),
          tooltip: vscode.l10n.t('Create an Account-Owned Token at Cloudflare'),
          run: () => openTokenPage('account', pageAccountId),
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
    kept.token = token;
    if (found) {
      return { kind: 'value', value: found };
    }
    kept.atOwner = true;
  }
}

/** Opens the page for a new token. It selects the permissions that its keys name; the user checks them there. */
function openTokenPage(owner: 'user' | 'account', accountId?: string): void {
  void vscode.env.openExternal(vscode.Uri.parse(newTokenAddress(owner, TOKEN_NAME, accountId), true));
}

async function askAccountOf(
  token: string,
  { title, connect, step }: TokenQuestion,
  kept: KeptToken,
): Promise<Answer<TokenAnswer>> {
  return askAccountId({
    title,
    ...(step ? { step: { at: step.at + 1, of: step.of } } : {}),
    value: kept.ownerId ?? '',
    onBack: (text) => {
      kept.ownerId = text;
    },
    prompt: vscode.l10n.t(
      'Cloudflare does not recognize this as a user token. If an account owns the token, enter the account ID.',
    ),
    check: async (accountId, signal) =>
      attempt(async () => {
        const verified = await checkAccountToken(connect(token), token, accountId, signal);
        kept.ownerId = accountId;
        return { verified, accounts: [], accountId };
      }),
  });
}

/** Asks for an account ID until it is valid and passes the check. */
export function askAccountId<T>(question: {
  readonly title: string;
  readonly step?: Step;
  readonly prompt: string;
  readonly value?: string;
  readonly onBack: (text: string) => void;
  readonly check: (accountId: string, signal: AbortSignal) => Promise<Check<T>>;
}): Promise<Answer<T>> {
  return askText<T>({
    ...question,
    placeholder: vscode.l10n.t('Account ID: 32 hexadecimal digits'),
    back: true,
    check: async (text, signal) => {
      const accountId = parseAccountId(text);
      return accountId === undefined
        ? { ok: false, problem: describeAccountIdProblem(text) }
        : question.check(accountId, signal);
    },
  });
}

/** Shows API errors in the input, where the user can correct it. Other errors reach the command boundary. */
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

/** Describes why a token could not be verified. */
export function describeVerifyFailure(error: ApiError): string {
  const { kind, details } = error;
  if (details.tokenStatus === 'expired') {
    return vscode.l10n.t('This token has expired. Create or roll a token at Cloudflare, then paste the new token.');
  }
  if (details.tokenStatus === 'disabled') {
    return vscode.l10n.t('This token is disabled. Enable it at Cloudflare, or paste another token.');
  }
  if (kind === 'auth') {
    return vscode.l10n.t(
      'Cloudflare does not recognize this token ({0}). Check that the token is complete and was not rolled or deleted.',
      details.reason ?? vscode.l10n.t('no reason given'),
    );
  }
  return describeProblem(error, vscode.l10n.t('this token')).sentence;
}

function describeTokenProblem(problem: TokenProblem): string {
  return {
    empty: vscode.l10n.t('Paste a token, or press Escape to cancel.'),
    globalKey: vscode.l10n.t(
      'This is a Global API Key, which has full access to your Cloudflare account. Use an API token with the permission “Account › Notifications › Edit” instead.',
    ),
    characters: vscode.l10n.t('This is not a token: it contains spaces or invalid characters. Copy only the token.'),
  }[problem];
}

/** Never quotes the text: it may be a token or a key, and the message of a command is logged. */
export function describeAccountIdProblem(text: string): string {
  const { length } = text.trim();
  return length === 0
    ? vscode.l10n.t('Enter the account ID: the 32 hexadecimal digits after dash.cloudflare.com/ in the browser.')
    : [
        vscode.l10n.t('This is not an account ID, which has 32 hexadecimal digits (0-9, a-f).'),
        plural(length, vscode.l10n.t('It has 1 character.'), vscode.l10n.t('It has {0} characters.', length)),
        vscode.l10n.t('Copy the account ID from the browser address after dash.cloudflare.com/.'),
      ].join(' ');
}
