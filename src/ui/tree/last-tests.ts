import { isSameId } from '../../core/model/id.ts';

/** Where a test was sent from: this machine or Cloudflare. */
export type TestWay = 'direct' | 'cloudflare';

/** The result of a test, in memory only. `undecided`: it proved nothing. Contains no secret and no answer. */
export type LastTest = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly way: TestWay;
  readonly result: 'worked' | 'failed' | 'undecided';
  /** A short reason. It may contain untrusted text of the receiver. */
  readonly reason: string;
  /** The URL that the destination had, as Cloudflare returned it: to be compared, never shown. */
  readonly url: string;
};

type Entry = { readonly accountId: string; readonly destinationId: string; readonly test: LastTest };

/** How many results are kept; the oldest goes first. */
export const MOST_TESTS = 500;

/** The last test of each destination, in this session. */
export type LastTests = {
  get(accountId: string, destinationId: string): LastTest | undefined;
  set(accountId: string, destinationId: string, test: LastTest): void;
  /** Deletes the results of all other accounts. */
  keepAccounts(accountIds: ReadonlySet<string>): void;
  /** Fires with the account and destination. Returns a function that unsubscribes. */
  onChanged(listener: (accountId: string, destinationId: string) => void): () => void;
};

export function createLastTests(): LastTests {
  /** The oldest test is first. */
  let tests: readonly Entry[] = [];
  const listeners = new Set<(accountId: string, destinationId: string) => void>();
  const find = (accountId: string, destinationId: string): Entry | undefined =>
    tests.find((each) => each.accountId === accountId && isSameId(each.destinationId, destinationId));
  return {
    get: (accountId, destinationId) => find(accountId, destinationId)?.test,
    set(accountId, destinationId, test) {
      const before = find(accountId, destinationId);
      tests = [...tests.filter((each) => each !== before), { accountId, destinationId, test }].slice(-MOST_TESTS);
      for (const listener of listeners) {
        listener(accountId, destinationId);
      }
    },
    keepAccounts(accountIds) {
      tests = tests.filter(({ accountId }) => accountIds.has(accountId));
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
