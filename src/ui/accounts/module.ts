import type { Services } from '../../services.ts';
import type { Module } from '../host/commands.ts';
import { createContextKey } from '../host/context-key.ts';
import { hasEnvironmentToken } from './environment.ts';
import { mayHaveAccounts } from './stored-start.ts';

/** Accounts and tokens, and the content of the empty view. The commands in `commands.ts` are loaded on first use. */
export function createAccountsModule(services: Services) {
  const { store, connections, state, loaded } = services;
  const setState = createContextKey('state');
  createContextKey('environmentToken')(hasEnvironmentToken(process.env));
  setState(mayHaveAccounts(state) ? 'loading' : 'noAccount');
  const setSeveral = createContextKey('severalAccounts');
  const showState = (): void => {
    const { accounts } = store.totals();
    setState(accounts === 0 ? 'noAccount' : 'ready');
    setSeveral(accounts > 1);
  };
  void loaded.then((couldLoad) => (couldLoad ? showState() : setState('unreadable')));

  return {
    commands: {},
    disposables: [connections, { dispose: store.onChanged(({ accounts }) => accounts && showState()) }],
  } satisfies Module;
}
