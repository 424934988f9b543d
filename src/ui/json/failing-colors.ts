import * as vscode from 'vscode';
import { healthOf } from '../../core/model/health.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { FAILING_COLOR } from '../host/ids.ts';
import { describeHealth } from '../text/destination.ts';
import { readAddress } from './addresses.ts';

/** Colors the rows and the JSON tabs of failing destinations. The icon and the words of a row say the same. */
export function createFailingColors(store: Store): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  return vscode.Disposable.from(
    changed,
    { dispose: store.onChanged(() => changed.fire(undefined)) },
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration(uri) {
        const address = readAddress(uri);
        const destination =
          address?.kind === 'existing'
            ? shownOf(store.entry(address.accountId)?.state)?.destinations.find(
                ({ id }) => id === address.destinationId,
              )
            : undefined;
        return destination && healthOf(destination) === 'failing'
          ? { color: new vscode.ThemeColor(FAILING_COLOR), tooltip: describeHealth('failing') }
          : undefined;
      },
    }),
  );
}
