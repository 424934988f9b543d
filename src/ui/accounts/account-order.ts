import * as vscode from 'vscode';
import { moveAccounts } from '../../core/accounts/remembered-accounts.ts';
import type { Connections } from './connections.ts';
import type { Node } from '../tree/nodes.ts';
import { DRAGGED_ROWS } from '../host/ids.ts';

/** Orders accounts by drag and drop. The drop target sets the position; a drop below all rows moves to the end. */
export function createAccountOrder(connections: Connections): vscode.TreeDragAndDropController<Node> {
  return {
    dragMimeTypes: [],
    dropMimeTypes: [DRAGGED_ROWS],
    handleDrag(nodes, transfer) {
      const ids = nodes.flatMap((node) => (node.kind === 'account' ? [node.accountId] : []));
      if (ids.length > 0) {
        transfer.set(DRAGGED_ROWS, new vscode.DataTransferItem(ids));
      }
    },
    async handleDrop(target, transfer) {
      const known = new Set(connections.accounts().map(({ id }) => id));
      const value: unknown = transfer.get(DRAGGED_ROWS)?.value;
      const moved = new Set(Array.isArray(value) ? value.filter((id) => known.has(id)) : []);
      if (moved.size > 0) {
        await connections.change(async ({ changeAccounts }) =>
          changeAccounts((list) => moveAccounts(list, moved, target?.accountId)),
        );
      }
    },
  };
}
