import * as vscode from 'vscode';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { describeAge } from '../text/format.ts';

/** Where a test was sent from: this machine or Cloudflare. */
export type TestWay = 'direct' | 'cloudflare';

/** The result of a test. `undecided`: it proved nothing. Contains no URL, secret or answer. */
export type LastTest = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly way: TestWay;
  readonly result: 'worked' | 'failed' | 'undecided';
  /** A short reason. It may contain untrusted text of the receiver. */
  readonly reason: string;
};

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
  const tests = new Map<string, LastTest>();
  const listeners = new Set<(accountId: string, destinationId: string) => void>();
  return {
    get: (accountId, destinationId) => tests.get(`${accountId}/${destinationId}`),
    set(accountId, destinationId, test) {
      tests.set(`${accountId}/${destinationId}`, test);
      for (const listener of listeners) {
        listener(accountId, destinationId);
      }
    },
    keepAccounts(accountIds) {
      for (const key of tests.keys()) {
        if (!accountIds.has(key.split('/')[0] ?? '')) {
          tests.delete(key);
        }
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** "from this machine: failed 2 minutes ago (channel_is_archived)" */
export function describeLastTest({ at, way, result, reason }: LastTest): string {
  const age = describeAge(fromMilliseconds(at));
  const end = {
    worked: vscode.l10n.t('succeeded {0}', age),
    failed: vscode.l10n.t('failed {0}', age),
    undecided: vscode.l10n.t('inconclusive {0}', age),
  }[result];
  const from =
    way === 'direct' ? vscode.l10n.t('from this machine: {0}', end) : vscode.l10n.t('through Cloudflare: {0}', end);
  return reason ? `${from} (${reason})` : from;
}
