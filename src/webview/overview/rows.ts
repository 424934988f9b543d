import { hostOf } from '../../core/model/destination.ts';
import { unprovenDaysOf } from '../../core/monitoring/unproven.ts';
import type {
  OverviewAccount,
  OverviewColumn,
  OverviewDetails,
  OverviewFilter,
  OverviewRow,
  OverviewSort,
  OverviewTarget,
  StateFilter,
} from '../../core/overview-protocol.ts';

/** A row with its account and what was loaded for it. */
export type Row = OverviewRow &
  Partial<Omit<OverviewDetails, 'destinationId'>> & {
    readonly key: string;
    readonly accountId: string;
    readonly account: string;
    /** For how many days it is not proved; undefined: it is, or the marking is off. */
    readonly unproven?: number | undefined;
  };

export type Rows = {
  setAccounts(accountIds: readonly string[]): void;
  setAccount(account: OverviewAccount, rows: readonly OverviewRow[] | undefined): void;
  setDetails(accountId: string, details: readonly OverviewDetails[]): void;
  /** All rows in the order of the accounts, and marked as not proved. `now`: milliseconds since the epoch. */
  all(unprovenAfterDays: number, now: number): readonly Row[];
  accounts(): readonly OverviewAccount[];
};

/**
 * Why the page has no row. Undefined while the note of an account says that it is loading or failed: its destinations
 * are unknown.
 */
export function whyEmpty(
  accounts: readonly OverviewAccount[],
  all: readonly Row[],
): 'noAccount' | 'noDestination' | 'noMatch' | undefined {
  if (accounts.length === 0) {
    return 'noAccount';
  }
  if (all.length > 0) {
    return 'noMatch';
  }
  return accounts.some(({ note }) => note !== undefined) ? undefined : 'noDestination';
}

export function keyOf({ accountId, destinationId }: OverviewTarget): string {
  return `${accountId}/${destinationId}`;
}

/** What the page received of each account. */
export function createRows(): Rows {
  let accountIds: readonly string[] = [];
  const accounts = new Map<string, OverviewAccount>();
  const rows = new Map<string, readonly Row[]>();
  const details = new Map<string, OverviewDetails>();

  function toRow(account: OverviewAccount, row: OverviewRow): Row {
    const key = keyOf({ accountId: account.accountId, destinationId: row.destinationId });
    // `row` may have older details.
    return { ...row, ...details.get(key), key, accountId: account.accountId, account: account.name };
  }

  return {
    setAccounts(ids) {
      accountIds = ids;
      const kept = new Set(ids);
      for (const id of accounts.keys()) {
        if (!kept.has(id)) {
          for (const { key } of rows.get(id) ?? []) {
            details.delete(key);
          }
          rows.delete(id);
          accounts.delete(id);
        }
      }
    },
    setAccount(account, fresh) {
      accounts.set(account.accountId, account);
      const before = rows.get(account.accountId) ?? [];
      const now = fresh ?? before;
      if (fresh) {
        const kept = new Set(fresh.map((row) => keyOf({ accountId: account.accountId, ...row })));
        for (const { key } of before) {
          if (!kept.has(key)) {
            details.delete(key);
          }
        }
      }
      rows.set(
        account.accountId,
        now.map((row) => toRow(account, row)),
      );
    },
    setDetails(accountId, fresh) {
      const account = accounts.get(accountId);
      const before = rows.get(accountId) ?? [];
      const known = new Set(before.map(({ key }) => key));
      const changed = new Set<string>();
      for (const each of fresh) {
        const key = keyOf({ accountId, destinationId: each.destinationId });
        // The destination may have been deleted while its details were loaded.
        if (known.has(key)) {
          details.set(key, { ...details.get(key), ...each });
          changed.add(key);
        }
      }
      rows.set(
        accountId,
        before.map((row) => (account && changed.has(row.key) ? toRow(account, row) : row)),
      );
    },
    all: (unprovenAfterDays, now) =>
      accountIds.flatMap((id) =>
        (rows.get(id) ?? []).map((row) => {
          const proved = row.success === undefined ? row.created : row.success;
          const unproven = unprovenDaysOf(proved ?? undefined, unprovenAfterDays, now);
          return unproven === row.unproven ? row : { ...row, unproven };
        }),
      ),
    accounts: () => accountIds.flatMap((id) => accounts.get(id) ?? []),
  };
}

/** The keys of the rows from one to another, in their order. Only the second if the first is not among the rows. */
export function keysBetween(rows: readonly Row[], from: string, to: string): readonly string[] {
  const [a, b] = [from, to].map((wanted) => rows.findIndex(({ key }) => key === wanted));
  if (a === undefined || b === undefined || b < 0) {
    return [];
  }
  return rows.slice(a < 0 ? b : Math.min(a, b), Math.max(a, b) + 1).map(({ key }) => key);
}

const RANK: Readonly<Record<OverviewRow['health'], number>> = { failing: 0, healthy: 1, unused: 2, unknown: 2 };

/** Returns a sorted copy. Rows with the same value are sorted by name, and those without a value come last. */
export function sortRows(
  rows: readonly Row[],
  { column, descending }: OverviewSort,
  collator: Intl.Collator,
): readonly Row[] {
  const compare = compareBy(column, collator);
  const sign = descending ? -1 : 1;
  return rows.toSorted(
    (a, b) =>
      compareMissing(a, b, column) ||
      sign * compare(a, b) ||
      collator.compare(a.name, b.name) ||
      collator.compare(a.account, b.account) ||
      (a.key < b.key ? -1 : 1),
  );
}

function compareMissing(a: Row, b: Row, column: OverviewColumn): number {
  const isMissing = (row: Row): boolean => row[column] === undefined || row[column] === null;
  return Number(isMissing(a)) - Number(isMissing(b));
}

function compareBy(column: OverviewColumn, collator: Intl.Collator): (a: Row, b: Row) => number {
  switch (column) {
    case 'name':
    case 'account':
    case 'type':
    case 'host':
      return (a, b) => collator.compare(a[column], b[column]);
    case 'health':
      // As in the tree: failing first, the newest failure on top.
      return (a, b) => RANK[a.health] - RANK[b.health] || newestFailure(a, b);
    case 'success':
    case 'failure':
    case 'policies':
    case 'alerts':
      return (a, b) => (a[column] ?? 0) - (b[column] ?? 0);
    default:
      return column satisfies never;
  }
}

function newestFailure(a: Row, b: Row): number {
  return a.health === 'failing' && b.health === 'failing' ? (b.failure ?? 0) - (a.failure ?? 0) : 0;
}

export function matchesState(row: Row, state: StateFilter): boolean {
  return state === 'all' || (state === 'unproven' ? row.unproven !== undefined : row.health === state);
}

/** The end of what is before the path of a URL without its scheme: `.com`, `.com.` or a port. */
const AUTHORITY_END = /(?:\.\p{L}[\p{L}\p{N}-]*\.?(?::\d+)?|:\d+)$/u;

/** The text of a filter with each URL reduced to its host: rows have no more of a URL, and the rest can be a credential. */
export function reduceUrls(text: string): string {
  return text.replaceAll(/\S+/g, (word) => {
    const scheme = word.indexOf('://');
    const rest = scheme < 0 ? word : word.slice(scheme + 3);
    const [authority = ''] = rest.split(/[/\\?#]/);
    const hasPath = authority.length < rest.length;
    if (scheme < 0 && !(hasPath && (authority.includes('@') || AUTHORITY_END.test(authority)))) {
      return word;
    }
    return hostOf(`https://${authority}`) || authority.slice(authority.lastIndexOf('@') + 1);
  });
}

/** The rows of a filter. Each word of its text must be in the name, the account, the type or the host. */
export function filterRows(rows: readonly Row[], filter: Omit<OverviewFilter, 'state'>): readonly Row[] {
  const words = reduceUrls(filter.text).toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (
      (filter.accountId !== '' && row.accountId !== filter.accountId) ||
      (filter.type !== '' && row.type !== filter.type)
    ) {
      return false;
    }
    const text = words.length > 0 ? `${row.name}\n${row.account}\n${row.type}\n${row.host}`.toLowerCase() : '';
    return words.every((word) => text.includes(word));
  });
}

/** How many rows a value has, and how many of them fail, in the order of first appearance. */
export function countBy(
  rows: readonly Row[],
  valueOf: (row: Row) => string,
): ReadonlyMap<string, { readonly all: number; readonly failing: number }> {
  const counts = new Map<string, { all: number; failing: number }>();
  for (const row of rows) {
    const count = counts.get(valueOf(row)) ?? { all: 0, failing: 0 };
    count.all += 1;
    count.failing += Number(row.health === 'failing');
    counts.set(valueOf(row), count);
  }
  return counts;
}

/**
 * The context of a row, which VS Code passes to the commands of its context menu (`webview/context` in package.json).
 * `chosen`: the selected rows, among them this one.
 */
export function contextOf(row: OverviewTarget, chosen: readonly OverviewTarget[]): string {
  return JSON.stringify({
    webviewSection: 'destination',
    preventDefaultContextMenuItems: true,
    ...toNode(row),
    several: chosen.length > 1,
    selection: chosen.map(toNode),
  });
}

function toNode({ accountId, destinationId }: OverviewTarget) {
  return { kind: 'destination', accountId, destinationId };
}
