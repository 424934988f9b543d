import type * as vscode from 'vscode';
import { createPolicy } from './core/api/alerting-calls.ts';
import type { Services } from './services.ts';
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
  const documents = createPolicyDocuments({
    ...services,
    announcedSaves,
    create: async ({ account, api }, policy) => createPolicy(api, account.id, policy),
  });
  const { commands, explanations, disposables } = createPoliciesModule(
    { ...services, openPolicy: async (connection, policy) => documents.open(connection, policy) },
    explanationChanged,
  );
  return { commands, explanations, files: documents.provider, disposables: [...disposables, documents] };
}
