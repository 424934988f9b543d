export const VIEW_ID = 'cloudflareWebhooks.destinations';

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

export type Node = AccountNode | DestinationNode | ProblemNode | EmptyNode;

/** A command's argument may be a row of ours, of another view, or a keybinding's own: only ours is taken. */
export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    ['account', 'destination', 'problem', 'empty'].includes(String(value.kind)) &&
    'accountId' in value &&
    typeof value.accountId === 'string' &&
    (value.kind !== 'destination' || ('destinationId' in value && typeof value.destinationId === 'string'))
  );
}
