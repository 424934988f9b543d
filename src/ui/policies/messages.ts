import * as vscode from 'vscode';
import type { Assigned, Assignment } from '../../core/policies/assign-policies.ts';
import type { CreatedPolicy } from '../../core/policies/create-policy.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import { isSameId } from '../../core/model/id.ts';
import { parseMailAddresses } from '../../core/model/mail-addresses.ts';
import type { Policy } from '../../core/model/policy.ts';
import { nameOf } from '../text/destination.ts';
import { enumerate, list, nameSome, plural, quote } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { countMechanism, nameOfPolicy } from '../text/policy.ts';
import type { PolicyDraft } from './ask-policy.ts';

const MOST_NAMED = 8;

export function nameAll(policies: readonly Policy[]): string {
  const names = policies.map((policy) => quote(nameOfPolicy(policy)));
  return policies.length > MOST_NAMED ? enumerate(nameSome(names, MOST_NAMED)) : list(names);
}

/** "On-call" in quotes, or "3 destinations". */
export function nameTargets(destinations: readonly ShownDestination[]): string {
  const [only] = destinations;
  return only && destinations.length === 1
    ? quote(nameOf(only))
    : vscode.l10n.t('{0} destinations', destinations.length);
}

/**
 * Where a policy delivers to besides some destinations: the names of webhooks, and the number of other recipients. `isPartial`: a
 * webhook that is not among `destinations` may exist all the same.
 */
export function describeOthers(
  { mechanisms }: Policy,
  destinationIds: readonly string[],
  destinations: readonly ShownDestination[],
  isPartial: boolean,
): string {
  const unlisted = isPartial
    ? vscode.l10n.t('a webhook that is not in the list')
    : vscode.l10n.t('a deleted destination');
  const webhooks = (mechanisms['webhooks'] ?? [])
    .filter((id) => !destinationIds.some((each) => isSameId(each, id)))
    .map((id) => {
      const known = destinations.find((each) => isSameId(each.id, id));
      return known ? quote(nameOf(known)) : unlisted;
    });
  const others = Object.entries(mechanisms)
    .filter(([kind, ids]) => kind !== 'webhooks' && ids.length > 0)
    .map(([kind, ids]) => countMechanism(kind, ids.length));
  const shown = webhooks.slice(0, MOST_NAMED);
  const rest = webhooks.length - shown.length;
  const all = [...shown, ...(rest > 0 ? [vscode.l10n.t('{0} more', rest)] : []), ...others];
  return all.length === 0 ? vscode.l10n.t('Delivers nowhere else') : vscode.l10n.t('Also delivers to {0}', list(all));
}

/** The detail of the confirmation: what changes, and what cannot. */
export function describeAssignments(possible: readonly Assignment[], impossible: readonly Assignment[]): string {
  const of = (kind: Assignment['kind']): readonly Policy[] =>
    possible.filter((each) => each.kind === kind).map(({ policy }) => policy);
  const [added, removed, kept] = [of('add'), of('remove'), impossible.map(({ policy }) => policy)];
  const disabled = added.filter(({ enabled }) => !enabled);
  return [
    ...(added.length > 0
      ? [
          plural(
            added.length,
            vscode.l10n.t('This policy will deliver here: {0}.', nameAll(added)),
            vscode.l10n.t('These policies will deliver here: {0}.', nameAll(added)),
          ),
        ]
      : []),
    ...(disabled.length > 0
      ? [
          plural(
            disabled.length,
            vscode.l10n.t('It is disabled and sends no alerts until it is enabled: {0}.', nameAll(disabled)),
            vscode.l10n.t('Some are disabled and send no alerts until they are enabled: {0}.', nameAll(disabled)),
          ),
        ]
      : []),
    ...(removed.length > 0
      ? [
          plural(
            removed.length,
            vscode.l10n.t('This policy will no longer deliver here: {0}.', nameAll(removed)),
            vscode.l10n.t('These policies will no longer deliver here: {0}.', nameAll(removed)),
          ),
        ]
      : []),
    ...(kept.length > 0 ? [describeImpossible(kept)] : []),
  ].join('\n\n');
}

/** Why policies stay as they are: nothing would receive their alerts. */
export function describeImpossible(policies: readonly Policy[]): string {
  return plural(
    policies.length,
    vscode.l10n.t(
      'Not changed: {0}. Nothing else receives its alerts. Add another destination to it first, or disable it.',
      nameAll(policies),
    ),
    vscode.l10n.t(
      'Not changed: {0}. Nothing else receives their alerts. Add other destinations to them first, or disable them.',
      nameAll(policies),
    ),
  );
}

/** The result of the changes: how many policies were changed, which were not, and why. */
export function describeAssigned(assigned: readonly Assigned[], accountName: string): string {
  const of = (outcome: Assigned['outcome']): readonly Policy[] =>
    assigned.filter((each) => each.outcome === outcome).map(({ policy }) => policy);
  const [changed, unchanged] = [of('changed'), of('unchanged')];
  const [impossible, gone, skipped] = [of('impossible'), of('gone'), of('skipped')];
  const failures = assigned.flatMap((each) => (each.outcome === 'failed' ? [each] : []));
  const conflicts = assigned.flatMap((each) => (each.outcome === 'changed' ? (each.conflict ?? []) : []));
  return [
    plural(
      changed.length,
      vscode.l10n.t('1 policy was changed.'),
      vscode.l10n.t('{0} policies were changed.', changed.length),
    ),
    ...(unchanged.length > 0 ? [vscode.l10n.t('Already as selected: {0}.', nameAll(unchanged))] : []),
    ...(impossible.length > 0 ? [describeImpossible(impossible)] : []),
    ...(gone.length > 0 ? [vscode.l10n.t('No longer at Cloudflare: {0}.', nameAll(gone))] : []),
    ...(skipped.length > 0 ? [vscode.l10n.t('Canceled, not changed: {0}.', nameAll(skipped))] : []),
    ...conflicts.map((error) => describeFailure(error, accountName)),
    ...failures.map(({ policy, error }) =>
      vscode.l10n.t('“{0}”: {1}', nameOfPolicy(policy), describeFailure(error, accountName)),
    ),
  ].join(' ');
}

/** The result of creating a policy: its name, whether it is enabled, and its recipients. */
export function describeCreated(
  { name, webhookIds, addresses, enabled }: PolicyDraft,
  destinations: readonly ShownDestination[],
): string {
  const webhooks = destinations.filter(({ id }) => webhookIds.some((each) => isSameId(each, id)));
  const mail = parseMailAddresses(addresses).addresses.length;
  const names = webhooks.map((each) => quote(nameOf(each)));
  const shown = names.slice(0, MOST_NAMED);
  const rest = names.length - shown.length;
  const recipients = list([
    ...shown,
    ...(rest > 0 ? [vscode.l10n.t('{0} more', rest)] : []),
    ...(mail > 0 ? [countMechanism('email', mail)] : []),
  ]);
  return enabled
    ? vscode.l10n.t('Created the policy “{0}”. It delivers to {1}.', nameOfPolicy({ name }), recipients)
    : vscode.l10n.t(
        'Created the policy “{0}”. It is disabled and sends no alerts. Once enabled, it delivers to {1}.',
        nameOfPolicy({ name }),
        recipients,
      );
}

/** A policy was created, but not as it was sent. */
export function describeDifferent(
  policyName: string,
  { differing, failure }: Pick<CreatedPolicy, 'differing' | 'failure'>,
  accountName: string,
): string {
  const [name, fields] = [nameOfPolicy({ name: policyName }), enumerate(differing)];
  return failure === undefined
    ? vscode.l10n.t(
        'Created the policy “{0}”, but it differs from what was sent ({1}). Another client or Cloudflare changed it. Check it in the dashboard.',
        name,
        fields,
      )
    : vscode.l10n.t(
        'An earlier attempt created the policy “{0}”, and these fields could not be changed: {1}. {2}',
        name,
        fields,
        describeFailure(failure, accountName),
      );
}
