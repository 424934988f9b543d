import type * as vscode from 'vscode';
import type { UnansweredPolicies } from './core/policies/create-policy.ts';
import type { Services } from './services.ts';
import { withTargets } from './target-services.ts';
import { createPolicyDocuments } from './ui/json/policy-documents.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';
import { createPoliciesModule } from './ui/policies/module.ts';

export type Policies = ReturnType<typeof createPolicies>;

/** The bundle of notification policies: their commands and documents, loaded on first use. */
export function createPolicies(
  services: Services,
  announcedSaves: AnnouncedSaves,
  explanationChanged: vscode.EventEmitter<vscode.Uri>,
) {
  // Shared, so that a policy whose creation was not answered is found whichever way it is tried again.
  const unanswered: UnansweredPolicies = new Map();
  const documents = createPolicyDocuments({ ...services, announcedSaves, unanswered });
  const { commands, explanations, disposables } = createPoliciesModule(
    {
      ...withTargets(services),
      unanswered,
      openPolicy: async (connection, policy) => documents.open(connection, policy),
      openPolicyDocument: async (connection, draft) => documents.openNew(connection, draft),
    },
    explanationChanged,
  );
  return { commands, explanations, files: documents.provider, disposables: [...disposables, documents] };
}
