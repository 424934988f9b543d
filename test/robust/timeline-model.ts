import assert from 'node:assert/strict';
import type { CachedDestination } from '../../src/core/model/destination.ts';
import { dayOf } from '../../src/core/model/local-day.ts';
import type { TimedSnapshot } from '../../src/core/monitoring/snapshot.ts';
import { daysOf, mergeHistories, record as recordFacts, seenIn } from '../../src/core/monitoring/timeline.ts';
import { decodeHistory } from '../../src/core/monitoring/timeline-lines.ts';
import { createTimelineLog, type TimelineFiles, type TimelineLog } from '../../src/core/monitoring/timeline-log.ts';
import type { Verdict } from './prove.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 8, 1);
/** Less than the 90 days that are kept, also by a clock that is 15 days ahead. */
export const MOST_HOURS = 70 * 24;
const IDS = ['first', 'second'] as const;

type Kind = 'success' | 'failure';

/** One step of a scenario. `window` and `destination` are taken modulo their number. */
export type TimelineStep =
  | { readonly kind: 'event'; readonly destination: number; readonly failed: boolean }
  | { readonly kind: 'pass'; readonly hours: number }
  /** The clock of the machine is that many hours ahead (negative: behind) from now on. */
  | { readonly kind: 'clock'; readonly hours: number }
  | { readonly kind: 'refresh'; readonly window: number }
  | { readonly kind: 'adopt'; readonly window: number }
  /** A view of the window asks for the history. */
  | { readonly kind: 'load'; readonly window: number }
  /** Kills a window in the middle of what it does, and opens another one. A write that waits is written in part. */
  | { readonly kind: 'kill'; readonly window: number; readonly part: number }
  /** Deletes the snapshot cache. */
  | { readonly kind: 'clear' }
  /** Lets that many file accesses happen; `pick` decides of which window. */
  | { readonly kind: 'go'; readonly picks: readonly number[] };

export type TimelineScenario = { readonly windows: number; readonly steps: readonly TimelineStep[] };

type Inode = { text: string };
type Gate = { readonly window: object; readonly go: () => void; readonly writes?: (part: number) => void };
type Window = { log: TimelineLog; last: TimedSnapshot | undefined; queue: Promise<unknown> };

/**
 * Runs windows on one shared folder, one file access at a time. Returns what happened, so that the test can
 * see what the scenarios reach.
 */
export async function playTimeline({ windows: count, steps }: TimelineScenario): Promise<Verdict> {
  const folder = new Map<string, Inode>();
  const occurred = new Set<string>();
  const gates: Gate[] = [];
  const events: { readonly id: string; readonly kind: Kind; readonly at: string; readonly ms: number }[] = [];
  /** What was written, and what windows have shown. */
  const proved = new Set<string>();
  const shown = new Set<string>();
  const failures: string[] = [];
  let wasKilled = false;
  let real = START;
  let offset = 0;
  let wasAhead = false;
  let ids = 0;
  let cache: TimedSnapshot | undefined;
  const clock = (): number => real + offset;

  const pass = async (window: object, writes?: (part: number) => void): Promise<void> =>
    new Promise((go) => gates.push({ window, go, ...(writes ? { writes } : {}) }));

  function filesOf(window: object): TimelineFiles {
    const put = (name: string): Inode => {
      const inode = folder.get(name) ?? { text: '' };
      folder.set(name, inode);
      return inode;
    };
    return {
      async names() {
        await pass(window);
        return [...folder.keys()];
      },
      async read(name) {
        await pass(window);
        return folder.get(name)?.text;
      },
      async write(name, text) {
        const temporary = `${name}.${(ids += 1)}.tmp`;
        await pass(window, (part) => (put(temporary).text = text.slice(0, part)));
        put(temporary).text = text;
        await pass(window);
        folder.set(name, put(temporary));
        folder.delete(temporary);
      },
      async rename(from, to) {
        await pass(window);
        const inode = folder.get(from);
        if (inode) {
          occurred.add('renamed');
          folder.set(to, inode);
          folder.delete(from);
        }
        return inode !== undefined;
      },
      async remove(name) {
        await pass(window);
        occurred.add('removed');
        folder.delete(name);
      },
      async append(name, text) {
        await pass(window);
        const inode = put(name);
        await pass(window, (part) => (inode.text += text.slice(0, part)));
        inode.text += text;
        await pass(window);
        if (folder.get(name) !== inode) {
          occurred.add('appended again');
        }
        return folder.get(name) === inode ? inode.text.length : undefined;
      },
    };
  }

  function open(): Window {
    const window = {};
    const log = createTimelineLog({
      files: filesOf(window),
      now: clock,
      makeId: () => String((ids += 1)),
      report: () => occurred.add('torn line'),
      pause: async () => {},
      limits: { log: 120, parts: 1, age: 20 * 24 * HOUR, text: 1_000_000 },
    });
    const made = Object.assign(window, { log, last: cache, queue: Promise.resolve() });
    return made;
  }
  const windows = Array.from({ length: count }, open);

  const lastOf = (id: string, kind: Kind): string | undefined =>
    events.findLast((event) => event.id === id && event.kind === kind)?.at;

  function look(): TimedSnapshot {
    const destinations = IDS.map((id): CachedDestination => {
      const [lastSuccess, lastFailure] = [lastOf(id, 'success'), lastOf(id, 'failure')];
      return {
        id,
        name: id,
        type: 'generic',
        host: '',
        ...(lastSuccess === undefined ? {} : { lastSuccess }),
        ...(lastFailure === undefined ? {} : { lastFailure }),
      };
    });
    return { at: clock(), destinations };
  }

  function enqueue(window: Window, job: () => Promise<void>): void {
    const before = window.queue;
    const run = async (): Promise<void> => {
      await before;
      await job();
    };
    window.queue = run().catch((error: unknown) => failures.push(String(error)));
  }

  function record(window: Window, after: TimedSnapshot): void {
    const { last } = window;
    window.last = after;
    enqueue(window, async () => {
      await window.log.record(last, after);
      // From here on, the events that moved must be found, whatever happens to the windows.
      for (const [id, facts] of recordFacts(last, after)) {
        for (const kind of ['success', 'failure'] as const) {
          for (const { at } of facts[kind].filter((each) => each.at !== '')) {
            proved.add(`${id} ${kind} ${at}`);
          }
        }
      }
      for (const { id, lastSuccess, lastFailure } of after.destinations) {
        shown.add(`${id} success ${lastSuccess}`).add(`${id} failure ${lastFailure}`);
      }
    });
  }

  const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  for (const step of steps) {
    switch (step.kind) {
      case 'event': {
        // One millisecond later each time, so that every event of the world has its own instant.
        real += 1;
        const id = IDS[step.destination % IDS.length] ?? assert.fail();
        const at = new Date(real).toISOString().replace('Z', '123Z');
        events.push({ id, kind: step.failed ? 'failure' : 'success', at, ms: real });
        break;
      }
      case 'pass':
        real = Math.min(real + step.hours * HOUR, START + MOST_HOURS * HOUR);
        break;
      case 'clock':
        offset = step.hours * HOUR;
        wasAhead ||= offset > 0;
        break;
      case 'refresh': {
        const window = windows[step.window % count] ?? assert.fail();
        const after = look();
        record(window, after);
        cache = after;
        break;
      }
      case 'adopt': {
        const window = windows[step.window % count] ?? assert.fail();
        const at = Math.min(cache?.at ?? 0, clock());
        if (cache && at > (window.last?.at ?? 0)) {
          record(window, { at, destinations: cache.destinations });
        }
        break;
      }
      case 'load': {
        const window = windows[step.window % count] ?? assert.fail();
        enqueue(window, async () => {
          const expected = [...proved];
          const loaded = await window.log.load();
          const found = new Set(
            IDS.flatMap((id) => {
              const history = decodeHistory(loaded, id) ?? { success: [], failure: [] };
              return (['success', 'failure'] as const).flatMap((kind) =>
                history[kind].map(({ at }) => `${id} ${kind} ${at}`),
              );
            }),
          );
          const missing = expected.filter((each) => !found.has(each));
          occurred.add('loaded');
          failures.push(...missing.map((each) => `${each} is missing where a window loads`));
        });
        break;
      }
      case 'kill': {
        const index = step.window % count;
        const window = windows[index] ?? assert.fail();
        const waiting = gates.filter((gate) => gate.window === window);
        for (const gate of waiting) {
          gates.splice(gates.indexOf(gate), 1);
          gate.writes?.(step.part);
          occurred.add(gate.writes ? 'killed while writing' : 'killed');
        }
        wasKilled ||= waiting.length > 0;
        windows[index] = open();
        break;
      }
      case 'clear':
        cache = undefined;
        break;
      case 'go':
        for (const pick of step.picks) {
          await settle();
          gates.splice(pick % Math.max(1, gates.length), 1)[0]?.go();
        }
        break;
      default:
        step satisfies never;
    }
  }
  while ((await settle(), gates.length > 0)) {
    gates.shift()?.go();
  }
  assert.deepEqual(failures, []);
  offset = 0;

  const reader = createTimelineLog({
    files: filesOf({}),
    now: clock,
    makeId: () => '',
    report: () => occurred.add('torn line'),
    pause: async () => {},
  });
  const loading = reader.load();
  while ((await settle(), gates.length > 0)) {
    gates.shift()?.go();
  }
  const lines = await loading;
  const current = look();
  for (const id of IDS) {
    const recorded = decodeHistory(lines, id) ?? { success: [], failure: [] };
    for (const kind of ['success', 'failure'] as const) {
      const found = recorded[kind].map(({ at }) => at).filter((at) => at !== '');
      const happened = events.filter((event) => event.id === id && event.kind === kind).map(({ at }) => at);
      assert.equal(new Set(found).size, found.length, 'an event is doubled');
      assert.deepEqual(
        found.filter((at) => !happened.includes(at)),
        [],
        'an event was made up',
      );
      const missing = happened.filter((at) => proved.has(`${id} ${kind} ${at}`) && !found.includes(at));
      assert.deepEqual(missing, [], 'a recorded event is lost');
      if (!wasKilled) {
        // What was not moved from is in the last snapshots.
        const last = [cache, ...windows.map((each) => each.last)].flatMap((each) => each?.destinations ?? []);
        const left = happened.filter((at) => shown.has(`${id} ${kind} ${at}`) && !found.includes(at));
        assert.deepEqual(
          left.filter((at) => !last.some((each) => each.lastSuccess === at || each.lastFailure === at)),
          [],
          'a shown event is lost',
        );
      }
      if (found.length < happened.length) {
        occurred.add('unseen event');
      }
    }
    const seen = current.destinations.find((each) => each.id === id) ?? assert.fail();
    for (const history of [recorded, mergeHistories([recorded, seenIn(seen, current.at)])]) {
      for (const { day, state, until } of daysOf(history, 90, real)) {
        const that = events.filter((event) => event.id === id && dayOf(event.ms) === day);
        const has = (kind: Kind): boolean => that.some((event) => event.kind === kind);
        occurred.add(state);
        assert.ok(has('success') || (state !== 'delivered' && state !== 'both'), 'a delivery was claimed');
        assert.ok(has('failure') || (state !== 'failed' && state !== 'both'), 'a failure was claimed');
        if (!wasAhead && state === 'quiet') {
          assert.ok(!that.some(({ ms }) => ms < (until ?? Infinity)), `${day} is not quiet`);
        }
      }
    }
  }
  return { violations: [], ends: [...occurred] };
}
