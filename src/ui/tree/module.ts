import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { type ContributedCommand, DELETE_SELECTED, OPEN_SELECTED, RENAME_SELECTED } from '../host/ids.ts';
import { runCommand } from '../host/run-command.ts';
import type { Node } from './nodes.ts';

/** What Enter does on a row. On a row of another kind it expands or collapses. */
const OPENERS: Readonly<Partial<Record<Node['kind'], ContributedCommand>>> = {
  destination: 'editDestination',
  policy: 'editPolicyAsJson',
  noPolicy: 'managePolicies',
};

/** The view of accounts and destinations, and its filter. */
export function createTreeModule({ destinationsView }: Pick<Services, 'destinationsView'>) {
  return {
    commands: {
      toggleFailingOnly: () => destinationsView.showOnlyFailing(),
      showAll: () => destinationsView.showOnlyFailing(false),
      // The key selects the focused row first. On a row of another kind it does nothing and asks nothing.
      [RENAME_SELECTED]: async () => {
        const [node, ...others] = destinationsView.selected();
        if (node && others.length === 0 && (node.kind === 'account' || node.kind === 'destination')) {
          await runCommand(node.kind === 'account' ? 'renameAccount' : 'renameDestination', node);
        }
      },
      [OPEN_SELECTED]: async () => {
        const [node] = destinationsView.selected();
        const command = node && OPENERS[node.kind];
        // The same as without this key, which selecting the row has taken back.
        await (command ? runCommand(command, node) : vscode.commands.executeCommand('list.toggleExpand'));
      },
      [DELETE_SELECTED]: async () => {
        const nodes = destinationsView.selected().filter(({ kind }) => kind === 'destination');
        if (nodes[0]) {
          await runCommand('deleteDestination', nodes[0], nodes);
        }
      },
    } satisfies CommandHandlers,
    disposables: [destinationsView],
  } satisfies Module;
}
