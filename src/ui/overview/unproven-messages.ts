import * as vscode from 'vscode';
import { comparableId } from '../../core/model/id.ts';
import { plainName } from '../../core/model/plain-text.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { UnprovenTests } from '../../core/testing/unproven-tests.ts';
import { ask, tell } from '../host/notice.ts';
import { describeMechanism } from '../testing/through-cloudflare.ts';
import { nameOf } from '../text/destination.ts';
import { enumerate, nameSome, plural, quote } from '../text/format.ts';
import { describeUnread } from '../text/error.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeUnreadPolicies, nameOfPolicy } from '../text/policy.ts';
import type { AccountPlan, Plans } from './unproven-plans.ts';

const MOST_LINES = 15;

/** Tells why there is nothing to test. A new destination is not marked, although nothing has proved it. `accounts`: all accounts. */
export function tellNone({ missing, incomplete, isEachProved }: Plans, afterDays: number, accounts: number): void {
  const proved =
    isEachProved && incomplete === 0
      ? plural(
          afterDays,
          vscode.l10n.t('Every destination has had a success in the last day.'),
          vscode.l10n.t('Every destination has had a success in the last {0} days.', afterDays),
        )
      : vscode.l10n.t('No destination is marked as not proved.');
  const message = [
    ...(missing.length > 0 ? [describeMissing(missing)] : []),
    ...(incomplete > 0 ? [describeUnread(incomplete)] : []),
    ...(missing.length < accounts ? [proved] : []),
  ].join(' ');
  void tell(missing.length + incomplete > 0 ? 'warning' : 'information', message);
}

export function describeMissing(names: readonly string[]): string {
  return plural(
    names.length,
    vscode.l10n.t('This account could not be loaded, so its destinations are not tested: {0}.', join(names)),
    vscode.l10n.t('These accounts could not be loaded, so their destinations are not tested: {0}.', join(names)),
  );
}

/** Asks whether to send the tests. The question lists the policies and their recipients. */
export async function confirm({ plans, missing }: Plans): Promise<boolean> {
  const tests = plans.flatMap(({ policies }) => policies).length;
  const lines = plans.flatMap(({ connection, all, policies }) => {
    const names = new Map(all.map((each) => [comparableId(each.id), nameOf(each)]));
    return policies.map((policy) =>
      vscode.l10n.t(
        '{0}, policy “{1}”: {2}',
        plainName(connection.account.name),
        nameOfPolicy(policy),
        join(recipientsOf(policy, names)),
      ),
    );
  });
  const { unused, maybeUsed } = namesOfUnreached(plans);
  const send = vscode.l10n.t('Send Tests');
  const chosen = await ask(
    plural(
      tests,
      vscode.l10n.t('Test 1 policy through Cloudflare?'),
      vscode.l10n.t('Test {0} policies through Cloudflare?', tests),
    ),
    [
      vscode.l10n.t('Cloudflare notifies all recipients of each policy:'),
      ...nameSome(lines, MOST_LINES),
      ...(unused.length > 0
        ? ['', vscode.l10n.t('No policy uses these destinations, so they are not tested: {0}', join(unused))]
        : []),
      ...(maybeUsed.length > 0 ? ['', describeUnreadPolicies(join(maybeUsed))] : []),
      ...(missing.length > 0 ? ['', describeMissing(missing)] : []),
    ].join('\n'),
    send,
  );
  return chosen === send;
}

function recipientsOf({ mechanisms }: Policy, names: ReadonlyMap<string, string>): readonly string[] {
  return Object.entries(mechanisms).flatMap(([kind, ids]) => ids.map((id) => describeMechanism(kind, id, names)));
}

/** The names of the destinations that no policy tests. `maybeUsed`: a policy that could not be read may use them. */
function namesOfUnreached(plans: readonly AccountPlan[]): Record<'unused' | 'maybeUsed', readonly string[]> {
  const namesWhere = (partial: boolean): readonly string[] =>
    plans
      .filter(({ isPartial }) => isPartial === partial)
      .flatMap(({ destinations, unreached }) => destinations.filter(({ id }) => unreached.includes(id)).map(nameOf));
  return { unused: namesWhere(false), maybeUsed: namesWhere(true) };
}

/** `changed`: the policies whose recipients changed after the user confirmed. */
export type Done = { readonly plan: AccountPlan; readonly result: UnprovenTests; readonly changed: readonly Policy[] };

/** One message that tells each receiver apart. */
export function tellDone(done: readonly Done[], plans: readonly AccountPlan[], failedAccounts: number): void {
  if (done.length === 0) {
    return;
  }
  const namesWhere = (isWanted: (id: string, result: UnprovenTests) => boolean): readonly string[] =>
    done.flatMap(({ plan, result }) => plan.destinations.filter(({ id }) => isWanted(id, result)).map(nameOf));
  const delivered = namesWhere((id, { moved }) => moved.get(id) === 'success');
  const failed = namesWhere((id, { moved }) => moved.get(id) === 'failure');
  const unmoved = (wanted: 'canceled' | 'unread' | 'nothing'): readonly string[] =>
    namesWhere((id, result) => {
      const why = result.isCanceled ? 'canceled' : result.unread.has(id) ? 'unread' : 'nothing';
      return result.moved.get(id) === 'nothing' && why === wanted;
    });
  const [canceled, unread, nothing] = [unmoved('canceled'), unmoved('unread'), unmoved('nothing')];
  const { unused, maybeUsed } = namesOfUnreached(plans);
  const problems = done.flatMap(({ plan, result }) =>
    result.problems.map(
      ({ policy, error }) => `${quote(nameOfPolicy(policy))}: ${describeFailure(error, plan.connection.account.name)}`,
    ),
  );
  const removals = done.flatMap(({ plan, result: { removal } }) =>
    removal ? [describeFailure(removal, plan.connection.account.name)] : [],
  );
  const unsent = done.flatMap(({ result }) => result.unsent.map(nameOfPolicy));
  const changed = done.flatMap((each) => each.changed.map(nameOfPolicy));
  const message = [
    ...(delivered.length > 0 ? [vscode.l10n.t('Delivered: {0}.', join(delivered))] : []),
    ...(failed.length > 0 ? [vscode.l10n.t('Failed: {0}.', join(failed))] : []),
    ...(nothing.length > 0 ? [vscode.l10n.t('Nothing seen within a minute: {0}.', join(nothing))] : []),
    ...(unread.length > 0
      ? [vscode.l10n.t('Could not be loaded after the test, so the test is inconclusive: {0}.', join(unread))]
      : []),
    ...(unused.length > 0 ? [vscode.l10n.t('Not tested, because no policy uses them: {0}.', join(unused))] : []),
    ...(maybeUsed.length > 0 ? [describeUnreadPolicies(join(maybeUsed))] : []),
    ...(canceled.length > 0 ? [vscode.l10n.t('Canceled before a result was seen: {0}.', join(canceled))] : []),
    ...(unsent.length > 0
      ? [vscode.l10n.t('Canceled before the test of these policies was sent: {0}.', join(unsent))]
      : []),
    ...(changed.length > 0
      ? [vscode.l10n.t('Not tested, because the recipients of these policies changed: {0}.', join(changed))]
      : []),
    ...removals,
    ...problems,
  ].join(' ');
  const doubtful = [nothing, unread, canceled, removals, problems, unsent, changed].flat().length + failedAccounts;
  const isGood = failed.length + doubtful === 0;
  void tell(failed.length > 0 ? 'error' : isGood ? 'information' : 'warning', message);
}

/** The first names, and the number of the others. */
export function join(names: readonly string[]): string {
  return enumerate(nameSome(names, MOST_LINES));
}
