import * as vscode from 'vscode';
import type { ApiError } from '../../core/api/api-error.ts';
import type { Host } from '../../core/api/transport.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { AccountEntry } from '../../core/monitoring/account-state.ts';
import { oldestAllowedOf } from '../../core/monitoring/status.ts';
import type { Store } from '../../core/monitoring/store.ts';
import {
  answerTool,
  findAccounts,
  nameAccounts,
  type ToolInput,
  type ToolKind,
} from '../../core/monitoring/tool-answer.ts';
import { describeProblem } from '../text/error.ts';
import { enumerate, escapeMarkdown, list, plural } from '../text/format.ts';

type Call<T> = (kind: ToolKind, input: ToolInput, token: vscode.CancellationToken) => Promise<T>;

export type ToolCalls = {
  readonly prepare: Call<vscode.PreparedToolInvocation>;
  readonly invoke: Call<vscode.LanguageModelToolResult>;
};

export type ToolServices = {
  readonly store: Pick<Store, 'entries'>;
  readonly host: Pick<Host, 'now' | 'sleep'>;
  /** The refresh interval of an account (milliseconds; 0: never) decides when its data is stale. */
  readonly backgroundRefresh: { readonly intervalOf: (connection: Connection) => number };
  /** Resolves once the accounts are loaded, with whether they could be. */
  readonly loaded: Promise<boolean>;
};

/** How long a confirmation counts as open, in milliseconds. VS Code does not say when it was declined. */
const LONGEST_OPEN = 2 * 60_000;
/** The most inputs of open calls. The input is text of the model. */
const MOST_PREPARED = 100;

/** `openedAt`: when the confirmations that were not answered were opened. `ids`: the accounts that all of them named. */
type PreparedCalls = { readonly openedAt: readonly number[]; readonly ids: ReadonlySet<string> };

/**
 * The accounts that confirmations named, by the kind and input of the call. VS Code gives a call no ID, so
 * equal calls that are open at the same time disclose only the accounts that all their confirmations named.
 */
function createPreparedCalls({ now }: Pick<Host, 'now'>) {
  const prepared = new Map<string, PreparedCalls>();
  return {
    add(key: string, named: ReadonlySet<string>): void {
      const before = prepared.get(key);
      const open = before?.openedAt.filter((at) => now() - at < LONGEST_OPEN) ?? [];
      const ids = before && open.length > 0 ? new Set([...named].filter((id) => before.ids.has(id))) : named;
      prepared.delete(key);
      prepared.set(key, { openedAt: [...open, now()], ids });
      for (const oldest of [...prepared.keys()].slice(0, -MOST_PREPARED)) {
        prepared.delete(oldest);
      }
    },
    /** Undefined if no confirmation of this call is open. */
    take(key: string): ReadonlySet<string> | undefined {
      const found = prepared.get(key);
      const openedAt = found?.openedAt.slice(0, -1) ?? [];
      if (found && openedAt.length > 0) {
        prepared.set(key, { ...found, openedAt });
      } else {
        prepared.delete(key);
      }
      return found?.ids;
    },
  };
}

export function createToolCalls({ store, host, backgroundRefresh, loaded }: ToolServices): ToolCalls {
  const oldestAllowed = ({ connection }: AccountEntry): number =>
    oldestAllowedOf(backgroundRefresh.intervalOf(connection));
  const prepared = createPreparedCalls(host);

  /**
   * All accounts. Throws if the call would give data of one that its confirmation did not name: another window can change the
   * accounts while the user is asked. VS Code does not prepare a call outside a chat, about which it asks nothing.
   */
  function requireConfirmed(kind: ToolKind, input: ToolInput): readonly AccountEntry[] {
    const named = prepared.take(keyOf(kind, input));
    const entries = store.entries();
    if (named && idsOf(disclosedBy(entries, input)).some((id) => !named.has(id))) {
      throw new Error('The accounts in VS Code have changed since the user was asked. Call the tool again.');
    }
    return entries;
  }

  return {
    prepare: async (kind, input, token) =>
      untilCanceled(token, async (signal) => {
        await loaded;
        signal.throwIfAborted();
        const entries = store.entries();
        prepared.add(keyOf(kind, input), new Set(idsOf(disclosedBy(entries, input))));
        return prepare(kind, input, entries);
      }),
    invoke: async (kind, input, token) => {
      const text = await untilCanceled(token, async (signal) => {
        const areAccountsKnown = await loaded;
        const entries = requireConfirmed(kind, input);
        return answerTool(kind, input, { entries, areAccountsKnown, host, oldestAllowed, describeError }, signal);
      });
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  };
}

function describeError(error: ApiError, accountName: string): string {
  return describeProblem(error, accountName).headline;
}

function keyOf(kind: ToolKind, input: ToolInput): string {
  return JSON.stringify([kind, input]);
}

/** For an unknown account, the language model gets the names of all accounts. */
function disclosedBy(entries: readonly AccountEntry[], input: ToolInput): readonly AccountEntry[] {
  const asked = findAccounts(entries, input);
  return asked.length > 0 ? asked : entries;
}

const idsOf = (entries: readonly AccountEntry[]): readonly string[] =>
  entries.map(({ connection }) => connection.account.id);

function prepare(kind: ToolKind, input: ToolInput, entries: readonly AccountEntry[]): vscode.PreparedToolInvocation {
  const isList = kind === 'list';
  return {
    invocationMessage: isList
      ? vscode.l10n.t('Listing webhook destinations')
      : vscode.l10n.t('Getting failing webhook destinations'),
    confirmationMessages: {
      title: isList ? vscode.l10n.t('List webhook destinations') : vscode.l10n.t('Get failing webhook destinations'),
      message: new vscode.MarkdownString(describeDisclosure(entries, input)),
    },
  };
}

/** Ends at once if the token is canceled, with VS Code's own error. */
async function untilCanceled<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let listening: vscode.Disposable | undefined;
  const canceled = new Promise<never>((_, reject) => {
    const cancel = (): void => {
      reject(new vscode.CancellationError());
      controller.abort();
    };
    if (token.isCancellationRequested) {
      cancel();
    }
    listening = token.onCancellationRequested(cancel);
  });
  try {
    return await Promise.race([canceled, work(controller.signal)]);
  } finally {
    listening?.dispose();
  }
}

/** Describes in Markdown which data of which accounts the language model gets. */
function describeDisclosure(entries: readonly AccountEntry[], input: ToolInput): string {
  const asked = findAccounts(entries, input);
  if (asked.length === 0) {
    return entries.length === 0
      ? vscode.l10n.t('No account was added. The language model gets no data.')
      : vscode.l10n.t('The language model asks for an account that was not added. It gets the names of your accounts.');
  }
  const { names, more } = nameAccounts(asked);
  const escaped = names.map(escapeMarkdown);
  return plural(
    asked.length,
    vscode.l10n.t(
      'The language model gets data of the account {0}: the names, IDs, types, hosts, health and delivery times of its webhook destinations. It gets no token, no secret and no full URL.',
      escaped[0] ?? '',
    ),
    vscode.l10n.t(
      'The language model gets data of these accounts: {0}. The data is the names, IDs, types, hosts, health and delivery times of their webhook destinations. It gets no token, no secret and no full URL.',
      more > 0 ? vscode.l10n.t('{0} and {1} more', enumerate(escaped), more) : list(escaped),
    ),
  );
}
