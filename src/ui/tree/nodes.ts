/** What a row of the tree stands for: ids only, since the store holds the rest. */
export type AccountNode = { readonly kind: 'account'; readonly accountId: string };
export type DestinationNode = {
  readonly kind: 'destination';
  readonly accountId: string;
  readonly destinationId: string;
};
/** Why an account could not be read, as its first child. */
export type ProblemNode = { readonly kind: 'problem'; readonly accountId: string };
/** Said instead of rows: the account has no destination. */
export type EmptyNode = { readonly kind: 'empty'; readonly accountId: string };

/** A policy that uses the destination it stands under. */
export type PolicyNode = {
  readonly kind: 'policy';
  readonly accountId: string;
  readonly destinationId: string;
  readonly policyId: string;
};
/** Said instead of policies: none uses the destination, or they could not be read. */
export type NoPolicyNode = {
  readonly kind: 'noPolicy';
  readonly accountId: string;
  readonly destinationId: string;
  /** Why they could not be read, in a sentence. */
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

/** A command's argument may be a row of ours, of another view, or a keybinding's own: only ours is taken. */
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
