import * as vscode from 'vscode';
import { plainName } from '../../core/model/plain-text.ts';
import { plural } from './format.ts';
import { countMechanisms, type Policy } from '../../core/model/policy.ts';
import type { AccountPolicies } from '../../core/policies/policy-store.ts';

export function nameOfPolicy({ name }: Pick<Policy, 'name'>): string {
  return plainName(name) || vscode.l10n.t('(no name)');
}

/** Cloudflare's display name of the alert, else its API name. */
export function describeAlert({ alertType }: Policy, { alertNames }: Pick<AccountPolicies, 'alertNames'>): string {
  return plainName(alertNames.get(alertType) ?? alertType);
}

/** "HTTP DDoS Attack Alert · enabled · delivers nowhere else" */
export function describePolicy(policy: Policy, known: Pick<AccountPolicies, 'alertNames'>): string {
  return [
    describeAlert(policy, known),
    policy.enabled ? vscode.l10n.t('enabled') : vscode.l10n.t('disabled'),
    ...(countMechanisms(policy) === 1 ? [vscode.l10n.t('delivers nowhere else')] : []),
  ].join(' · ');
}

/** "Delivers to 2 webhooks, 1 e-mail address" */
export function describeDelivery({ mechanisms }: Policy): string {
  const kinds = Object.entries(mechanisms).filter(([, ids]) => ids.length > 0);
  return kinds.length === 0
    ? vscode.l10n.t('Delivers to nothing')
    : vscode.l10n.t('Delivers to {0}', kinds.map(([kind, ids]) => countMechanism(kind, ids.length)).join(', '));
}

export function countMechanism(kind: string, count: number): string {
  switch (kind) {
    case 'webhooks':
      return plural(count, vscode.l10n.t('1 webhook'), vscode.l10n.t('{0} webhooks', count));
    case 'email':
      return plural(count, vscode.l10n.t('1 e-mail address'), vscode.l10n.t('{0} e-mail addresses', count));
    case 'pagerduty':
      return plural(count, vscode.l10n.t('1 PagerDuty service'), vscode.l10n.t('{0} PagerDuty services', count));
    default:
      return plural(count, vscode.l10n.t('1 {0} recipient', kind), vscode.l10n.t('{0} {1} recipients', count, kind));
  }
}
