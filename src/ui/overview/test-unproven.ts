import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Destination } from '../../core/model/destination.ts';
import { provedAt } from '../../core/model/health.ts';
import { comparableId } from '../../core/model/id.ts';
import type { Policy } from '../../core/model/policy.ts';
import { unprovenDaysOf } from '../../core/monitoring/unproven.ts';
import { chooseTests, type TestPlan, testPolicies, type UnprovenTests } from '../../core/testing/unproven-tests.ts';
import type { Services } from '../../services.ts';
import { inView } from '../host/commands.ts';
import { ask, tell, withoutLinks } from '../host/notice.ts';
import { runCommand } from '../host/run-command.ts';
import { readSettings, showSetting } from '../host/settings.ts';
import { describeMechanism } from '../testing/through-cloudflare.ts';
import { nameOf } from '../text/destination.ts';
import { nameSome, plural } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { nameOfPolicy } from '../text/policy.ts';

export type UnprovenServices = Pick<Services, 'store' | 'policies' | 'host' | 'lastTests' | 'logger'>;

type AccountPlan = TestPlan & {
  readonly connection: Connection;
  /** Those that are not proved. */
  readonly destinations: readonly Destination[];
  /** All of the account, by which a policy names its recipients. */
  readonly all: readonly Destination[];
};

const MOST_LINES = 15;

/**
 * Runs Test All Unproved…: tests the destinations without a recent success through Cloudflare, where a policy uses them.
 * One question lists everything that will be notified. Nothing is sent before.
 */
export async function testUnproven(services: UnprovenServices): Promise<void> {
  const { unprovenAfterDays } = readSettings();
  if (unprovenAfterDays === 0) {
    const change = vscode.l10n.t('Change Setting');
    const message = vscode.l10n.t('No destination is marked as not proved, because the setting is 0 days.');
    if ((await tell('information', message, change)) === change) {
      await showSetting('unprovenAfterDays');
    }
    return;
  }
  const plans = await inView(async () => readPlans(unprovenAfterDays, services));
  const destinations = plans.flatMap((plan) => plan.destinations);
  if (destinations.length === 0) {
    void tell(
      'information',
      plural(
        unprovenAfterDays,
        vscode.l10n.t('Every destination has had a success in the last day.'),
        vscode.l10n.t('Every destination has had a success in the last {0} days.', unprovenAfterDays),
      ),
    );
    return;
  }
  const reachable = plans.filter(({ policies }) => policies.length > 0);
  if (reachable.length === 0) {
    await offerDirect(plans, destinations);
    return;
  }
  if (await confirm(plans)) {
    await run(reachable, plans, services);
  }
}

/** Refreshes every account that has an unproved destination, and chooses the policies to test. API errors pass through. */
async function readPlans(
  afterDays: number,
  { store, policies, host }: UnprovenServices,
): Promise<readonly AccountPlan[]> {
  await store.refresh();
  const plans = store.entries().map(async ({ connection, state }): Promise<AccountPlan> => {
    const all = state.last?.destinations ?? [];
    const destinations = all.filter((each) => unprovenDaysOf(provedAt(each), afterDays, host.now()) !== undefined);
    if (destinations.length === 0) {
      return { connection, all, destinations, policies: [], unreached: [] };
    }
    const known = await policies.read(connection);
    const ids = destinations.map(({ id }) => id);
    return { connection, all, destinations, ...chooseTests(known.policies, ids) };
  });
  return (await Promise.all(plans)).filter(({ destinations }) => destinations.length > 0);
}

async function offerDirect(plans: readonly AccountPlan[], destinations: readonly Destination[]): Promise<void> {
  const direct = vscode.l10n.t('Test from This Machine');
  const message = vscode.l10n.t(
    'No policy uses the destinations that are not proved, so Cloudflare cannot test them: {0}.',
    nameSome(destinations.map(nameOf), MOST_LINES).join(', '),
  );
  if ((await tell('information', message, direct)) === direct) {
    const nodes = plans.flatMap(({ connection: { account }, destinations: own }) =>
      own.map(({ id }) => ({ kind: 'destination' as const, accountId: account.id, destinationId: id })),
    );
    await runCommand('testDestination', nodes[0], nodes);
  }
}

async function confirm(plans: readonly AccountPlan[]): Promise<boolean> {
  const tests = plans.flatMap(({ policies }) => policies).length;
  const lines = plans.flatMap(({ connection, all, policies }) => {
    const names = new Map(all.map((each) => [comparableId(each.id), nameOf(each)]));
    return policies.map((policy) =>
      vscode.l10n.t(
        '{0}, policy “{1}”: {2}',
        connection.account.name,
        nameOfPolicy(policy),
        recipientsOf(policy, names).join(', '),
      ),
    );
  });
  const unreached = plans.flatMap(namesOfUnreached);
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
      ...(unreached.length > 0
        ? [
            '',
            vscode.l10n.t(
              'No policy uses these destinations, so they are not tested: {0}',
              nameSome(unreached, MOST_LINES).join(', '),
            ),
          ]
        : []),
    ].join('\n'),
    send,
  );
  return chosen === send;
}

function recipientsOf({ mechanisms }: Policy, names: ReadonlyMap<string, string>): readonly string[] {
  return Object.entries(mechanisms).flatMap(([kind, ids]) => ids.map((id) => describeMechanism(kind, id, names)));
}

function namesOfUnreached({ destinations, unreached }: AccountPlan): readonly string[] {
  return destinations.filter(({ id }) => unreached.includes(id)).map(nameOf);
}

type Done = { readonly plan: AccountPlan; readonly result: UnprovenTests };

async function run(
  reachable: readonly AccountPlan[],
  plans: readonly AccountPlan[],
  services: UnprovenServices,
): Promise<void> {
  const stop = new AbortController();
  const done = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(vscode.l10n.t('Testing through Cloudflare')),
      cancellable: true,
    },
    async (_progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      return Promise.all(reachable.map(async (plan) => testAccount(plan, services, stop.signal)));
    },
  );
  tellDone(
    done.flatMap((each) => each ?? []),
    plans,
    reachable.length - done.filter(Boolean).length,
  );
}

/** Undefined if nothing could be sent. */
async function testAccount(
  plan: AccountPlan,
  { store, host, lastTests, logger }: UnprovenServices,
  signal: AbortSignal,
): Promise<Done | undefined> {
  const { connection, destinations, policies, unreached } = plan;
  const { account, api } = connection;
  const ids = destinations.map(({ id }) => id).filter((id) => !unreached.includes(id));
  const wanted = new Set(ids);
  try {
    const result = await testPolicies({ api, host, accountId: account.id }, policies, ids, {
      onRead: (read) =>
        read.filter(({ id }) => wanted.has(id)).forEach((each) => store.putDestination(account.id, each)),
      signal,
    });
    for (const [id, moved] of result.moved) {
      const ending = { success: 'worked', failure: 'failed', nothing: 'undecided' } as const;
      const reason = moved === 'failure' ? vscode.l10n.t('Cloudflare could not deliver') : '';
      lastTests.set(account.id, id, { at: host.now(), way: 'cloudflare', result: ending[moved], reason });
      logger.log('info', `Test of destination ${id} (cloudflare): ${ending[moved]}`);
    }
    return { plan, result };
  } catch (error) {
    void tell('error', describeFailure(error, account.name));
    return undefined;
  }
}

/** One message that tells each receiver apart. */
function tellDone(done: readonly Done[], plans: readonly AccountPlan[], failedAccounts: number): void {
  if (done.length === 0) {
    return;
  }
  const namesWith = (wanted: string): readonly string[] =>
    done.flatMap(({ plan, result }) =>
      plan.destinations.filter(({ id }) => result.moved.get(id) === wanted).map(nameOf),
    );
  const [delivered, failed, nothing] = [namesWith('success'), namesWith('failure'), namesWith('nothing')];
  const unreached = plans.flatMap(namesOfUnreached);
  const problems = done.flatMap(({ plan, result }) =>
    result.problems.map(
      ({ policy, error }) => `“${nameOfPolicy(policy)}”: ${describeFailure(error, plan.connection.account.name)}`,
    ),
  );
  const unsent = done.flatMap(({ result }) => result.unsent.map(nameOfPolicy));
  const message = [
    ...(delivered.length > 0 ? [vscode.l10n.t('Delivered: {0}.', join(delivered))] : []),
    ...(failed.length > 0 ? [vscode.l10n.t('Failed: {0}.', join(failed))] : []),
    ...(nothing.length > 0 ? [vscode.l10n.t('Nothing seen within a minute: {0}.', join(nothing))] : []),
    ...(unreached.length > 0 ? [vscode.l10n.t('Not tested, because no policy uses them: {0}.', join(unreached))] : []),
    ...(unsent.length > 0 ? [vscode.l10n.t('Not sent: {0}.', join(unsent))] : []),
    ...problems,
  ].join(' ');
  const isGood = failed.length + nothing.length + problems.length + unsent.length + failedAccounts === 0;
  void tell(failed.length > 0 ? 'error' : isGood ? 'information' : 'warning', message);
}

function join(names: readonly string[]): string {
  return nameSome(names, MOST_LINES).join(', ');
}
