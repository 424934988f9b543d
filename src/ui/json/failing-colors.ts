import * as vscode from 'vscode';
import { healthOf } from '../../core/model/health.ts';
import { findById } from '../../core/model/id.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Change } from '../../core/monitoring/store-events.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { FAILING_COLOR } from '../host/ids.ts';
import { describeHealth } from '../text/destination.ts';
import { readAddress } from './addresses.ts';

/** Colors the rows and the JSON tabs of failing destinations. The icon and the words of a row say the same. */
export function createFailingColors(store: Store): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  /** The failing destinations of each account, so that other changes repaint nothing. */
  const known = new Map<string, string>(
    store.entries().map(({ connection: { account } }) => [account.id, failingIn(store, account.id)]),
  );

  function follow({ accounts, states }: Change): void {
    const current = accounts ? store.entries().map(({ connection }) => connection.account.id) : [];
    const ids = new Set(accounts ? [...known.keys(), ...current] : states);
    const moved = [...ids].filter((id) => {
      const before = known.get(id) ?? '';
      const now = failingIn(store, id);
      known.set(id, now);
      return now !== before;
    });
    if (moved.length > 0) {
      changed.fire(undefined);
    }
  }

  return vscode.Disposable.from(
    changed,
    { dispose: store.onChanged(follow) },
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration(uri) {
        const address = readAddress(uri);
        const destination =
          address?.kind === 'existing'
            ? findById(shownOf(store.entry(address.accountId)?.state)?.destinations ?? [], address.destinationId)
            : undefined;
        return destination && healthOf(destination) === 'failing'
          ? { color: new vscode.ThemeColor(FAILING_COLOR), tooltip: describeHealth('failing') }
          : undefined;
      },
    }),
  );
}

/** The IDs of the failing destinations of an account. */
function failingIn(store: Store, accountId: string): string {
  const destinations = shownOf(store.entry(accountId)?.state)?.destinations ?? [];
  return destinations.flatMap((each) => (healthOf(each) === 'failing' ? [each.id] : [])).join(' ');
}
