import type { ApiError } from '../api/api-error.ts';
import type { Host } from '../api/transport.ts';
import { parseAccountId } from '../model/account.ts';
import { shownHostOf } from '../model/destination.ts';
import { shownHealthOf } from '../model/health.ts';
import { plain } from '../model/plain-text.ts';
import { type AccountEntry, isIncomplete, shownOf } from './account-state.ts';
import { countUnread } from './snapshot.ts';
import { isStaleAt } from './status.ts';
import { locateAll, locateFailing, type Shown } from './overview.ts';

/** The input of a tool: the destinations of one account, by name or ID, or of all accounts. VS Code does not validate it. */
export type ToolInput = { readonly account?: unknown };
export type ToolKind = 'list' | 'failing';

/**
 * What is known about an account:
 * - `fresh`: fetched within the allowed age
 * - `stale`: older, from the cache, or from before a failed refresh
 * - `loading`: no data yet, the first refresh is in flight
 * - `failed`: no data, because the refresh failed
 * - `unread`: no data, and no refresh has started
 */
export type ToolAccountState = 'fresh' | 'stale' | 'loading' | 'failed' | 'unread';

/**
 * What an empty list of destinations means:
 * - `complete`: all accounts are fresh and were read as a whole, so nothing was found
 * - `partial`: there may be more, or other ones
 * - `unknown`: there is no data of any account, or the stored accounts could not be loaded
 * - `noAccounts`: no account was added
 */
export type ToolKnowledge = 'complete' | 'partial' | 'unknown' | 'noAccounts';

export type ToolOptions = {
  readonly entries: readonly AccountEntry[];
  /** Whether the stored accounts could be loaded. */
  readonly areAccountsKnown: boolean;
  readonly host: Pick<Host, 'now' | 'sleep'>;
  /** The age in milliseconds from which the data of an account is stale. */
  readonly oldestAllowed: (entry: AccountEntry) => number;
  readonly describeError: (error: ApiError, accountName: string) => string;
};

/** Names are text of other people. A longer name is cut, so that it does not crowd out the rest of the answer. */
const LONGEST_NAME = 200;
const MOST_NAMES = 20;
/** How long an answer waits for loading accounts, in milliseconds. */
const LONGEST_WAIT = 10_000;

/**
 * Answers a tool call with JSON. It contains only the host of a URL, because the rest is a credential. Names are
 * untrusted text, so they are JSON values and not prose that a model could take for instructions.
 * Throws for an account that is not known, and as soon as the signal aborts.
 */
export async function answerTool(
  kind: ToolKind,
  input: ToolInput,
  options: ToolOptions,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const asked = findAccounts(options.entries, input);
  if (asked.length === 0 && options.entries.length > 0) {
    throw new Error(describeUnknownAccount(options.entries, input));
  }
  await waitForRefresh(asked, options.host, signal);
  const located = kind === 'list' ? locateAll(asked) : locateFailing(asked);
  const states = asked.map((entry) => stateOf(entry, options));
  const unreadable = asked.reduce(
    (sum, { state }) => sum + (state.last && isIncomplete(state) ? countUnread(state.last) : 0),
    0,
  );
  const knowledge = states.length === 0 && !options.areAccountsKnown ? 'unknown' : knowledgeOf(states, unreadable);
  return JSON.stringify({
    knowledge,
    note: describeKnowledge(knowledge, { kind, states, unreadable, found: located.length }),
    accounts: asked.map((entry) => describeAccount(entry, options)),
    destinations: located.map(describeDestination),
  });
}

/** The accounts that a tool call is about. Empty for an account that is not known. */
export function findAccounts(entries: readonly AccountEntry[], { account: asked }: ToolInput): readonly AccountEntry[] {
  const wanted = fold(textOf(asked));
  const id = parseAccountId(wanted);
  return wanted === ''
    ? entries
    : entries.filter(
        ({ connection: { account } }) =>
          account.id === id || fold(account.name) === wanted || fold(nameOf(account)) === wanted,
      );
}

/** The first names of accounts as they may be shown, and how many more there are. */
export function nameAccounts(entries: readonly AccountEntry[]): {
  readonly names: readonly string[];
  readonly more: number;
} {
  const names = entries.slice(0, MOST_NAMES).map(({ connection: { account } }) => nameOf(account));
  return { names, more: entries.length - names.length };
}

function nameOf({ name }: { readonly name: string }): string {
  return plain(name, LONGEST_NAME);
}

function textOf(asked: unknown): string {
  return typeof asked === 'string' ? asked : asked === undefined || asked === null ? '' : JSON.stringify(asked);
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

function describeUnknownAccount(entries: readonly AccountEntry[], { account: asked }: ToolInput): string {
  const { names, more } = nameAccounts(entries);
  const known = names.map((name) => JSON.stringify(name)).join(', ');
  return [
    `No account in VS Code has the name or ID ${JSON.stringify(plain(textOf(asked), LONGEST_NAME))}.`,
    `Known accounts: ${known}${more > 0 ? ` and ${more} more` : ''}.`,
    'Call the tool again with one of these names, or without “account” for all accounts.',
  ].join(' ');
}

/** Waits briefly for accounts whose first refresh is in flight. */
async function waitForRefresh(
  entries: readonly AccountEntry[],
  { sleep }: Pick<Host, 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  const refreshes = entries.flatMap(({ state, inFlight }) => (state.last || !inFlight ? [] : [inFlight]));
  if (refreshes.length === 0) {
    return;
  }
  const finished = new AbortController();
  try {
    await Promise.race([Promise.all(refreshes), sleep(LONGEST_WAIT, AbortSignal.any([signal, finished.signal]))]);
  } finally {
    finished.abort();
  }
}

function stateOf(entry: AccountEntry, { host, oldestAllowed }: ToolOptions): ToolAccountState {
  const { kind } = entry.state;
  const shown = shownOf(entry.state);
  if (!shown) {
    return kind === 'loading' || kind === 'failed' ? kind : 'unread';
  }
  return kind === 'ready' && !isStaleAt(shown.at, host.now(), oldestAllowed(entry)) ? 'fresh' : 'stale';
}

/** `unreadable`: how many entries of the accounts’ lists could not be read. */
function knowledgeOf(states: readonly ToolAccountState[], unreadable: number): ToolKnowledge {
  if (states.length === 0) {
    return 'noAccounts';
  }
  return unreadable === 0 && states.every((state) => state === 'fresh')
    ? 'complete'
    : states.some((state) => state === 'fresh' || state === 'stale')
      ? 'partial'
      : 'unknown';
}

function describeKnowledge(
  knowledge: ToolKnowledge,
  {
    kind,
    states,
    unreadable,
    found,
  }: {
    readonly kind: ToolKind;
    readonly states: readonly ToolAccountState[];
    readonly unreadable: number;
    readonly found: number;
  },
): string | undefined {
  const uncertain = states.filter((state) => state !== 'fresh').length;
  switch (knowledge) {
    case 'complete':
      return found > 0
        ? undefined
        : kind === 'list'
          ? 'These accounts have no webhook destination.'
          : 'No webhook destination of these accounts is failing.';
    case 'partial':
      return [
        ...(uncertain > 0
          ? [`The present state of ${uncertain} of ${states.length} accounts is not known: see “state”.`]
          : []),
        ...(unreadable > 0
          ? [`Entries of Cloudflare’s lists that could not be read: ${unreadable}. See “unreadableEntries”.`]
          : []),
        'Destinations that are not listed may exist and may be failing.',
      ].join(' ');
    case 'unknown':
      return states.length === 0
        ? 'VS Code could not load the stored accounts, so nothing is known about any destination. The user reloads the window to try again.'
        : 'Nothing is known about the destinations of these accounts: see “state”. The empty list does not mean that nothing is failing.';
    case 'noAccounts':
      return 'No Cloudflare account was added to VS Code, so nothing is known about any destination. The user adds accounts with the command “Cloudflare Webhooks: Add Account…”.';
    default:
      return knowledge satisfies never;
  }
}

function describeAccount(entry: AccountEntry, options: ToolOptions): Readonly<Record<string, unknown>> {
  const {
    connection: { account },
    state,
    inFlight,
  } = entry;
  const shown = shownOf(state);
  return {
    id: account.id,
    name: nameOf(account),
    state: stateOf(entry, options),
    readAt: shown ? new Date(shown.at).toISOString() : null,
    refreshing: inFlight !== undefined,
    ...(state.last && isIncomplete(state) ? { unreadableEntries: countUnread(state.last) } : {}),
    ...(state.kind === 'failed'
      ? { problemKind: state.error.kind, problem: options.describeError(state.error, nameOf(account)) }
      : {}),
  };
}

function describeDestination({ connection, destination }: Shown): Readonly<Record<string, unknown>> {
  const { id, name, type, createdAt, lastSuccess, lastFailure } = destination;
  return {
    account: nameOf(connection.account),
    accountId: connection.account.id,
    id,
    name: plain(name, LONGEST_NAME),
    type: plain(type, LONGEST_NAME),
    host: shownHostOf(destination),
    health: shownHealthOf(destination),
    createdAt: createdAt ?? null,
    lastSuccess: lastSuccess ?? null,
    lastFailure: lastFailure ?? null,
  };
}
