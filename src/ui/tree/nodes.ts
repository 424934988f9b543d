import { keyOfDestination } from '../../core/model/id.ts';

/** The node of a row. It contains only IDs, because the store has the data. */
export type AccountNode = { readonly kind: 'account'; readonly accountId: string };
export type DestinationNode = {
  readonly kind: 'destination';
  readonly accountId: string;
  readonly destinationId: string;
};
/** The error of an account, as its first child. `skipped`: the malformed entries of its list instead. */
export type ProblemNode = { readonly kind: 'problem'; readonly accountId: string; readonly skipped?: boolean };
/** Shown instead of rows: the account has no destinations. */
export type EmptyNode = { readonly kind: 'empty'; readonly accountId: string };

/** A policy that uses the parent destination. */
export type PolicyNode = {
  readonly kind: 'policy';
  readonly accountId: string;
  readonly destinationId: string;
  readonly policyId: string;
};
/** Shown instead of policies: no policy uses the destination, or the policies could not be loaded. */
export type NoPolicyNode = {
  readonly kind: 'noPolicy';
  readonly accountId: string;
  readonly destinationId: string;
  /** Why the policies could not be loaded, in a sentence. */
  readonly problem?: string;
};

export type Node = AccountNode | DestinationNode | ProblemNode | EmptyNode | PolicyNode | NoPolicyNode;

const KINDS: readonly string[] = [
  'account',
  'destination',
  'problem',
  'empty',
  'policy',
  'noPolicy',
] satisfies readonly Node['kind'][];
const UNDER_DESTINATIONS: ReadonlySet<unknown> = new Set(['destination', 'policy', 'noPolicy']);

/** Whether a command's argument is a node of this view. It may also come from another view or a keybinding. */
export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    KINDS.includes(String(value.kind)) &&
    'accountId' in value &&
    typeof value.accountId === 'string' &&
    (!UNDER_DESTINATIONS.has(value.kind) || ('destinationId' in value && typeof value.destinationId === 'string'))
  );
}

/** The destinations that rows are about, each once: a row below a destination stands for its destination. */
export function destinationsOfRows(nodes: readonly Node[]): readonly DestinationNode[] {
  const destinations = nodes.flatMap((node): readonly DestinationNode[] =>
    'destinationId' in node
      ? [{ kind: 'destination', accountId: node.accountId, destinationId: node.destinationId }]
      : [],
  );
  return [
    ...new Map(destinations.map((each) => [keyOfDestination(each.accountId, each.destinationId), each])).values(),
  ];
}
