import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { acquireInTurn, createLeases, type Lease, LeaseTakenError } from '../../../../src/core/async/lease.ts';
import type { SharedFiles } from '../../../../src/core/async/shared-files.ts';
import { createMemoryFiles } from './memory-files.ts';

const FILE = 'x.lock';

function makeMachine(files: SharedFiles = createMemoryFiles()) {
  let time = 100_000;
  let ids = 0;
  const dead = new Set<string>();
  const beats = new Set<() => void>();
  return {
    files,
    beats,
    kill: (process: string) => dead.add(process),
    pass: (milliseconds: number) => (time += milliseconds),
    window: (process: string, through: SharedFiles = files) =>
      createLeases({
        files: through,
        now: () => time,
        makeId: () => `${process}-${(ids += 1)}`,
        process,
        isAlive: (each) => !dead.has(each),
        every(milliseconds, work) {
          assert.ok(milliseconds < 10_000);
          beats.add(work);
          return () => beats.delete(work);
        },
      }),
    async beat() {
      beats.forEach((work) => work());
      await settle();
    },
  };
}

const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isTaken = { name: 'LeaseTakenError' };

describe('lease', () => {
  it('is held by one owner at a time, also within one window', async () => {
    const machine = makeMachine();
    const [a, b] = [machine.window('A'), machine.window('B')];
    const lease = await a.acquire('x');
    await assert.rejects(b.acquire('x'), isTaken);
    await assert.rejects(a.acquire('x'), isTaken);
    assert.deepEqual([await b.isTaken('x'), await b.isTaken('y')], [true, false]);
    await b.acquire('y');
    await lease.release();
    assert.equal(await b.isTaken('x'), false);
    await (await b.acquire('x')).check();
  });

  it('is waited for by an operation that takes its turn, and given to it after its release', async () => {
    const machine = makeMachine();
    const held = await machine.window('A').acquire('x');
    let pauses = 0;
    const turn = await acquireInTurn(machine.window('B'), 'x', async () => {
      pauses += 1;
      if (pauses === 3) {
        await held.release();
      }
    });
    await turn.check();
    assert.equal(pauses, 3);
  });

  it('does not wait where the files cannot be used', async () => {
    const files = { ...createMemoryFiles(), create: async () => Promise.reject(new Error('read-only')) };
    const leases = makeMachine(files).window('A');
    await assert.rejects(
      acquireInTurn(leases, 'x', () => assert.fail()),
      /read-only/,
    );
  });

  it('has a file in its folder, whatever its name', async () => {
    const machine = makeMachine();
    await machine.window('A').acquire('../../x');
    assert.deepEqual(await machine.files.names(), ['..%2F..%2Fx.lock']);
  });

  it('is taken over at once from a process that is gone', async () => {
    const machine = makeMachine();
    const lease = await machine.window('A').acquire('x');
    machine.kill('A');
    const b = machine.window('B');
    assert.equal(await b.isTaken('x'), false);
    await (await b.acquire('x')).check();
    await assert.rejects(lease.check(), isTaken);
  });

  it('expires without a heartbeat, and a lost one is detected by check', async () => {
    const machine = makeMachine();
    const lease = await machine.window('A').acquire('x');
    machine.pass(19_999);
    await assert.rejects(machine.window('B').acquire('x'), isTaken);
    await lease.check();
    machine.pass(1);
    const theirs = await machine.window('B').acquire('x');
    await assert.rejects(lease.check(), LeaseTakenError);
    await lease.release();
    await theirs.check();
  });

  it('lives as long as its heartbeat, also over hours', async () => {
    const machine = makeMachine();
    const lease = await machine.window('A').acquire('x');
    for (let beat = 0; beat < 100; beat += 1) {
      machine.pass(15_000);
      await machine.beat();
    }
    await assert.rejects(machine.window('B').acquire('x'), isTaken);
    await lease.check();
  });

  it('is not taken back by the heartbeat of an owner that lost it', async () => {
    const machine = makeMachine();
    const lease = await machine.window('A').acquire('x');
    machine.pass(20_000);
    const theirs = await machine.window('B').acquire('x');
    await machine.beat();
    await theirs.check();
    await assert.rejects(lease.check(), isTaken);
  });

  it('is not held for ever by a clock that was set back', async () => {
    const machine = makeMachine();
    await machine.window('A').acquire('x');
    machine.pass(-3_600_000);
    await (await machine.window('B').acquire('x')).check();
  });

  it('has no heartbeat after its release, not even one that was under way', async () => {
    const machine = makeMachine();
    let hold: (() => void) | undefined;
    const slow: SharedFiles = {
      ...machine.files,
      async write(name, text) {
        await new Promise<void>((resolve) => (hold = resolve));
        await machine.files.write(name, text);
      },
    };
    const lease = await machine.window('A', slow).acquire('x');
    await machine.beat();
    const released = lease.release();
    await settle();
    hold?.();
    await released;
    await settle();
    assert.deepEqual([machine.beats.size, await machine.files.names()], [0, []]);
  });

  for (const text of ['', '{"owner":', '{"owner":1}', 'null', '[]']) {
    it(`is free where its file holds ${JSON.stringify(text)}`, async () => {
      const machine = makeMachine();
      await machine.files.write(FILE, text);
      assert.equal(await machine.window('A').isTaken('x'), false);
      await (await machine.window('A').acquire('x')).check();
    });
  }

  it('leaves no file behind after it was taken over and released', async () => {
    const machine = makeMachine();
    await machine.window('A').acquire('x');
    machine.kill('A');
    await (await machine.window('B').acquire('x')).release();
    assert.deepEqual(await machine.files.names(), []);
  });

  it('goes to at most one of several windows that steal it at once, in every interleaving', async () => {
    let won = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 2, max: 4 }),
        fc.boolean(),
        async (scheduler, count, abandoned) => {
          const machine = makeMachine();
          if (abandoned) {
            await machine.window('gone').acquire('x');
            machine.kill('gone');
          }
          const stored = machine.files;
          const gated: SharedFiles = {
            names: async () => scheduler.schedule(Promise.resolve()).then(async () => stored.names()),
            read: async (name) => scheduler.schedule(Promise.resolve()).then(async () => stored.read(name)),
            write: async (name, text) =>
              scheduler.schedule(Promise.resolve()).then(async () => stored.write(name, text)),
            create: async (name, text) =>
              scheduler.schedule(Promise.resolve()).then(async () => stored.create(name, text)),
            rename: async (from, to) => scheduler.schedule(Promise.resolve()).then(async () => stored.rename(from, to)),
            remove: async (name) => scheduler.schedule(Promise.resolve()).then(async () => stored.remove(name)),
          };
          const got: Lease[] = [];
          const attempts = Array.from({ length: count }, async (_, index) => {
            try {
              got.push(await machine.window(`W${index}`, gated).acquire('x'));
            } catch (error) {
              assert.ok(error instanceof LeaseTakenError);
            }
          });
          await scheduler.waitFor(Promise.all(attempts));
          const checks = Promise.all(
            got.map(async (lease) =>
              lease.check().then(
                () => 1,
                () => 0,
              ),
            ),
          );
          const holders = (await scheduler.waitFor(checks)).reduce((sum: number, each) => sum + each, 0);
          won += holders;
          assert.ok(holders <= 1, `${holders} windows hold the lease`);
        },
      ),
      { numRuns: 1000 },
    );
    // A lease that nobody ever gets would pass too.
    assert.ok(won > 900);
  });
});
