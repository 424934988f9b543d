import type { Policies } from './policies.ts';
import type { Services } from './services.ts';
import type { CommandHandler } from './ui/host/commands.ts';

type PolicyCommand = keyof Policies['commands'];

/** The commands on notification policies. The first call loads their bundle. */
export function createLazyPolicies(services: Services): {
  readonly commands: Readonly<Record<PolicyCommand, CommandHandler>>;
} {
  let loading: Promise<Policies> | undefined;

  const later =
    (name: PolicyCommand): CommandHandler =>
    async (...args) => {
      loading ??= import('./policies.ts').then(({ createPolicies }) => createPolicies(services));
      const handler: CommandHandler = (await loading).commands[name];
      return handler(...args);
    };

  return {
    commands: {
      managePolicies: later('managePolicies'),
      togglePolicy: later('togglePolicy'),
    },
  };
}
