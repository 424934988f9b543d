import * as vscode from 'vscode';
import { plainName } from '../../core/model/plain-text.ts';
import { silencedUntil } from '../../core/model/silence.ts';
import { enumerate, describeMoment, plural } from './format.ts';
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
export function describePolicy(policy: Policy, known: Pick<AccountPolicies, 'alertNames' | 'silences'>): string {
  return [
    describeAlert(policy, known),
    describePolicyState(policy, known),
    ...(countMechanisms(policy) === 1 ? [vscode.l10n.t('delivers nowhere else')] : []),
  ].join(' · ');
}

/** Whether Cloudflare sends the alerts of a policy now: it is enabled and not silenced. */
export function isSending({ id, enabled }: Policy, { silences = [] }: Pick<AccountPolicies, 'silences'>): boolean {
  return enabled && silencedUntil(silences, id, Date.now()) === undefined;
}

/** "enabled", "disabled", or "silenced until 11/25/26, 2:00 PM" */
export function describePolicyState(
  { id, enabled }: Policy,
  { silences = [] }: Pick<AccountPolicies, 'silences'>,
): string {
  const end = enabled ? silencedUntil(silences, id, Date.now()) : undefined;
  return end !== undefined
    ? vscode.l10n.t('silenced until {0}', describeMoment(end))
    : enabled
      ? vscode.l10n.t('enabled')
      : vscode.l10n.t('disabled');
}

/** "Delivers to 2 webhooks, 1 e-mail address" */
export function describeDelivery({ mechanisms }: Policy): string {
  const kinds = Object.entries(mechanisms).filter(([, ids]) => ids.length > 0);
  return kinds.length === 0
    ? vscode.l10n.t('Delivers to nothing')
    : vscode.l10n.t('Delivers to {0}', enumerate(kinds.map(([kind, ids]) => countMechanism(kind, ids.length))));
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

/** Why it is not known which policies use a destination: the list of the client leaves some out. */
export function describeUnreadPolicies(destinationName: string): string {
  return vscode.l10n.t(
    'Cloudflare’s list of policies has entries that could not be read. A policy that uses “{0}” may be one of them.',
    destinationName,
  );
}
