import * as vscode from 'vscode';
import { ApiError, lackPermission } from '../../core/api/api-error.ts';
import { createLimit } from '../../core/async/limit.ts';
import { plain } from '../../core/model/plain-text.ts';
import type { Account } from '../../core/model/account.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { orphanedTokens, removeAccount as withoutAccount, toAccount } from '../../core/accounts/remembered-accounts.ts';
import type { Connections } from './connections.ts';
import { isReadOnly } from '../../core/accounts/token-permission.ts';
import { inView } from '../host/commands.ts';
import { withProgress } from '../monitoring/refreshing.ts';
import { describeProblem } from '../text/error.ts';
import { ask, tell } from '../host/notice.ts';
import { runCommand } from '../host/run-command.ts';
import { askPick, askText } from '../host/quick-input.ts';
import type { Services } from '../../services.ts';
import { warnUnsaved } from './storage-trouble.ts';
import { UserError } from '../host/report.ts';
import {
  findTokenInUse,
  removeStoredAccount,
  replaceStoredToken,
  storeLabel,
  storeTokenChoice,
} from './stored-accounts.ts';
import { askToken } from './token-prompt.ts';
import { enumerate, nameSome, plural } from '../text/format.ts';
import { describeExpiry, describeToken } from '../text/token.ts';

/** Replaces the token of an account. All accounts of the old token use the new token. */
export async function replaceToken({ account, token }: Connection, connections: Connections): Promise<void> {
  const inUse = findTokenInUse(connections, account.id);
  const affected = connections
    .accounts()
    .filter(({ id }) => inUse.accountIds.includes(id))
    .map(toAccount);
  const others = affected.filter(({ id }) => id !== account.id);
  const answer = await askToken({
    title: vscode.l10n.t('Replace Token of {0}', account.name),
    prompt:
      others.length > 0
        ? vscode.l10n.t(
            'Paste the new token. These accounts will use it too: {0}.',
            enumerate(others.map(({ name }) => name)),
          )
        : vscode.l10n.t('Paste the new token. It replaces the current token.'),
    connect: connections.connect,
    pageAccountId: account.id,
    ...(token?.owner === 'user' ? {} : { accountId: account.id }),
  });
  if (answer.kind !== 'value') {
    return;
  }
  const { verified } = answer.value;
  const lost = await findUnreadable(connections, verified.token, affected);
  if (!lost) {
    return;
  }
  if (lost.length > 0 && !(await confirmUnreadable(lost, vscode.l10n.t('Replace Anyway')))) {
    return;
  }
  const isReadable = lost.every(({ account: { id } }) => id !== account.id);
  const api = connections.connect(verified.token);
  if (isReadable && (await inView(async () => isReadOnly(api, account.id))) && !(await confirmReadOnly(account))) {
    return;
  }
  warnUnsaved(await replaceStoredToken(connections, inUse, verified), connections);
}

async function confirmReadOnly({ name }: Account): Promise<boolean> {
  const goOn = vscode.l10n.t('Replace Anyway');
  const chosen = await ask(
    vscode.l10n.t('This token can only read the notifications of {0}.', name),
    vscode.l10n.t(
      'With it, you can view destinations and policies, but not create, edit, test through Cloudflare or delete them. A token that can make changes has the permission “Account › Notifications”: Edit.',
    ),
    goOn,
  );
  return chosen === goOn;
}

const VERIFIED_AT_ONCE = 6;

/** An account that a token cannot access, and the error. */
export type Unreadable = { readonly account: Account; readonly error: ApiError };

/**
 * Lists the destinations of each account, because one successful call proves the permission. Several at a time, within the
 * rate limit of the token. Undefined if the user canceled.
 */
export async function findUnreadable(
  { connect, admit }: Pick<Connections, 'connect' | 'admit'>,
  token: string,
  accounts: readonly Account[],
): Promise<readonly Unreadable[] | undefined> {
  const api = connect(token);
  const limit = createLimit(VERIFIED_AT_ONCE);

  async function verify(account: Account, signal: AbortSignal): Promise<readonly Unreadable[]> {
    try {
      await admit(token, signal);
      await api.listDestinations(account.id, signal);
      return [];
    } catch (error) {
      if (error instanceof ApiError) {
        // The token has just been verified.
        return [{ account, error: error.kind === 'auth' ? lackPermission(error) : error }];
      }
      throw error;
    }
  }

  const title = vscode.l10n.t('Verifying that the token can read each account');
  return withProgress({ title, total: accounts.length }, async (signal, onDone) => {
    try {
      const tried = await Promise.all(
        accounts.map(async (account) => limit(async () => verify(account, signal).finally(onDone))),
      );
      return tried.flat();
    } catch (error) {
      if (signal.aborted) {
        return undefined;
      }
      throw error;
    }
  });
}

/** A modal message does not scroll, so it has only the first names and reasons. */
const MOST_NAMES = 10;
const MOST_REASONS = 3;

/** Shows which accounts failed and why. Returns whether the user continues anyway. */
export async function confirmUnreadable(unreadable: readonly Unreadable[], goOn: string): Promise<boolean> {
  const allNames = unreadable.map(({ account }) => account.name);
  const names = enumerate(nameSome(allNames, MOST_NAMES));
  // Each is one line of the detail.
  const reasons = unreadable.map(({ account, error }) => plain(describeProblem(error, account.name).sentence));
  const chosen = await ask(
    plural(
      allNames.length,
      vscode.l10n.t('This token cannot access {0}.', names),
      vscode.l10n.t('This token cannot access {0} accounts: {1}.', allNames.length, names),
    ),
    nameSome(reasons, MOST_REASONS).join('\n\n'),
    goOn,
  );
  return chosen === goOn;
}

/** Asks which stored token the account uses. */
export async function chooseToken({ account }: Connection, connections: Connections): Promise<void> {
  const [used, ...others] = connections.accounts().find(({ id }) => id === account.id)?.tokenIds ?? [];
  const tokens = connections.tokens();
  const items = [used, ...others].flatMap((id, index) => {
    const record = id === undefined ? undefined : tokens.get(id);
    return record
      ? [
          {
            label: describeToken(record),
            description: index === 0 ? vscode.l10n.t('in use') : '',
            detail: describeExpiry(record),
            record,
          },
        ]
      : [];
  });
  if (items.length < 2) {
    void offerAnotherToken(account);
    return;
  }
  const answer = await askPick({
    title: vscode.l10n.t('Choose Token of {0}', account.name),
    placeholder: vscode.l10n.t('Choose the token for this account'),
    items,
  });
  const chosen = answer.kind === 'value' ? answer.value[0] : undefined;
  if (chosen) {
    await storeTokenChoice(connections, account.id, used, chosen.record.id);
  }
}

/** There is nothing to choose from with one token, which is no error. */
async function offerAnotherToken(account: Account): Promise<void> {
  const [add, replace] = [vscode.l10n.t('Add Account…'), vscode.l10n.t('Replace Token…')];
  const chosen = await tell(
    'information',
    vscode.l10n.t(
      'Only one stored token has access to {0}. “Add Account…” adds another token, and “Replace Token…” replaces this one.',
      account.name,
    ),
    add,
    replace,
  );
  if (chosen === add) {
    await runCommand('addAccount');
  } else if (chosen === replace) {
    await runCommand('replaceToken', { kind: 'account', accountId: account.id });
  }
}

/** Changes the label of an account in VS Code only. */
export async function renameAccount({ account }: Connection, connections: Connections): Promise<void> {
  const answer = await askText<string>({
    title: vscode.l10n.t('Rename Account'),
    prompt: vscode.l10n.t(
      'Enter a name for {0} in VS Code. Leave it empty to use the name from Cloudflare.',
      account.name,
    ),
    value: account.name,
    check: (text) => ({ ok: true, value: text }),
  });
  if (answer.kind === 'value') {
    await storeLabel(connections, account, answer.value);
  }
}

/** Removes an account from VS Code after confirmation. Nothing changes at Cloudflare. */
export async function removeAccount(
  { account }: Connection,
  services: Pick<Services, 'connections' | 'snapshots' | 'timelines' | 'secrets'>,
): Promise<void> {
  const { connections, secrets } = services;
  const accounts = connections.accounts();
  const orphans = orphanedTokens(accounts, withoutAccount(accounts, account.id));
  const remove = vscode.l10n.t('Remove');
  const chosen = await ask(
    vscode.l10n.t('Remove the account “{0}” from VS Code?', account.name),
    orphans.length > 0
      ? vscode.l10n.t(
          'This removes its label, position and remembered secrets. Its token is deleted from VS Code’s secret storage, because no other account uses it. Nothing changes at Cloudflare, and the token stays valid.',
        )
      : vscode.l10n.t(
          'This removes its label, position and remembered secrets. Its token stays stored, because other accounts use it. Nothing changes at Cloudflare.',
        ),
    remove,
  );
  if (chosen !== remove) {
    return;
  }
  const isTokenDeleted = await removeStoredAccount(services, account.id);
  // Only now: the stored list may be one that this version cannot change.
  const areSecretsDeleted = await secrets.forgetAccount(account.id);
  if (!isTokenDeleted) {
    throw new UserError(
      vscode.l10n.t(
        'The account was removed, but VS Code’s secret storage could not delete its token. Delete or roll the token at Cloudflare.',
      ),
    );
  }
  if (!areSecretsDeleted) {
    throw new UserError(
      vscode.l10n.t(
        'The account was removed, but VS Code’s secret storage could not delete its remembered secrets. The extension tries again after the next start of VS Code.',
      ),
    );
  }
}
