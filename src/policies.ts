import type { Services } from './services.ts';
import { createPoliciesModule } from './ui/policies/module.ts';

export type Policies = ReturnType<typeof createPolicies>;

/** The bundle of notification policies, loaded on first use. */
export function createPolicies(services: Services) {
  const policies = createPoliciesModule(services);
  return { commands: policies.commands };
}
