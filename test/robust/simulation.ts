import type { Api } from '../../src/core/api/client.ts';
import { type Call, connect, type Fault, type World } from './world.ts';

/** A window that was killed never goes on; whoever waits for it learns by this error. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

export type SimulationOptions = {
  readonly world: World;
  /** The fault of the nth call of any window, counted from 0. */
  readonly faults: ReadonlyMap<number, Fault>;
  /** Done when so many gates have been passed, counted from 0. */
  readonly events: ReadonlyMap<number, () => void>;
  /** Which of several waiting windows goes on: a number for each decision, used in turn. */
  readonly choices: readonly number[];
  readonly onEffect: (call: Call) => void;
  readonly onSent: (call: Call) => void;
  readonly onRead: (call: Call) => void;
};

/**
 * Runs several windows on one world, one step at a time. Every call and every file access is a gate at which another window
 * may go on, a colleague may change something, or the window may be killed. Time passes only while nothing else can go on.
 */
export type Simulation = {
  apiOf(window: string): Api;
  fileGate(window: string): () => Promise<void>;
  readonly now: () => number;
  sleepOf(window: string): (milliseconds: number) => Promise<void>;
  /** Repeats work of a window until it is stopped or the window is killed. */
  everyOf(window: string): (milliseconds: number, work: () => void) => () => void;
  kill(window: string): void;
  isAlive(window: string): boolean;
  /** How many gates have been passed. */
  readonly gates: () => number;
  /** Starts a job of a window; it is canceled by {@link KilledError} where the window is killed. */
  start<T>(window: string, job: () => Promise<T>): Promise<T>;
  /** Lets all windows go on until every job has settled. */
  run(): Promise<void>;
};

export function createSimulation(options: SimulationOptions): Simulation {
  const { world, faults, events, choices } = options;
  const waiting: { readonly by: string; readonly go: () => void }[] = [];
  let timers: { readonly at: number; readonly work: () => void; readonly repeats?: boolean }[] = [];
  const dead = new Set<string>();
  const killers = new Map<string, ((error: Error) => void)[]>();
  let clock = 1_000_000;
  let calls = 0;
  let passed = 0;
  let decided = 0;
  let running = 0;

  function wait(by: string): Promise<void> {
    return new Promise((go) => {
      if (!dead.has(by)) {
        waiting.push({ by, go });
      }
    });
  }

  function after(milliseconds: number, work: () => void, repeats = false): void {
    timers = [...timers, { at: clock + milliseconds, work, repeats }].toSorted((a, b) => a.at - b.at);
  }

  function everyOf(window: string): (milliseconds: number, work: () => void) => () => void {
    return (milliseconds, work) => {
      let stopped = false;
      const again = (): void =>
        after(
          milliseconds,
          () => {
            if (!stopped && !dead.has(window)) {
              work();
              again();
            }
          },
          true,
        );
      again();
      return () => {
        stopped = true;
      };
    };
  }

  function apiOf(window: string): Api {
    return connect(world, window, {
      gate: async () => wait(window),
      faultOf() {
        const fault = faults.get(calls);
        calls += 1;
        return fault;
      },
      onEffect: options.onEffect,
      onSent: options.onSent,
      onRead: options.onRead,
      after,
    });
  }

  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    apiOf,
    fileGate: (window) => async () => wait(window),
    now: () => clock,
    sleepOf: (window) => async (milliseconds) =>
      new Promise((resolve) => {
        after(milliseconds, () => !dead.has(window) && resolve());
      }),
    everyOf,
    kill(window) {
      dead.add(window);
      for (let index = waiting.length - 1; index >= 0; index -= 1) {
        if (waiting[index]?.by === window) {
          waiting.splice(index, 1);
        }
      }
      for (const reject of killers.get(window) ?? []) {
        reject(new KilledError());
      }
    },
    isAlive: (window) => !dead.has(window),
    gates: () => passed,
    async start(window, job) {
      running += 1;
      const killed = new Promise<never>((_resolve, reject) => {
        killers.set(window, [...(killers.get(window) ?? []), reject]);
      });
      killed.catch(() => undefined);
      try {
        return await Promise.race([job(), killed]);
      } finally {
        running -= 1;
      }
    },
    async run() {
      for (let step = 0; running > 0; step += 1) {
        if (step > 20_000) {
          throw new Error('The simulation does not end');
        }
        await idle();
        // Windows that wake up at the same moment go on side by side.
        const isDue = (timers[0]?.at ?? Infinity) <= clock;
        if (waiting.length > 0 && !isDue) {
          const choice = choices.length === 0 ? 0 : (choices[decided % choices.length] ?? 0);
          decided += 1;
          const [next] = waiting.splice(choice % waiting.length, 1);
          events.get(passed)?.();
          passed += 1;
          // The event may have killed the very window that was to go on.
          if (next && !dead.has(next.by)) {
            next.go();
          }
        } else if (timers.length > 0) {
          const [first, ...rest] = timers;
          timers = rest;
          clock = Math.max(clock, first?.at ?? clock);
          first?.work();
        } else if (running > 0) {
          await idle();
          if (waiting.length === 0 && timers.length === 0 && running > 0) {
            throw new Error('Every window waits for something that never comes');
          }
        }
      }
      // What takes effect later than everything else.
      for (const { at, work, repeats } of timers) {
        if (!repeats) {
          clock = Math.max(clock, at);
          work();
        }
      }
      timers = [];
    },
  };
}
