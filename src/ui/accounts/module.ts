import type { Services } from '../../services.ts';
import type { Module } from '../host/commands.ts';
import { createContextKey } from '../host/context-key.ts';
import { hasEnvironmentToken } from './environment.ts';

/** Accounts and tokens, and the content of the empty view. The commands in `commands.ts` are loaded on first use. */
export function createAccountsModule(services: Services) {
  const { store, connections, loaded } = services;
  const setState = createContextKey('state');
  createContextKey('environmentToken')(hasEnvironmentToken(process.env));
  setState('loading');
  const showState = (): void => setState(store.entries().length === 0 ? 'noAccount' : 'ready');
  void loaded.then((couldLoad) => (couldLoad ? showState() : setState('unreadable')));

  return {
    commands: {},
    disposables: [connections, { dispose: store.onChanged(({ accounts }) => accounts && showState()) }],
  } satisfies Module;
}
