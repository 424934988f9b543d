import * as vscode from 'vscode';
import { enumerate, list, nameSome, plural, quote } from '../text/format.ts';
import type { Impact } from '../../core/policies/delete-impact.ts';
import type { Deletion } from '../../core/destinations/delete-destinations.ts';
import { hostOf } from '../../core/model/destination.ts';
import type { RememberedSecret } from '../../core/destinations/remembered-secret.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { lacksSecret, wholeUrlOf } from '../../core/model/whole-url.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeAlert, describeUnreadPolicies, nameOfPolicy } from '../text/policy.ts';
import { nameOf, typeOf } from '../text/destination.ts';

const MOST_DESTINATIONS = 5;
const MOST_POLICIES = 8;

/** The impact on the policies of one account. `impacts` is undefined if the policies could not be loaded. */
export type Checked = {
  readonly accountName: string;
  readonly impacts: readonly Impact[] | undefined;
  readonly alertNames: ReadonlyMap<string, string>;
  /** Whether the list of policies had entries that could not be read. */
  readonly isPartial?: boolean;
};

/** "“Payments on-call” of Halden Logistics" */
export function describeTarget({ connection, destination }: Located): string {
  return vscode.l10n.t('“{0}” of {1}', nameOf(destination), connection.account.name);
}

/** The question of the modal. */
export function askDeletion(targets: readonly Located[]): string {
  const [first] = targets;
  return first && targets.length === 1
    ? vscode.l10n.t('Delete the webhook destination {0}?', describeTarget(first))
    : vscode.l10n.t('Delete {0} webhook destinations?', targets.length);
}

/** What has changed since the question before. */
export type Changes = {
  /** Whether more policies are affected. */
  readonly hasMore: boolean;
  /** Whether a destination has another name or URL. */
  readonly hasChanged: boolean;
};

export type DeletionQuestion = Changes & {
  readonly targets: readonly Located[];
  readonly checked: readonly Checked[];
  /** What this machine remembers of each target. */
  readonly remembered: readonly (RememberedSecret | undefined)[];
  /** Whether the destinations can be removed from policies first. */
  readonly canDetach: boolean;
};

/** The detail of the modal: the destinations, the impact on policies, and the policies that could not be loaded. */
export function describeDeletion({
  targets,
  checked,
  remembered,
  hasMore,
  hasChanged,
  canDetach,
}: DeletionQuestion): string {
  const [first] = targets;
  const facts =
    first && targets.length === 1
      ? vscode.l10n.t(
          'Type {0}, host {1}. This deletes it immediately.',
          typeOf(first.destination),
          hostOf(first.destination.url) || vscode.l10n.t('unknown'),
        )
      : [
          ...nameSome(
            targets.map((target) => `${describeTarget(target)} (${typeOf(target.destination)})`),
            MOST_DESTINATIONS,
          ),
          '',
          vscode.l10n.t('This deletes them immediately.'),
        ].join('\n');
  const read = checked.filter(({ impacts }) => impacts);
  const unread = checked.filter(({ impacts }) => !impacts).map(({ accountName }) => accountName);
  const consequences = describeImpacts(read, targets.length === 1);
  const withheld = targets.filter((target, index) => needsCredentials(target, remembered[index])).length;
  return [
    ...(hasChanged
      ? [
          plural(
            targets.length,
            vscode.l10n.t('The destination changed in the meantime. Check it again.'),
            vscode.l10n.t('The destinations changed in the meantime. Check them again.'),
          ),
        ]
      : []),
    ...(hasMore ? [vscode.l10n.t('The policies changed in the meantime. Check them again.')] : []),
    facts,
    ...(read.length === 0 ? [] : consequences),
    ...(read.some(({ isPartial }) => isPartial)
      ? [
          describeUnreadPolicies(
            list(
              nameSome(
                targets.map(({ destination }) => nameOf(destination)),
                MOST_DESTINATIONS,
              ),
            ),
          ),
        ]
      : []),
    ...(canDetach
      ? [
          plural(
            targets.length,
            vscode.l10n.t(
              '“Delete” leaves the policies as they are, with the ID of the deleted destination. “Remove from Policies and Delete” first removes the destination from each policy that keeps another recipient.',
            ),
            vscode.l10n.t(
              '“Delete” leaves the policies as they are, with the IDs of the deleted destinations. “Remove from Policies and Delete” first removes the destinations from each policy that keeps another recipient.',
            ),
          ),
        ]
      : []),
    ...(withheld === 0
      ? []
      : [
          plural(
            withheld,
            vscode.l10n.t(
              'Undo will ask for the URL or secret of one destination: Cloudflare withholds it, and this machine does not remember it.',
            ),
            vscode.l10n.t(
              'Undo will ask for URLs or secrets of {0} destinations: Cloudflare withholds them, and this machine does not remember them.',
              withheld,
            ),
          ),
        ]),
    ...(unread.length === 0
      ? []
      : [
          vscode.l10n.t('Could not load the policies of {0}. Some of them might stop delivering alerts.', list(unread)),
        ]),
  ].join('\n\n');
}

/** The names of the first policies, and the number of the others. */
function listSome(names: readonly string[]): string {
  return enumerate(nameSome(names, MOST_POLICIES));
}

function describeImpacts(checked: readonly Checked[], single: boolean): readonly string[] {
  const named = (silenced: boolean): readonly string[] =>
    checked.flatMap(({ impacts = [], alertNames }) =>
      impacts
        .filter((impact) => impact.silenced === silenced)
        .map(({ policy }) => `${quote(nameOfPolicy(policy))} (${describeAlert(policy, { alertNames })})`),
    );
  const [silenced, thinned] = [named(true), named(false)];
  if (silenced.length + thinned.length === 0) {
    // Where policies could not be read, that alone is said.
    if (checked.some(({ isPartial }) => isPartial)) {
      return [];
    }
    return [single ? vscode.l10n.t('No policy uses it.') : vscode.l10n.t('No policy uses them.')];
  }
  return [
    ...(silenced.length === 0
      ? []
      : [
          plural(
            silenced.length,
            vscode.l10n.t('This policy would stop delivering alerts: {0}.', listSome(silenced)),
            vscode.l10n.t('These policies would stop delivering alerts: {0}.', listSome(silenced)),
          ),
        ]),
    ...(thinned.length === 0 ? [] : [describeThinned(listSome(thinned), thinned.length, single)]),
  ];
}

function describeThinned(names: string, count: number, single: boolean): string {
  return single
    ? plural(
        count,
        vscode.l10n.t('This policy would lose this destination: {0}.', names),
        vscode.l10n.t('These policies would lose this destination: {0}.', names),
      )
    : plural(
        count,
        vscode.l10n.t('This policy would lose destinations: {0}.', names),
        vscode.l10n.t('These policies would lose destinations: {0}.', names),
      );
}

/** Whether Undo has to ask for a URL or secret. */
function needsCredentials({ destination }: Located, remembered: RememberedSecret | undefined): boolean {
  const type = typeOrGeneric(destination.type);
  const isCut = lacksSecret(type, wholeUrlOf(destination, remembered));
  return isCut || (type.secret === 'required' && remembered?.secret === undefined);
}

/** The result: how many destinations were deleted, which were not, and why. */
export function describeEnd(deletions: readonly Deletion[]): string {
  const gone = deletions.filter(({ outcome }) => outcome === 'deleted' || outcome === 'alreadyGone');
  const alreadyGone = gone.filter(({ outcome }) => outcome === 'alreadyGone');
  const skipped = deletions.filter(({ outcome }) => outcome === 'skipped');
  const failures = deletions.flatMap((each) => (each.outcome === 'failed' ? [each] : []));
  const [only] = deletions;
  if (only && deletions.length === 1 && gone.length === 1) {
    return alreadyGone.length === 1
      ? vscode.l10n.t('{0} was already deleted.', describeTarget(only.target))
      : vscode.l10n.t('Deleted {0}.', describeTarget(only.target));
  }
  // A destination that was removed from policies but not deleted must be reported.
  const halfDone = deletions
    .filter((each) => !gone.includes(each))
    .flatMap(({ target, removedFrom, unclearIn }) => {
      const described = describeTarget(target);
      const [removed, unclear] = [removedFrom, unclearIn].map((policies) =>
        listSome(policies.map((policy) => quote(nameOfPolicy(policy)))),
      );
      return [
        ...(removed ? [vscode.l10n.t('{0} was not deleted, but was removed from {1}.', described, removed)] : []),
        ...(unclear
          ? [
              vscode.l10n.t(
                '{0} may have been removed from {1}: Cloudflare did not answer. Check it in the dashboard.',
                described,
                unclear,
              ),
            ]
          : []),
      ];
    });
  const reasons = failures.map(
    ({ target, error }) => `${describeTarget(target)}: ${describeFailure(error, target.connection.account.name)}`,
  );
  return [
    plural(
      deletions.length,
      vscode.l10n.t('Deleted {0} of 1 webhook destination.', gone.length),
      vscode.l10n.t('Deleted {0} of {1} webhook destinations.', gone.length, deletions.length),
    ),
    ...(alreadyGone.length === 0
      ? []
      : [
          vscode.l10n.t(
            'Already deleted: {0}.',
            enumerate(
              nameSome(
                alreadyGone.map(({ target }) => describeTarget(target)),
                MOST_DESTINATIONS,
              ),
            ),
          ),
        ]),
    ...(skipped.length === 0
      ? []
      : [
          plural(
            skipped.length,
            vscode.l10n.t('Canceled: 1 webhook destination was not deleted.'),
            vscode.l10n.t('Canceled: {0} webhook destinations were not deleted.', skipped.length),
          ),
        ]),
    ...(reasons.length === 0
      ? []
      : [vscode.l10n.t('Not deleted: {0}', nameSome(reasons, MOST_DESTINATIONS).join(' · '))]),
    ...nameSome(halfDone, MOST_DESTINATIONS),
  ].join(' ');
}
