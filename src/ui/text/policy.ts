import * as vscode from 'vscode';
import { countMechanisms, type Policy } from '../../core/model/policy.ts';
import type { AccountPolicies } from '../../core/policies/policy-store.ts';

export function nameOfPolicy({ name }: Policy): string {
  return name.trim() || vscode.l10n.t('(no name)');
}

/** The alert in Cloudflare's words, else as the API calls it. */
export function describeAlert({ alertType }: Policy, { alertNames }: Pick<AccountPolicies, 'alertNames'>): string {
  return alertNames.get(alertType) ?? alertType;
}

/** "HTTP DDoS Attack Alert · enabled · delivers nowhere else" */
export function describePolicy(policy: Policy, known: Pick<AccountPolicies, 'alertNames'>): string {
  return [
    describeAlert(policy, known),
    policy.enabled ? vscode.l10n.t('enabled') : vscode.l10n.t('disabled'),
    ...(countMechanisms(policy) === 1 ? [vscode.l10n.t('delivers nowhere else')] : []),
  ].join(' · ');
}
