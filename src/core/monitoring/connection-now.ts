import type { Connection } from '../accounts/connection.ts';
import { isNamed } from '../async/named-error.ts';
import type { Store } from './store.ts';

/** The account of a message that is still open was removed from VS Code. Nothing was sent. */
export class AccountRemovedError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('AccountRemovedError');
  override readonly name = 'AccountRemovedError';
}

/**
 * The connection of an account as it is now. A button of a message can be pressed long after the command, when the token of the
 * account has been replaced. Throws {@link AccountRemovedError}.
 */
export function connectionNow(store: Pick<Store, 'entry'>, { account }: Connection): Connection {
  const entry = store.entry(account.id);
  if (!entry) {
    throw new AccountRemovedError('The account was removed');
  }
  return entry.connection;
}
