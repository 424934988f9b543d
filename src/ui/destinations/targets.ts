import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { findById } from '../../core/model/id.ts';
import { type AccountEntry, mayExist, shownOf } from '../../core/monitoring/account-state.ts';
import { locateAll, type Located, type Shown } from '../../core/monitoring/overview.ts';
import type { Services } from '../../services.ts';
import { countUncertain } from '../../core/monitoring/status.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { type DestinationNode, isNode, type Node } from '../tree/nodes.ts';
import type { CommandHandler } from '../host/commands.ts';
import { pickOne } from '../host/pick.ts';
import { UserError } from '../host/report.ts';
import { describeBriefly, describeUnclear, nameOf } from '../text/destination.ts';
import { describeProblem, describeUnloaded, describeUnread } from '../text/error.ts';

/**
 * Finds the target of a command: its argument, else the selection of the view, else a quick pick. A command never acts on another
 * destination than that of the row: throws {@link UserError} for one that no longer exists, and why its account is unknown.
 */
export type Targets = {
  /** Undefined if the user dismissed the pick. Throws {@link UserError} if there is nothing to pick. */
  account(argument: unknown, title: string): Promise<Connection | undefined>;
  destination(argument: unknown, title: string): Promise<Located | undefined>;
  /** All selected destinations; empty if the pick was dismissed. `selected`: the second argument from VS Code. */
  destinations(argument: unknown, selected: unknown, title: string): Promise<readonly Located[]>;
  /** The row of an argument: a row of the view, or an editor that shows a destination. */
  nodeOf(argument: unknown): Node | undefined;
  /** The rows of a command: its argument and what is selected with it, else the selection of the view. */
  rows(argument: unknown, selected: unknown): readonly Node[];
};

/** `nodeOfEditor`: the row that the editor with this URI stands for. */
export function createTargets(
  services: Pick<Services, 'store' | 'loaded'>,
  selection: () => readonly Node[],
  nodeOfEditor: (argument: unknown) => Node | undefined,
): Targets {
  const { store } = services;
  const nodeOf = (argument: unknown): Node | undefined => (isNode(argument) ? argument : nodeOfEditor(argument));

  function rows(argument: unknown, all: unknown): readonly Node[] {
    const given = nodeOf(argument);
    return !given ? selection() : Array.isArray(all) ? all.filter(isNode) : [given];
  }

  function selectedAccount(argument: unknown): Connection | undefined {
    const node = nodeOf(argument) ?? selection()[0];
    return node && store.entry(node.accountId)?.connection;
  }

  async function locate(node: DestinationNode): Promise<Located | undefined> {
    await untilAccountsKnown(services);
    return findTarget(store, node);
  }

  async function pick(title: string): Promise<Located | undefined> {
    await untilAccountsKnown(services);
    const targets = locateAll(store.entries());
    if (targets.length === 0) {
      throw nothingToPick(store);
    }
    const items = targets.map((target) => ({ ...toPickItem(target), target }));
    const options = { title, matchOnDescription: true, matchOnDetail: true };
    const target = (await pickOne(items, options))?.target;
    return (
      target &&
      locate({ kind: 'destination', accountId: target.connection.account.id, destinationId: target.destination.id })
    );
  }

  /** `areGiven`: the command is about these rows. Others are only selected, and that may have been of rows that are gone. */
  async function locateOrPick(nodes: readonly Node[], areGiven: boolean, title: string): Promise<readonly Located[]> {
    const wanted = nodes
      .filter((each) => each.kind === 'destination')
      .filter(({ accountId }) => areGiven || store.entry(accountId));
    const names = wanted.map(({ accountId, destinationId }) => {
      const shown = findById(shownOf(store.entry(accountId)?.state)?.destinations ?? [], destinationId);
      return shown && nameOf(shown);
    });
    const located = (await Promise.all(wanted.map(locate))).flatMap((each) => each ?? []);
    if (located.length > 0) {
      return located;
    }
    if (areGiven && wanted.length > 0) {
      throw whyMissing(store, wanted, names[0]);
    }
    const picked = await pick(title);
    return picked ? [picked] : [];
  }

  return {
    nodeOf,
    rows,
    async account(argument, title) {
      const chosen = selectedAccount(argument);
      if (chosen) {
        return chosen;
      }
      return pickAnyAccount(services, title);
    },
    async destination(argument, title) {
      const given = nodeOf(argument);
      const [first] = await locateOrPick(given ? [given] : selection().slice(0, 1), given !== undefined, title);
      return first;
    },
    async destinations(argument, all, title) {
      return locateOrPick(rows(argument, all), nodeOf(argument) !== undefined, title);
    },
  };
}

type Identity = Pick<DestinationNode, 'accountId' | 'destinationId'>;

/**
 * The destination of a row, as fetched from Cloudflare; undefined if Cloudflare does not have it. The cache has no URLs, so the
 * account is fetched first where another window has fetched it since. Throws why nothing is known of the account.
 */
async function findTarget(store: Store, { accountId, destinationId }: Identity): Promise<Located | undefined> {
  const known = store.entry(accountId)?.state;
  if (known && (!known.last || known.last.areUrlsOlder)) {
    await store.refresh([accountId]);
  }
  const entry = store.entry(accountId);
  if (!entry) {
    throw new UserError(vscode.l10n.t('The Cloudflare account was removed from VS Code.'));
  }
  if (!entry.state.last) {
    throw whyUnread(entry) ?? new UserError(describeUnread(1), 'retry');
  }
  const destination = findById(entry.state.last.destinations, destinationId);
  return destination && { connection: entry.connection, destination };
}

/** Why none of these is listed. `name`: of the first, if it is known. */
function whyMissing(store: Store, wanted: readonly Identity[], name: string | undefined): UserError {
  const isUnclear = wanted.some(({ accountId, destinationId }) => {
    const entry = store.entry(accountId);
    return entry !== undefined && mayExist(entry, destinationId);
  });
  return new UserError(
    isUnclear
      ? describeUnclear()
      : name === undefined
        ? vscode.l10n.t('This webhook destination no longer exists at Cloudflare.')
        : vscode.l10n.t('“{0}” no longer exists at Cloudflare. It was deleted or replaced.', name),
  );
}

/**
 * A destination as it is now, and the connection of its account: a message can be open for long. Throws {@link UserError} if
 * either is gone.
 */
export async function targetNow(store: Store, { connection, destination }: Located): Promise<Located> {
  const identity = { accountId: connection.account.id, destinationId: destination.id };
  const now = await findTarget(store, identity);
  if (!now) {
    throw whyMissing(store, [identity], nameOf(destination));
  }
  return now;
}

/** Waits for the stored accounts. Throws {@link UserError} if nothing is known of them, because they could not be loaded. */
export async function untilAccountsKnown({ store, loaded }: Pick<Services, 'store' | 'loaded'>): Promise<void> {
  if (!(await loaded) && store.entries().length === 0) {
    throw new UserError(describeUnloaded(), 'showLog');
  }
}

/** Why there is no destination to pick. While an account is loading or failed, its destinations are unknown. */
export function nothingToPick(store: Pick<Store, 'entries' | 'totals'>): UserError {
  for (const entry of store.entries()) {
    const why = whyUnread(entry);
    if (why) {
      return why;
    }
  }
  const uncertain = countUncertain(store.totals());
  return uncertain > 0
    ? new UserError(describeUnread(uncertain), 'retry')
    : new UserError(vscode.l10n.t('There are no webhook destinations. Create one with “Create Destination…”.'));
}

function whyUnread({ connection, state }: AccountEntry): UserError | undefined {
  if (state.kind !== 'failed') {
    return undefined;
  }
  const { sentence, remedies } = describeProblem(state.error, connection.account.name);
  return new UserError(sentence, ...remedies);
}

/** A destination as an item of a quick pick. Its texts are untrusted. */
export function toPickItem({ connection, destination }: Shown): vscode.QuickPickItem {
  return {
    label: nameOf(destination),
    description: connection.account.name,
    detail: describeBriefly(destination),
  };
}

/** Asks for one of all accounts. Throws {@link UserError} if there is none, or they could not be loaded. */
export async function pickAnyAccount(
  services: Pick<Services, 'store' | 'loaded'>,
  title: string,
): Promise<Connection | undefined> {
  await untilAccountsKnown(services);
  return pickAccount(
    services.store.entries().map(({ connection }) => connection),
    title,
  );
}

/** Asks for one of some accounts. Throws {@link UserError} if there is none. */
export async function pickAccount(connections: readonly Connection[], title: string): Promise<Connection | undefined> {
  if (connections.length === 0) {
    throw new UserError(
      vscode.l10n.t('There is no Cloudflare account yet. Add one with “Add Account…”.'),
      'addAccount',
    );
  }
  const items = connections.map((connection) => ({
    label: connection.account.name,
    description: connection.account.id,
    connection,
  }));
  return (await pickOne(items, { title, matchOnDescription: true }))?.connection;
}

/** A command on one account. Error messages name the account. */
export function onAccount(
  targets: Targets,
  title: string,
  work: (connection: Connection) => PromiseLike<unknown>,
): CommandHandler {
  return async (argument, naming) => {
    const connection = await targets.account(argument, title);
    if (connection) {
      naming({ name: connection.account.name, accountId: connection.account.id });
      await work(connection);
    }
  };
}

export function onDestination(
  targets: Targets,
  title: string,
  work: (target: Located) => Promise<unknown>,
): CommandHandler {
  return async (argument, naming) => {
    const target = await targets.destination(argument, title);
    if (target) {
      naming({ name: target.connection.account.name, accountId: target.connection.account.id });
      await work(target);
    }
  };
}

/** A command on all selected destinations. */
export function onDestinations(
  targets: Targets,
  title: string,
  work: (chosen: readonly Located[]) => Promise<unknown>,
): CommandHandler {
  return async (argument, naming, selected) => {
    const chosen = await targets.destinations(argument, selected, title);
    const [first] = chosen;
    if (first) {
      naming({ name: first.connection.account.name, accountId: first.connection.account.id });
      await work(chosen);
    }
  };
}
