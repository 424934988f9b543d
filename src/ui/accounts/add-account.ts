import * as vscode from 'vscode';
import type { Account } from '../../core/model/account.ts';
import { ApiError } from '../../core/api/api-error.ts';
import { type Api, MOST_ACCOUNTS } from '../../core/api/client.ts';
import { checkToken, discoverAccounts } from '../../core/accounts/onboarding.ts';
import type { AddedAccount } from '../../core/accounts/remembered-accounts.ts';
import { cleanToken } from '../../core/model/token.ts';
import type { Connections } from './connections.ts';
import { type Environment, hasEnvironmentToken } from './environment.ts';
import { confirmUnreadable, findUnreadable } from './manage-accounts.ts';
import { describeProblem } from '../text/error.ts';
import { type Answer, askPick, askText } from '../host/quick-input.ts';
import { UserError } from '../host/report.ts';
import { storeAccounts } from './stored-accounts.ts';
import { warnUnsaved } from './storage-trouble.ts';
import { askAccountId, askToken, describeVerifyFailure, type TokenAnswer } from './token-prompt.ts';

const TITLE = vscode.l10n.t('Add Account');

/** Runs Add Account…: token, accounts, label. Nothing is stored before the last answer. */
export async function addAccount(connections: Connections, environment: Environment): Promise<void> {
  for (;;) {
    const source = await askSource(environment);
    if (source.kind !== 'value') {
      return;
    }
    if (source.value === 'environment') {
      await addFromEnvironment(connections, environment);
      return;
    }
    const back = hasEnvironmentToken(environment);
    const added = await addTyped(connections, environment, back);
    if (added !== 'back') {
      return;
    }
  }
}

async function askSource(environment: Environment): Promise<Answer<'typed' | 'environment'>> {
  if (!hasEnvironmentToken(environment)) {
    return { kind: 'value', value: 'typed' };
  }
  const items = [
    { label: vscode.l10n.t('Paste a token'), source: 'typed' as const },
    {
      label: vscode.l10n.t('Use the token from the environment'),
      description: 'CLOUDFLARE_API_TOKEN',
      detail: vscode.l10n.t('VS Code’s secret storage keeps it, like a token you paste.'),
      source: 'environment' as const,
    },
  ];
  const answer = await askPick({ title: TITLE, placeholder: vscode.l10n.t('Choose a token'), items });
  const chosen = answer.kind === 'value' ? answer.value[0] : undefined;
  return chosen ? { kind: 'value', value: chosen.source } : { kind: 'cancel' };
}

async function addTyped(connections: Connections, environment: Environment, back: boolean): Promise<'back' | 'done'> {
  for (;;) {
    const answer = await askToken({
      title: TITLE,
      prompt: vscode.l10n.t('Paste a Cloudflare API token. It is stored only in VS Code’s secret storage.'),
      connect: connections.connect,
      back,
    });
    if (answer.kind !== 'value') {
      return answer.kind === 'back' ? 'back' : 'done';
    }
    const { verified } = answer.value;
    const accounts = await askReadableAccounts(answer.value, connections, environment);
    if (accounts.kind === 'value') {
      warnUnsaved(await storeAccounts(connections, verified, accounts.value), connections);
    }
    if (accounts.kind !== 'back') {
      return 'done';
    }
  }
}

/** Returns the accounts to add, with a label. The token can access each account, or the user confirmed it anyway. */
async function askReadableAccounts(
  answer: TokenAnswer,
  connections: Connections,
  environment: Environment,
): Promise<Answer<readonly AddedAccount[]>> {
  const api = connections.connect(answer.verified.token);
  for (;;) {
    const chosen =
      answer.accountId === undefined
        ? await askAccounts(answer.accounts, api, connections, environment)
        : ({ kind: 'value', value: [{ id: answer.accountId, name: answer.accountId }] } as const);
    if (chosen.kind !== 'value') {
      return chosen;
    }
    const unreadable = await findUnreadable(connections, answer.verified.token, chosen.value);
    if (!unreadable) {
      return { kind: 'cancel' };
    }
    if (unreadable.length > 0 && !(await confirmUnreadable(unreadable, vscode.l10n.t('Add Anyway')))) {
      // Back to the account choice, or to the token if there was no choice.
      if (answer.accountId === undefined) {
        continue;
      }
      return { kind: 'back' };
    }
    const [only, ...others] = chosen.value;
    const labelled = only && others.length === 0 ? await askLabel(only) : chosen;
    if (labelled.kind !== 'back' || answer.accountId !== undefined) {
      return labelled;
    }
  }
}

/** Asks which listed accounts to add. Asks for an account ID instead if the token lists none, or on request. */
async function askAccounts(
  seen: readonly Account[],
  api: Api,
  connections: Connections,
  environment: Environment,
): Promise<Answer<readonly Account[]>> {
  if (seen.length === 0) {
    return askTypedAccount(api, vscode.l10n.t('This token cannot list accounts. Enter the account ID.'), environment);
  }
  const known = new Set(connections.accounts().map(({ id }) => id));
  for (;;) {
    const answer = await askPick({
      title: TITLE,
      placeholder:
        seen.length < MOST_ACCOUNTS
          ? vscode.l10n.t('Choose the accounts to add')
          : vscode.l10n.t(
              'Choose the accounts to add. Only the first {0} are listed. Enter the ID of any other.',
              MOST_ACCOUNTS,
            ),
      items: seen.map((account) => ({
        label: account.name,
        description: account.id,
        ...(known.has(account.id) ? { detail: vscode.l10n.t('Already added. Select it to use this token.') } : {}),
        picked: !known.has(account.id),
        account,
      })),
      many: true,
      back: true,
      button: { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Enter an Account ID') },
    });
    if (answer.kind === 'value') {
      return { kind: 'value', value: answer.value.map(({ account }) => account) };
    }
    if (answer.kind !== 'button') {
      return { kind: answer.kind };
    }
    const typed = await askTypedAccount(api, vscode.l10n.t('Enter the account ID.'), environment);
    if (typed.kind !== 'back') {
      return typed;
    }
  }
}

/** Asks for an account ID. Rejects an unknown account; permission problems are confirmed later. */
async function askTypedAccount(
  api: Api,
  prompt: string,
  environment: Environment,
): Promise<Answer<readonly Account[]>> {
  return askAccountId<readonly Account[]>({
    title: TITLE,
    prompt,
    value: environment['CLOUDFLARE_ACCOUNT_ID']?.trim() ?? '',
    check: async (id, signal) => {
      const account = { id, name: id };
      try {
        await api.listDestinations(id, signal);
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error;
        }
        if (error.kind !== 'forbidden' && error.kind !== 'auth') {
          return { ok: false, problem: describeProblem(error, vscode.l10n.t('account {0}', id)).sentence };
        }
      }
      return { ok: true, value: [account] };
    },
  });
}

async function askLabel({ id, name }: Account): Promise<Answer<readonly AddedAccount[]>> {
  return askText<readonly AddedAccount[]>({
    title: TITLE,
    prompt: vscode.l10n.t('Enter a name for this account.'),
    placeholder: vscode.l10n.t('Label'),
    value: name === id ? id.slice(0, 8) : name,
    back: true,
    check(text) {
      const label = text.trim();
      return { ok: true, value: [label === '' || label === name ? { id, name } : { id, name, label }] };
    },
  });
}

/** Adds the environment's token with all accounts it lists, or with the account in CLOUDFLARE_ACCOUNT_ID. */
export async function addFromEnvironment(connections: Connections, environment: Environment): Promise<void> {
  const cleaned = cleanToken(environment['CLOUDFLARE_API_TOKEN'] ?? '');
  if (!cleaned.ok) {
    throw new UserError(vscode.l10n.t('The environment variable CLOUDFLARE_API_TOKEN does not contain an API token.'));
  }
  const accountId = environment['CLOUDFLARE_ACCOUNT_ID']?.trim() || undefined;
  const { token } = cleaned;
  const api = connections.connect(token);
  const verified = await checkToken(api, token, accountId).catch((error: unknown) => {
    throw error instanceof ApiError ? new UserError(`CLOUDFLARE_API_TOKEN: ${describeVerifyFailure(error)}`) : error;
  });
  const seen = verified?.owner === 'user' ? await discoverAccounts(api) : [];
  const wanted = accountId ? [seen.find(({ id }) => id === accountId) ?? { id: accountId, name: accountId }] : seen;
  if (!verified || wanted.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        'The token in CLOUDFLARE_API_TOKEN cannot list accounts. Set CLOUDFLARE_ACCOUNT_ID too, or use “Add Account…” and enter the account ID.',
      ),
    );
  }
  warnUnsaved(await storeAccounts(connections, verified, wanted), connections);
}
