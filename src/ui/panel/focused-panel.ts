import { createContextKey } from '../host/context-key.ts';
import type { DestinationNode } from '../tree/nodes.ts';

/** The destination of the panel that has the focus. The commands in the title of a panel act on it. */
export type FocusedPanel = {
  get(): DestinationNode | undefined;
  /** Undefined: no panel has the focus, or its destination has not been created yet. */
  set(node: DestinationNode | undefined): void;
};

export function createFocusedPanel(): FocusedPanel {
  const setKey = createContextKey('panelHasDestination');
  let focused: DestinationNode | undefined;
  return {
    get: () => focused,
    set(node) {
      focused = node;
      setKey(node !== undefined);
    },
  };
}
