import type { Connection } from '../accounts/connection.ts';
import type { Api } from '../api/client.ts';
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

/**
 * Options whose `api` is the client that the account has at each use: during a wait, the account can be removed or its token
 * replaced. The result must not be spread, because a copy keeps one client. Reading `api` throws {@link AccountRemovedError}.
 */
export function withApiNow<T extends { readonly api: Api }>(
  store: Pick<Store, 'entry'>,
  connection: Connection,
  options: Omit<T, 'api'>,
): T;
export function withApiNow(
  store: Pick<Store, 'entry'>,
  connection: Connection,
  options: object,
): { readonly api: Api } {
  return {
    ...options,
    get api() {
      return connectionNow(store, connection).api;
    },
  };
}
