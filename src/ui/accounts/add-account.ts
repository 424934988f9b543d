import * as vscode from 'vscode';
import { type Account, parseAccountId } from '../../core/model/account.ts';
import { ApiError } from '../../core/api/api-error.ts';
import { type Api, MOST_ACCOUNTS } from '../../core/api/client.ts';
import { checkToken, discoverAccounts } from '../../core/accounts/onboarding.ts';
import { type AddedAccount, toAccount } from '../../core/accounts/remembered-accounts.ts';
import { cleanToken } from '../../core/model/token.ts';
import type { Connections } from './connections.ts';
import { type Environment, hasEnvironmentToken } from './environment.ts';
import { confirmUnreadable, findUnreadable } from './manage-accounts.ts';
import { describeProblem } from '../text/error.ts';
import { createContextKey } from '../host/context-key.ts';
import { type Answer, askPick, askText, type Step } from '../host/quick-input.ts';
import { UserError } from '../host/report.ts';
import { storeAccounts } from './stored-accounts.ts';
import { warnUnsaved } from './storage-trouble.ts';
import {
  askAccountId,
  askToken,
  describeAccountIdProblem,
  describeVerifyFailure,
  type KeptToken,
  type TokenAnswer,
} from './token-prompt.ts';

const TITLE = vscode.l10n.t('Add Account');

/** Whether the empty view explains that the last token lists no accounts. */
const setTokenWithoutAccounts = createContextKey('tokenWithoutAccounts');

/** What the user typed and selected, in memory until the flow ends, so that Back loses nothing. */
type Kept = KeptToken & {
  /** The selected accounts of a token. */
  selected?: { readonly token: string; readonly ids: ReadonlySet<string> };
  /** The account ID that was typed instead of a selection. */
  accountId?: string;
  label?: { readonly accountId: string; readonly text: string };
};

type Flow = { readonly connections: Connections; readonly environment: Environment; readonly kept: Kept };

/** The choice of a token comes first if the environment has one. The label is asked for one account only. */
function stepOf(name: 'source' | 'token' | 'accounts' | 'label', environment: Environment): Step {
  const names = [...(hasEnvironmentToken(environment) ? ['source'] : []), 'token', 'accounts', 'label'];
  return { at: names.indexOf(name) + 1, of: names.length };
}

/** Runs Add Account…: token, accounts, label. Nothing is stored before the last answer. */
export async function addAccount(connections: Connections, environment: Environment): Promise<void> {
  const kept: Kept = {};
  for (;;) {
    const source = await askSource(environment);
    if (source.kind !== 'value') {
      return;
    }
    const back = hasEnvironmentToken(environment);
    const added = await (source.value === 'environment'
      ? addFromEnvironment(connections, environment)
      : addTyped({ connections, environment, kept }, back));
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
  const answer = await askPick({
    title: TITLE,
    step: stepOf('source', environment),
    placeholder: vscode.l10n.t('Choose a token'),
    items,
  });
  const chosen = answer.kind === 'value' ? answer.value[0] : undefined;
  return chosen ? { kind: 'value', value: chosen.source } : { kind: 'cancel' };
}

async function addTyped(flow: Flow, back: boolean): Promise<'back' | 'done'> {
  const { connections, environment, kept } = flow;
  for (;;) {
    const answer = await askToken({
      title: TITLE,
      prompt: vscode.l10n.t('Paste a Cloudflare API token. It is stored only in VS Code’s secret storage.'),
      connect: connections.connect,
      step: stepOf('token', environment),
      back,
      kept,
    });
    if (answer.kind !== 'value') {
      return answer.kind === 'back' ? 'back' : 'done';
    }
    const { verified, accountId } = answer.value;
    const accounts = await askReadableAccounts(answer.value, flow);
    if (accounts.kind === 'value') {
      warnUnsaved(await storeAccounts(connections, verified, accounts.value), connections);
      setTokenWithoutAccounts(false);
    }
    if (accounts.kind !== 'back') {
      return 'done';
    }
    kept.atOwner = accountId !== undefined;
  }
}

/** Returns the accounts to add, with a label. The token can access each account, or the user confirmed it anyway. */
async function askReadableAccounts(answer: TokenAnswer, flow: Flow): Promise<Answer<readonly AddedAccount[]>> {
  const { connections } = flow;
  for (;;) {
    const chosen =
      answer.accountId === undefined
        ? await askAccounts(answer, flow)
        : ({ kind: 'value', value: [{ id: answer.accountId, name: answer.accountId }] } as const);
    if (chosen.kind !== 'value') {
      return chosen;
    }
    const unreadable = await findUnreadable(connections, answer.verified.token, chosen.value);
    if (!unreadable) {
      return { kind: 'cancel' };
    }
    if (unreadable.length > 0 && !(await confirmUnreadable(unreadable, vscode.l10n.t('Add Anyway')))) {
      // Back to the account choice, or to the account ID of an account-owned token.
      if (answer.accountId === undefined) {
        continue;
      }
      return { kind: 'back' };
    }
    const [only, ...others] = chosen.value;
    const labelled = only && others.length === 0 ? await askLabel(only, flow) : chosen;
    if (labelled.kind !== 'back' || answer.accountId !== undefined) {
      return labelled;
    }
  }
}

/** Asks which listed accounts to add. Asks for an account ID instead if the token lists none, or on request. */
async function askAccounts(
  { accounts: seen, verified: { token } }: TokenAnswer,
  flow: Flow,
): Promise<Answer<readonly Account[]>> {
  const { connections, environment, kept } = flow;
  const api = connections.connect(token);
  if (seen.length === 0) {
    const prompt = vscode.l10n.t('This token cannot list accounts. Enter the account ID.');
    const typed = await askTypedAccount(api, prompt, flow);
    setTokenWithoutAccounts(typed.kind === 'cancel');
    return typed;
  }
  setTokenWithoutAccounts(false);
  const known = new Set(connections.accounts().map(({ id }) => id));
  for (;;) {
    const selected = kept.selected?.token === token ? kept.selected.ids : undefined;
    const answer = await askPick({
      title: TITLE,
      step: stepOf('accounts', environment),
      placeholder:
        seen.length < MOST_ACCOUNTS
          ? vscode.l10n.t('Choose the accounts to add')
          : vscode.l10n.t(
              'Choose the accounts to add. Only the first {0} are listed. For any other account, enter its ID.',
              MOST_ACCOUNTS,
            ),
      items: seen.map((account) => ({
        label: account.name,
        description: account.id,
        ...(known.has(account.id) ? { detail: vscode.l10n.t('Already added. Select it to use this token.') } : {}),
        picked: selected?.has(account.id) ?? !known.has(account.id),
        account,
      })),
      many: true,
      back: true,
      onBack: (items) => {
        kept.selected = { token, ids: new Set(items.map(({ account }) => account.id)) };
      },
      button: { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Enter an Account ID') },
    });
    if (answer.kind === 'value') {
      const accounts = answer.value.map(({ account }) => account);
      kept.selected = { token, ids: new Set(accounts.map(({ id }) => id)) };
      return { kind: 'value', value: accounts };
    }
    if (answer.kind !== 'button') {
      return { kind: answer.kind };
    }
    const typed = await askTypedAccount(api, vscode.l10n.t('Enter the account ID.'), flow);
    if (typed.kind !== 'back') {
      return typed;
    }
  }
}

/** Asks for an account ID. Rejects an unknown account; permission problems are confirmed later. */
async function askTypedAccount(
  api: Api,
  prompt: string,
  { environment, kept }: Flow,
): Promise<Answer<readonly Account[]>> {
  return askAccountId<readonly Account[]>({
    title: TITLE,
    step: stepOf('accounts', environment),
    prompt,
    value: kept.accountId ?? parseAccountId(environment['CLOUDFLARE_ACCOUNT_ID'] ?? '') ?? '',
    onBack: (text) => {
      kept.accountId = text;
    },
    check: async (id, signal) => {
      kept.accountId = id;
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

async function askLabel(
  { id, name }: Account,
  { connections, environment, kept }: Flow,
): Promise<Answer<readonly AddedAccount[]>> {
  const known = connections.accounts().find((account) => account.id === id);
  const suggested = known ? toAccount(known).name : name === id ? id.slice(0, 8) : name;
  return askText<readonly AddedAccount[]>({
    title: TITLE,
    step: stepOf('label', environment),
    prompt: vscode.l10n.t('Enter a name for this account.'),
    placeholder: vscode.l10n.t('Label'),
    value: kept.label?.accountId === id ? kept.label.text : suggested,
    back: true,
    onBack: (text) => {
      kept.label = { accountId: id, text };
    },
    check(text) {
      const label = text.trim();
      const isUnchanged = known ? label === suggested : label === name;
      return { ok: true, value: [label === '' || isUnchanged ? { id, name } : { id, name, label }] };
    },
  });
}

/**
 * Adds the environment's token with all accounts it lists, or with the account in CLOUDFLARE_ACCOUNT_ID. Asks which ones if
 * some have been added already: they would use this token instead of theirs.
 */
export async function addFromEnvironment(connections: Connections, environment: Environment): Promise<'back' | 'done'> {
  const cleaned = cleanToken(environment['CLOUDFLARE_API_TOKEN'] ?? '');
  if (!cleaned.ok) {
    throw new UserError(vscode.l10n.t('The environment variable CLOUDFLARE_API_TOKEN does not contain an API token.'));
  }
  const typedId = environment['CLOUDFLARE_ACCOUNT_ID']?.trim() ?? '';
  const accountId = parseAccountId(typedId);
  if (typedId !== '' && accountId === undefined) {
    throw new UserError(`CLOUDFLARE_ACCOUNT_ID: ${describeAccountIdProblem(typedId)}`);
  }
  const { token } = cleaned;
  const api = connections.connect(token);
  const verified = await checkToken(api, token, accountId).catch((error: unknown) => {
    throw error instanceof ApiError ? new UserError(`CLOUDFLARE_API_TOKEN: ${describeVerifyFailure(error)}`) : error;
  });
  const seen = verified?.owner === 'user' ? await discoverAccounts(api) : [];
  const wanted = accountId ? [seen.find(({ id }) => id === accountId) ?? { id: accountId, name: accountId }] : seen;
  setTokenWithoutAccounts(wanted.length === 0);
  if (!verified || wanted.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        'The token in CLOUDFLARE_API_TOKEN cannot list accounts. Set CLOUDFLARE_ACCOUNT_ID too, or use “Add Account…” and enter the account ID.',
      ),
    );
  }
  const known = new Set(connections.accounts().map(({ id }) => id));
  const chosen = wanted.some(({ id }) => known.has(id))
    ? await askAccounts({ verified, accounts: wanted }, { connections, environment, kept: {} })
    : ({ kind: 'value', value: wanted } as const);
  if (chosen.kind !== 'value') {
    return chosen.kind === 'back' ? 'back' : 'done';
  }
  const unreadable = await findUnreadable(connections, token, chosen.value);
  if (unreadable?.length === 0 || (unreadable && (await confirmUnreadable(unreadable, vscode.l10n.t('Add Anyway'))))) {
    warnUnsaved(await storeAccounts(connections, verified, chosen.value), connections);
  }
  return 'done';
}
