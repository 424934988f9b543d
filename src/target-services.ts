import * as vscode from 'vscode';
import type { Services } from './services.ts';
import { createTargets, type Targets } from './ui/destinations/targets.ts';
import { PANEL_SCHEME } from './ui/host/ids.ts';
import { readAddress } from './ui/json/addresses.ts';
import type { Node } from './ui/tree/nodes.ts';

/** The services of the bundles with commands, which need to know what a command is about. */
export type TargetServices = Services & { readonly targets: Targets };

export function withTargets(services: Services): TargetServices {
  const { destinationsView, focusedPanel } = services;

  /** VS Code passes the URI of the editor to a command in its title. */
  function nodeOfEditor(argument: unknown): Node | undefined {
    if (!(argument instanceof vscode.Uri)) {
      return undefined;
    }
    if (argument.scheme === PANEL_SCHEME) {
      return focusedPanel.get();
    }
    const address = readAddress(argument);
    return address?.kind === 'existing'
      ? { kind: 'destination', accountId: address.accountId, destinationId: address.destinationId }
      : undefined;
  }

  return { ...services, targets: createTargets(services, destinationsView.selected, nodeOfEditor) };
}
