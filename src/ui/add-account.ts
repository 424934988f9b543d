import * as vscode from 'vscode';
import type { Account } from '../core/account.ts';
import { ApiError } from '../core/api/api-error.ts';
import type { Api } from '../core/api/client.ts';
import { checkToken, discoverAccounts, type VerifiedToken } from '../core/onboarding.ts';
import { cleanToken, type TokenRecord } from '../core/token.ts';
import type { Connections } from './connections.ts';
import { describeProblem } from './problem.ts';
import { type Answer, askPick, askText } from './quick-input.ts';
import { UserError } from './report.ts';
import { askAccountId, askToken, describeVerifyFailure, type TokenAnswer } from './token-prompt.ts';
import { escapeIcons } from './words.ts';

const TITLE = vscode.l10n.t('Add Account');

/** The environment a token may be offered from; it is read only when the user asks for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function hasEnvironmentToken(environment: Environment): boolean {
  return Boolean(environment['CLOUDFLARE_API_TOKEN']?.trim());
}

/** The whole of Add Account…: token, accounts, label. Nothing is stored before the last answer. */
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
    const added = await addTyped(connections, back);
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
      detail: vscode.l10n.t('It is stored in VS Code’s secret storage, like a token you paste.'),
      source: 'environment' as const,
    },
  ];
  const answer = await askPick({ title: TITLE, placeholder: vscode.l10n.t('Which token?'), items });
  const chosen = answer.kind === 'value' ? answer.value[0] : undefined;
  return chosen ? { kind: 'value', value: chosen.source } : { kind: 'cancel' };
}

async function addTyped(connections: Connections, back: boolean): Promise<'back' | 'done'> {
  for (;;) {
    const answer = await askToken({
      title: TITLE,
      prompt: vscode.l10n.t('Paste a Cloudflare API token. It is kept in VS Code’s secret storage and nowhere else.'),
      connect: connections.connect,
      back,
    });
    if (answer.kind !== 'value') {
      return answer.kind === 'back' ? 'back' : 'done';
    }
    const { verified } = answer.value;
    const accounts = await askAccounts(answer.value, connections);
    if (accounts.kind === 'value') {
      await connections.add(toRecord(verified, connections), accounts.value);
    }
    if (accounts.kind !== 'back') {
      return 'done';
    }
  }
}

/** A token that is stored already keeps its record, so that no token is ever stored twice. */
function toRecord(verified: VerifiedToken, connections: Connections): TokenRecord {
  const known = [...connections.tokens().values()].find(({ token }) => token === verified.token);
  return { version: 1, id: known?.id ?? crypto.randomUUID(), ...verified };
}

/** Which of the accounts the token sees; where it sees none, which account by its id. */
async function askAccounts(
  { verified, accounts: seen, accountId }: TokenAnswer,
  connections: Connections,
): Promise<Answer<readonly Account[]>> {
  if (accountId !== undefined) {
    return askLabel(accountId);
  }
  const api = connections.connect(verified.token);
  if (seen.length === 0) {
    return askTypedAccount(
      api,
      vscode.l10n.t('This token may not list accounts (narrow tokens may not). Enter the ID of the account.'),
    );
  }
  const known = new Set(connections.accounts().map(({ id }) => id));
  for (;;) {
    const items = [
      ...seen.map((account) => ({
        label: escapeIcons(account.name),
        description: account.id,
        ...(known.has(account.id)
          ? { detail: vscode.l10n.t('Already added; it will be read through this token') }
          : {}),
        picked: !known.has(account.id),
        account: account as Account | undefined,
      })),
      { label: vscode.l10n.t('$(edit) Enter an account ID…'), alwaysShow: true, account: undefined },
    ];
    const answer = await askPick({
      title: TITLE,
      placeholder: vscode.l10n.t('Which accounts?'),
      items,
      many: true,
      back: true,
    });
    if (answer.kind !== 'value') {
      return answer;
    }
    const chosen = answer.value.flatMap(({ account }) => (account ? [account] : []));
    if (!answer.value.some(({ account }) => !account)) {
      return { kind: 'value', value: chosen };
    }
    const typed = await askTypedAccount(api, vscode.l10n.t('Enter the ID of the account.'));
    if (typed.kind !== 'back') {
      return typed.kind === 'value' ? { kind: 'value', value: [...chosen, ...typed.value] } : typed;
    }
  }
}

/** An account by its id, which has to answer, then what to call it: such tokens may not read its name. */
async function askTypedAccount(api: Api, prompt: string): Promise<Answer<readonly Account[]>> {
  for (;;) {
    const answer = await askAccountId<string>({
      title: TITLE,
      prompt,
      check: async (accountId, signal) => {
        try {
          await api.listDestinations(accountId, signal);
          return { ok: true, value: accountId };
        } catch (error) {
          if (error instanceof ApiError) {
            return { ok: false, problem: describeProblem(error, vscode.l10n.t('account {0}', accountId)).sentence };
          }
          throw error;
        }
      },
    });
    if (answer.kind !== 'value') {
      return answer;
    }
    const labelled = await askLabel(answer.value);
    if (labelled.kind !== 'back') {
      return labelled;
    }
  }
}

async function askLabel(id: string): Promise<Answer<readonly Account[]>> {
  return askText<readonly Account[]>({
    title: TITLE,
    prompt: vscode.l10n.t('What to call this account?'),
    placeholder: vscode.l10n.t('Label'),
    value: id.slice(0, 8),
    back: true,
    check: (text) => ({ ok: true, value: [{ id, name: text.trim() || id }] }),
  });
}

/** One click: the token of the environment with all accounts it sees, or the one CLOUDFLARE_ACCOUNT_ID names. */
export async function addFromEnvironment(connections: Connections, environment: Environment): Promise<void> {
  const cleaned = cleanToken(environment['CLOUDFLARE_API_TOKEN'] ?? '');
  if (!cleaned.ok) {
    throw new UserError(vscode.l10n.t('CLOUDFLARE_API_TOKEN in the environment does not hold an API token.'));
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
        'The token in CLOUDFLARE_API_TOKEN may not list accounts. Set CLOUDFLARE_ACCOUNT_ID too, or paste the token in Add Account… and enter the account ID there.',
      ),
    );
  }
  await connections.add(toRecord(verified, connections), wanted);
}
