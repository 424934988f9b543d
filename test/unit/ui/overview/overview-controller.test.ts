import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTask } from 'node:timers/promises';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import type { SentAlert } from '../../../../src/core/model/policy.ts';
import { createCallBudgets } from '../../../../src/core/monitoring/call-budget.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import type { OverviewDetails } from '../../../../src/core/overview-protocol.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { standInForVscode } from '../vscode.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const { createRecorder } = await import('../../../../src/ui/monitoring/recorder.ts');
const { createTimelines } = await import('../../../../src/ui/monitoring/timelines.ts');
const { createOverviewController } = await import('../../../../src/ui/overview/overview-controller.ts');

const ACCOUNT = 'a'.repeat(32);
const MINUTE = 60_000;
const systemNow = Date.now;
const MONDAY_EVENING = new Date(2026, 10, 23, 17).getTime();
const TUESDAY_MORNING = new Date(2026, 10, 24, 9).getTime();

describe('overview while it is open', () => {
  let root: string;
  let stop: () => void;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'overview-'));
  });
  afterEach(async () => {
    Date.now = systemNow;
    stop();
    await rm(root, { recursive: true, force: true });
  });

  /** The page of an account with one destination, which asks for its details as the real page does. */
  async function open({
    cachedAt,
    couldLoad = true,
    isClockSet = false,
  }: {
    readonly cachedAt?: number;
    readonly couldLoad?: boolean;
    readonly isClockSet?: boolean;
  }) {
    let time = TUESDAY_MORNING;
    if (isClockSet) {
      Date.now = () => time;
    }
    let destination = makeDestination('d', {
      createdAt: '2026-10-01T00:00:00Z',
      lastSuccess: '2026-11-01T00:00:00Z',
    });
    let alerts: readonly SentAlert[] = [];
    const now = (): number => time;
    const host = { now, log: () => {}, sleep: async () => {} };
    const store = createStore({
      now,
      toApiError: (error) => (error instanceof ApiError ? error : assert.fail(String(error))),
      defer: (work) => void setImmediate(work),
      log: host.log,
    });
    const api = makeApi({
      listDestinations: async () => [destination],
      listSentAlerts: async () => alerts,
      listPolicies: async () => [],
      listAlertNames: async () => new Map(),
    });
    store.setConnections([makeConnection(ACCOUNT, api)]);
    const timelines = createTimelines({ profileFolder: root, store, host } as never, async () => ({
      createRecording: (_, listeners) =>
        createRecorder({ store, log: host.log, now }, root, (id) => listeners.forEach((listener) => listener(id))),
    }));
    if (cachedAt === undefined) {
      await store.refresh();
      // The timeline has what the first refresh shows.
      await timelines.of(ACCOUNT);
    } else {
      const { url: _, ...facts } = destination;
      store.adopt(ACCOUNT, { at: cachedAt, destinations: [{ ...facts, host: 'hooks.slack.com' }] });
    }
    let shown: Partial<OverviewDetails> = {};
    let problem: string | undefined;
    let note: string | undefined;
    let outdated = 0;
    let asking: Promise<void> = Promise.resolve();
    const controller = createOverviewController(
      {
        store,
        policies: createPolicyStore(),
        timelines,
        budgets: createCallBudgets(now),
        host,
        loaded: Promise.resolve(couldLoad),
      } as never,
      (message) => {
        if (message.kind === 'outdated') {
          outdated += 1;
          asking = asking.then(ask);
        } else if (message.kind === 'details') {
          shown = message.details.reduce((all, each) => ({ ...all, ...each }), shown);
        } else if (message.kind === 'accounts') {
          ({ problem } = message);
        } else if (message.kind === 'account') {
          ({ note } = message.account);
        }
      },
    );
    const ask = async (): Promise<void> =>
      controller.receive({ kind: 'visible', rows: [{ accountId: ACCOUNT, destinationId: 'd' }] });
    stop = () => {
      controller.dispose();
      timelines.dispose();
    };
    await controller.receive({ kind: 'ready' });
    await ask();
    return {
      shown: () => shown,
      problem: () => problem,
      note: () => note,
      pass: (milliseconds: number) => void (time += milliseconds),
      /** How often the page was told to ask again since the last call. */
      async refresh(after: number, change: Partial<Destination> = {}, sent = alerts): Promise<number> {
        time += after;
        destination = { ...destination, ...change };
        alerts = sent;
        const before = outdated;
        await store.refresh();
        // The recorder works in turn.
        await timelines.of(ACCOUNT);
        await nextTask();
        await asking;
        return outdated - before;
      },
    };
  }

  it('says that the stored accounts could not be loaded', async () => {
    const page = await open({ couldLoad: false });
    assert.match(page.problem() ?? '', /^The stored accounts could not be loaded\./);
  });

  it('shows that yesterday was quiet once the first refresh of today tells it, and asks no more than once a day', async () => {
    const page = await open({ cachedAt: MONDAY_EVENING });
    const daysOf = (): readonly (string | undefined)[] => (page.shown().days ?? []).slice(-2).map(({ state }) => state);
    const before = daysOf();
    assert.equal(await page.refresh(6 * MINUTE), 1);
    assert.notDeepEqual(daysOf(), before);
    assert.deepEqual(daysOf(), ['quiet', 'quiet']);
    assert.equal(await page.refresh(6 * MINUTE), 0);
    assert.equal(await page.refresh(24 * 60 * MINUTE), 1);
    assert.deepEqual(daysOf(), ['quiet', 'quiet']);
  });

  it('does not call days unwatched on which the destination did not exist yet', async () => {
    const page = await open({});
    await page.refresh(24 * 60 * MINUTE, { createdAt: '2026-11-23T12:00:00Z' });
    assert.match(page.shown().summary ?? '', /nothing seen on 3 days, not created yet on 26 days\.$/);
  });

  it('counts the alert of a delivery that it shows, also where it counted the alerts a moment before', async () => {
    const alert: SentAlert = {
      policyId: 'p',
      policyName: 'P',
      alertType: 'x',
      sent: '2026-11-24T08:00:00Z',
      mechanism: 'd',
      mechanismKind: 'webhook',
    };
    const page = await open({});
    assert.equal(page.shown().alerts, 0);
    await page.refresh(5 * MINUTE, { lastSuccess: new Date(TUESDAY_MORNING + MINUTE).toISOString() }, [alert]);
    assert.equal(page.shown().alerts, 1);
    // Without a delivery, the alerts of the last ten minutes are used again.
    await page.refresh(5 * MINUTE, {}, [alert, alert]);
    assert.equal(page.shown().alerts, 1);
  });

  it('says how old the rows are once they are, and no longer after a refresh without news', async () => {
    const [every, setInterval] = [[] as (() => void)[], globalThis.setInterval];
    globalThis.setInterval = ((work: () => void) => every.push(work)) as never;
    try {
      const page = await open({ isClockSet: true });
      assert.equal(page.note(), undefined);
      page.pass(3 * 60 * MINUTE);
      for (const work of every) {
        work();
      }
      assert.equal(page.note(), `Account ${ACCOUNT}: Last refreshed 3 hours ago`);
      await page.refresh(0);
      assert.equal(page.note(), undefined);
    } finally {
      globalThis.setInterval = setInterval;
    }
  });
});
