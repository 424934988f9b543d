import * as vscode from 'vscode';
import type { Impact } from '../../core/policies/delete-impact.ts';
import type { Deletion } from '../../core/destinations/delete-destinations.ts';
import { hostOf } from '../../core/model/destination.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeAlert, nameOfPolicy } from '../text/policy.ts';
import { nameOf, typeOf } from '../text/destination.ts';

const MOST_DESTINATIONS = 5;
const MOST_POLICIES = 8;

/** What was found out about the policies of one account; `impacts` is undefined where they could not be read. */
export type Checked = {
  readonly accountName: string;
  readonly impacts: readonly Impact[] | undefined;
  readonly alertNames: ReadonlyMap<string, string>;
};

/** "“Payments on-call” of Halden Logistics" */
export function describeTarget({ connection, destination }: Located): string {
  return vscode.l10n.t('“{0}” of {1}', nameOf(destination), connection.account.name);
}

/** Names what is to be deleted. */
export function askDeletion(targets: readonly Located[]): string {
  const [first] = targets;
  return first && targets.length === 1
    ? vscode.l10n.t('Delete the webhook destination {0}?', describeTarget(first))
    : vscode.l10n.t('Delete {0} webhook destinations?', targets.length);
}

/** What is deleted and what it means for the policies; that it could not be checked where they could not be read. */
export function describeDeletion(targets: readonly Located[], checked: readonly Checked[]): string {
  const [first] = targets;
  const facts =
    first && targets.length === 1
      ? vscode.l10n.t(
          'Type {0}, host {1}. Cloudflare deletes it at once and for good.',
          typeOf(first.destination),
          hostOf(first.destination.url) || vscode.l10n.t('unknown'),
        )
      : [
          ...nameSome(
            targets.map((target) => `${describeTarget(target)} (${typeOf(target.destination)})`),
            MOST_DESTINATIONS,
          ),
          '',
          vscode.l10n.t('Cloudflare deletes them at once and for good.'),
        ].join('\n');
  const read = checked.filter(({ impacts }) => impacts);
  const unread = checked.filter(({ impacts }) => !impacts).map(({ accountName }) => accountName);
  const consequences = describeImpacts(read, targets.length === 1);
  return [
    facts,
    ...(read.length === 0 ? [] : consequences),
    ...(unread.length === 0
      ? []
      : [
          vscode.l10n.t(
            'The policies of {0} could not be read, so nobody has checked which of them would stop delivering, without a word.',
            new Intl.ListFormat(vscode.env.language).format(unread),
          ),
        ]),
  ].join('\n\n');
}

/** Policies by their names, as far as there is room for them. */
function list(names: readonly string[]): string {
  return nameSome(names, MOST_POLICIES).join(', ');
}

function describeImpacts(checked: readonly Checked[], single: boolean): readonly string[] {
  const named = (silenced: boolean): readonly string[] =>
    checked.flatMap(({ impacts = [], alertNames }) =>
      impacts
        .filter((impact) => impact.silenced === silenced)
        .map(({ policy }) => `“${nameOfPolicy(policy)}” (${describeAlert(policy, { alertNames })})`),
    );
  const [silenced, thinned] = [named(true), named(false)];
  if (silenced.length + thinned.length === 0) {
    return [single ? vscode.l10n.t('No policy uses it.') : vscode.l10n.t('No policy uses any of them.')];
  }
  return [
    ...(silenced.length === 0
      ? []
      : [
          single
            ? vscode.l10n.t(
                'It is the last one these policies deliver to; they would fall silent: {0}.',
                list(silenced),
              )
            : vscode.l10n.t(
                'Nothing would be left of what these policies deliver to; they would fall silent: {0}.',
                list(silenced),
              ),
        ]),
    ...(thinned.length === 0 ? [] : [vscode.l10n.t('These policies would deliver to fewer: {0}.', list(thinned))]),
  ];
}

/** At most so many of the texts, and how many more there are. */
export function nameSome(texts: readonly string[], most: number): readonly string[] {
  const rest = texts.length - most;
  return rest > 0 ? [...texts.slice(0, most), vscode.l10n.t('and {0} more', rest)] : texts;
}

/** One sentence or two on how it ended: how many are gone, which are not and why. */
export function describeEnd(deletions: readonly Deletion[]): string {
  const gone = deletions.filter(({ outcome }) => outcome === 'deleted' || outcome === 'alreadyGone');
  const alreadyGone = gone.filter(({ outcome }) => outcome === 'alreadyGone');
  const skipped = deletions.filter(({ outcome }) => outcome === 'skipped');
  const failures = deletions.flatMap((each) => (each.outcome === 'failed' ? [each] : []));
  const [only] = deletions;
  if (only && deletions.length === 1 && gone.length === 1) {
    return alreadyGone.length === 1
      ? vscode.l10n.t('{0} was already gone: somebody else had deleted it.', describeTarget(only.target))
      : vscode.l10n.t('Deleted {0}.', describeTarget(only.target));
  }
  // What was begun and not ended must not be hidden.
  const halfDone = deletions
    .filter((each) => !gone.includes(each) && each.takenOutOf.length > 0)
    .map(({ target, takenOutOf }) =>
      vscode.l10n.t(
        '{0} was kept, but is already out of {1}.',
        describeTarget(target),
        nameSome(
          takenOutOf.map((policy) => `“${nameOfPolicy(policy)}”`),
          MOST_POLICIES,
        ).join(', '),
      ),
    );
  const reasons = failures.map(
    ({ target, error }) => `${describeTarget(target)}: ${describeFailure(error, target.connection.account.name)}`,
  );
  return [
    vscode.l10n.t('Deleted {0} of {1} webhook destinations.', gone.length, deletions.length),
    ...(alreadyGone.length === 0
      ? []
      : [
          vscode.l10n.t(
            'Already gone: {0}.',
            nameSome(
              alreadyGone.map(({ target }) => describeTarget(target)),
              MOST_DESTINATIONS,
            ).join(', '),
          ),
        ]),
    ...(skipped.length === 0 ? [] : [vscode.l10n.t('Cancelled: {0} were left.', skipped.length)]),
    ...(reasons.length === 0
      ? []
      : [vscode.l10n.t('Not deleted: {0}', nameSome(reasons, MOST_DESTINATIONS).join(' · '))]),
    ...nameSome(halfDone, MOST_DESTINATIONS),
  ].join(' ');
}
