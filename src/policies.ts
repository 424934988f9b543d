import { createPoliciesModule } from './ui/policies/module.ts';

export type Policies = ReturnType<typeof createPoliciesModule>;

/** The bundle of notification policies, loaded on first use. */
export { createPoliciesModule as createPolicies };
