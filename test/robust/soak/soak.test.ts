import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createVirtualClock } from '../../unit/core/monitoring/simulated-refresh.ts';
import { reportProblems } from '../collector.ts';
import { standInForVscode } from '../vscode.ts';
import { type Cloud, createFetch, createMachine } from '../windows/shared.ts';
import { openWindow } from '../windows/window.ts';

standInForVscode();
const stored = await import('../../../src/ui/accounts/stored-accounts.ts');

const DAYS = 30;
const DAY = 86_400_000;
/** Milliseconds. Shorter by script: the default of the extension is five minutes. */
const INTERVAL = Number(process.env['SOAK_INTERVAL'] ?? 60) * 60_000;
const ACCOUNTS = ['a', 'b', 'c', 'd'].map((each) => each.repeat(32));
/** Bytes by which the heap may differ between two days: what the engine keeps for itself. */
const HEAP_NOISE = 3_000_000;

type Day = {
  readonly heap: number;
  readonly timers: number;
  readonly listeners: number;
  readonly bytes: number;
  readonly keys: number;
  readonly files: number;
};

describe('a soak', function () {
  this.timeout(4 * 60 * 60_000);

  it(`of ${DAYS} simulated days with faults leaves nothing behind: everything is flat after day 2`, async () => {
    const started = performance.now();
    setFlagsFromString('--expose_gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const machine = createMachine(random, () => random() > 0.999);
    const clock = createVirtualClock();
    const cloud: Cloud = {
      worlds: new Map(
        ACCOUNTS.map((id) => [
          id,
          {
            destinations: Array.from({ length: 20 }, (_, at) => ({
              id: `${id}-${at}`,
              name: `D${at}`,
              url: 'https://e.com/',
            })),
            policies: [],
            cleansPolicies: false,
            cutsUrls: false,
            putMode: 'as-documented',
            nextId: 0,
          },
        ]),
      ),
      tokens: new Set(),
      calls: [],
    };
    const fetch = createFetch(cloud, clock.elapsed, random);
    const window = await openWindow({ machine, clock, fetch, random, name: 'w', isAlive: () => true });
    let serial = 0;
    const makeToken = (): string => {
      const token = `cfut_${(serial += 1)}${'x'.repeat(36)}`;
      cloud.tokens.add(token);
      return token;
    };
    async function passUntil(work: Promise<unknown>): Promise<void> {
      let isDone = false;
      void work.catch(() => undefined).finally(() => void (isDone = true));
      while (!isDone) {
        await clock.goTo(clock.elapsed() + 500);
      }
    }
    const { connections } = window;
    for (const id of ACCOUNTS) {
      await passUntil(stored.storeAccounts(connections, { token: makeToken(), owner: 'user' }, [{ id, name: id }]));
    }
    window.focus(INTERVAL);

    const days: Day[] = [];
    let calls = 0;
    for (let day = 1; day <= DAYS; day += 1) {
      const [first = '', second = ''] = ACCOUNTS;
      // What a user does in a day.
      const inUse = stored.findTokenInUse(connections, first);
      await passUntil(stored.replaceStoredToken(connections, inUse, { token: makeToken(), owner: 'user' }));
      const shown = window.store.entry(first)?.connection.account ?? assert.fail();
      await passUntil(stored.storeLabel(connections, shown, `Day ${day % 10}`));
      await passUntil(stored.removeStoredAccount(window, second));
      await passUntil(window.secretStore.forgetAccount(second));
      await passUntil(
        stored.storeAccounts(connections, { token: makeToken(), owner: 'user' }, [{ id: second, name: second }]),
      );
      await passUntil(window.secretStore.remember(first, `${first}-${day % 20}`, { secret: `s3cr3t-${day}` }));
      await passUntil(window.secretStore.forget(first, `${first}-${(day + 19) % 20}`));
      await passUntil(connections.load());
      await passUntil(window.store.refresh());
      await clock.goTo(clock.elapsed() + DAY);
      await passUntil(window.sweep());
      await machine.settle();
      calls += cloud.calls.length;
      cloud.calls.length = 0;
      window.lines.length = 0;
      collectGarbage();
      days.push({
        heap: process.memoryUsage().heapUsed,
        timers: window.timers(),
        listeners: machine.listeners(),
        bytes: JSON.stringify([[...machine.secrets], machine.state()]).length,
        keys: machine.secrets.size + Object.keys(machine.state()).length,
        files: (await machine.files.names()).length,
      });
    }
    for (const at of [1, 2, 10, 20, DAYS]) {
      const { heap, timers, listeners, bytes, keys, files } = days[at - 1] ?? assert.fail();
      const megabytes = (heap / 1e6).toFixed(1);
      console.log(
        `      day ${at}: heap ${megabytes} MB, ${timers} timers, ${listeners} listeners, ${bytes} bytes in ${keys} keys, ${files} files`,
      );
    }
    console.log(`      ${calls} calls`);
    const settled = days.slice(1);
    const most = (of: keyof Day): number => Math.max(...settled.map((each) => each[of]));
    const least = (of: keyof Day): number => Math.min(...settled.map((each) => each[of]));
    const problems = [
      ...(most('timers') > 5 ? [`${most('timers')} timers are left`] : []),
      ...(most('listeners') > (days[0]?.listeners ?? 0) ? [`${most('listeners')} listeners are left`] : []),
      ...(most('keys') - least('keys') > 2 ? [`between ${least('keys')} and ${most('keys')} keys are stored`] : []),
      ...(most('files') - least('files') > 2
        ? [`between ${least('files')} and ${most('files')} files are stored`]
        : []),
      ...(most('bytes') > 1.2 * least('bytes')
        ? [`between ${least('bytes')} and ${most('bytes')} bytes are stored`]
        : []),
      ...growthOf(settled.map(({ heap }) => heap)),
    ];
    window.close();
    reportProblems('soak, 30 days', calls, problems, started);
    assert.deepEqual(problems, []);
    assert.ok(calls > DAYS * ACCOUNTS.length);
  });
});

/** The last ten days need no more memory than the first ten. */
function growthOf(heaps: readonly number[]): readonly string[] {
  const median = (some: readonly number[]): number => some.toSorted((a, b) => a - b)[Math.floor(some.length / 2)] ?? 0;
  const growth = median(heaps.slice(-10)) - median(heaps.slice(0, 10));
  return growth > HEAP_NOISE ? [`the heap leaks ${Math.round(growth / 1000)} kB in 20 days`] : [];
}
