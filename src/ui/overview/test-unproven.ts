import * as vscode from 'vscode';
import { isCanceled } from '../../core/async/canceled.ts';
import { createIdSet, findById } from '../../core/model/id.ts';
import { createUserLimits, type UserLimits } from '../../core/monitoring/call-budget.ts';
import { connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import { CALLS_PER_READ } from '../../core/policies/policy-store.ts';
import { asUnsent, splitConfirmed, testPolicies } from '../../core/testing/unproven-tests.ts';
import type { Services } from '../../services.ts';
import { tell, withoutLinks } from '../host/notice.ts';
import { runCommand } from '../host/run-command.ts';
import { readSettings, showSetting } from '../host/settings.ts';
import { withProgress } from '../monitoring/refreshing.ts';
import { nameOf } from '../text/destination.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeUnreadPolicies } from '../text/policy.ts';
import { confirm, describeMissing, type Done, join, tellDone, tellNone } from './unproven-messages.ts';
import { type AccountPlan, type Plans, readPlans } from './unproven-plans.ts';

export type UnprovenServices = Pick<Services, 'store' | 'policies' | 'host' | 'budgets' | 'lastTests' | 'logger'>;

/**
 * Makes Test All Unproved…, which tests the destinations without a recent success through Cloudflare, where a policy uses
 * them. One question lists what will be notified. Nothing is sent before. A second call during the test waits for it.
 */
export function createUnprovenTest(services: UnprovenServices): () => Promise<void> {
  let running: Promise<(() => Promise<void>) | undefined> | undefined;
  return async () => {
    if (running) {
      // The first call reports its error.
      await running.catch(() => undefined);
      return;
    }
    const { unprovenAfterDays } = readSettings();
    if (unprovenAfterDays === 0) {
      await offerSetting();
      return;
    }
    running = testUnproven(unprovenAfterDays, services).finally(() => {
      running = undefined;
    });
    // An offer waits for the user for as long as the notification is there, and must not block the next test.
    const offer = await running;
    await offer?.();
  };
}

async function offerSetting(): Promise<void> {
  const change = vscode.l10n.t('Change Setting');
  const message = vscode.l10n.t('No destination is marked as not proved, because the setting is 0 days.');
  if ((await tell('information', message, change)) === change) {
    await showSetting('unprovenAfterDays');
  }
}

/** Resolves with an offer if no policy can test the destinations. */
async function testUnproven(afterDays: number, services: UnprovenServices): Promise<(() => Promise<void>) | undefined> {
  const found = await withProgress(
    { title: vscode.l10n.t('Refreshing Cloudflare accounts'), total: services.store.entries().length },
    async (signal, onDone) => readPlans(afterDays, services, { signal, onDone }),
  ).catch((error: unknown) => {
    if (isCanceled(error)) {
      return undefined;
    }
    throw error;
  });
  if (!found) {
    return undefined;
  }
  const { plans } = found;
  if (plans.length === 0) {
    tellNone(found, afterDays, services.store.entries().length);
    return undefined;
  }
  const reachable = plans.filter(({ policies }) => policies.length > 0);
  if (reachable.length === 0) {
    return async () => offerDirect(found);
  }
  if (await confirm(found)) {
    await run(reachable, plans, services);
  }
  return undefined;
}

/** Offers a test that needs no policy. */
async function offerDirect({ plans, missing }: Plans): Promise<void> {
  const direct = vscode.l10n.t('Test from This Machine');
  const namesWhere = (isPartial: boolean): readonly string[] =>
    plans.filter((plan) => plan.isPartial === isPartial).flatMap((plan) => plan.destinations.map(nameOf));
  const [unused, maybeUsed] = [namesWhere(false), namesWhere(true)];
  const words = [
    ...(unused.length > 0
      ? [
          vscode.l10n.t(
            'No policy uses the destinations that are not proved, so Cloudflare cannot test them: {0}.',
            join(unused),
          ),
        ]
      : []),
    ...(maybeUsed.length > 0 ? [describeUnreadPolicies(join(maybeUsed))] : []),
    ...(missing.length > 0 ? [describeMissing(missing)] : []),
  ].join(' ');
  if ((await tell(missing.length + maybeUsed.length > 0 ? 'warning' : 'information', words, direct)) === direct) {
    const nodes = plans.flatMap(({ connection: { account }, destinations: own }) =>
      own.map(({ id }) => ({ kind: 'destination' as const, accountId: account.id, destinationId: id })),
    );
    await runCommand('testDestination', nodes[0], nodes);
  }
}

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
      const limitOf = createUserLimits(services.budgets, services.host.sleep, stop.signal);
      return Promise.all(reachable.map(async (plan) => testAccount(plan, services, limitOf, stop.signal)));
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
  { store, policies: policyStore, host, lastTests, logger }: UnprovenServices,
  limitOf: UserLimits,
  signal: AbortSignal,
): Promise<Done | undefined> {
  const { connection: known, destinations, policies, unreached } = plan;
  const { account } = known;
  const missed = new Set(unreached);
  const ids = destinations.map(({ id }) => id).filter((id) => !missed.has(id));
  const wanted = createIdSet(ids);
  try {
    // The question may have been open for long, and only recipients that it named may be notified.
    const { token } = connectionNow(store, known);
    const now = await limitOf(token?.id, CALLS_PER_READ)(async () => policyStore.read(connectionNow(store, known)));
    const { same, changed } = splitConfirmed(policies, now.policies);
    const result = await testPolicies(withApiNow(store, known, { host, accountId: account.id }), same, ids, {
      onRead: (read) =>
        read.filter(({ id }) => wanted.has(id)).forEach((each) => store.updateDestination(account.id, each)),
      signal,
      limit: limitOf(token?.id),
    });
    for (const [id, moved] of result.moved) {
      if (moved === 'nothing' && result.isCanceled) {
        continue;
      }
      const ending = { success: 'worked', failure: 'failed', nothing: 'undecided' } as const;
      const reason = moved === 'failure' ? vscode.l10n.t('Cloudflare could not deliver') : '';
      const url = findById(destinations, id)?.url ?? '';
      lastTests.set(account.id, id, { at: host.now(), way: 'cloudflare', result: ending[moved], reason, url });
      logger.log('info', `Test of destination ${id} (cloudflare): ${ending[moved]}`);
    }
    return { plan, result, changed };
  } catch (error) {
    if (isCanceled(error)) {
      return { plan, result: asUnsent(policies), changed: [] };
    }
    void tell('error', describeFailure(error, account.name));
    return undefined;
  }
}
