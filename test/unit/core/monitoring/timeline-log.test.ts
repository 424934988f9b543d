import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CachedDestination } from '../../../../src/core/model/destination.ts';
import type { TimedSnapshot } from '../../../../src/core/monitoring/snapshot.ts';
import { decodeHistory, type Lines } from '../../../../src/core/monitoring/timeline-lines.ts';
import {
  createTimelineLog,
  type TimelineFiles,
  type TimelineLogOptions,
} from '../../../../src/core/monitoring/timeline-log.ts';
import { createMemoryFiles } from '../async/memory-files.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23);
const LOG = 'log.v1.jsonl';
/** Nothing is ever compacted. */
const UNLIMITED = { log: Infinity, parts: Infinity, age: Infinity, text: Infinity };
/** Each recording makes a part. */
const EACH = { ...UNLIMITED, log: 0 };

/** A time of November 2026. */
const day = (number: number): number => Date.UTC(2026, 10, number);
const stamp = (number: number): string => new Date(day(number)).toISOString();

const destination = (lastSuccess?: string, lastFailure?: string, id = 'd1'): CachedDestination => ({
  id,
  name: '',
  type: '',
  host: '',
  ...(lastSuccess === undefined ? {} : { lastSuccess }),
  ...(lastFailure === undefined ? {} : { lastFailure }),
});

const snapshot = (at: number, ...destinations: readonly CachedDestination[]): TimedSnapshot => ({ at, destinations });

/** One success of a day, which was seen one hour later. */
const seen = (number: number): TimedSnapshot => snapshot(day(number) + 3_600_000, destination(stamp(number)));

/** A recorded line with one success. */
const lineOf = (number: number, id = 'd1'): string => JSON.stringify([id, [stamp(number), day(number) + 1], []]);

/** The days of the successes. */
const daysIn = (lines: readonly Lines[], id = 'd1'): readonly number[] =>
  (decodeHistory(lines, id)?.success ?? []).map(({ milliseconds }) => (milliseconds - day(0)) / DAY);

const isPart = (name: string): boolean => /^\d+-/.test(name);

describe('log of a timeline', () => {
  let folder: Map<string, string>;
  let calls: string[];
  let problems: string[];
  let ids: number;
  beforeEach(() => {
    [folder, calls, problems, ids] = [new Map(), [], [], 0];
  });

  function filesOf(gate: () => Promise<void> = async () => {}): TimelineFiles {
    const files = createMemoryFiles(gate, folder);
    return {
      ...files,
      async names() {
        calls.push('names');
        return files.names();
      },
      async read(name) {
        calls.push(`read ${name}`);
        return files.read(name);
      },
      async append(name, text) {
        calls.push(`append ${name}`);
        await gate();
        const whole = `${folder.get(name) ?? ''}${text}`;
        folder.set(name, whole);
        await gate();
        const found = folder.get(name);
        return found?.startsWith(whole) ? Buffer.byteLength(found) : undefined;
      },
    };
  }

  const open = (options: Partial<TimelineLogOptions> = {}) =>
    createTimelineLog({
      files: filesOf(),
      now: () => NOW,
      makeId: () => `id${(ids += 1)}`,
      report: (problem) => problems.push(problem),
      pause: async () => {},
      limits: UNLIMITED,
      ...options,
    });

  const countOf = (call: string): number => calls.filter((each) => each === call).length;
  const partsIn = (): readonly string[] => [...folder.keys()].filter(isPart);

  describe('records', () => {
    it('what a snapshot adds, on lines of its own', async () => {
      const log = open();
      const [first, second] = [snapshot(day(21), destination(stamp(20))), snapshot(day(23), destination(stamp(22)))];
      assert.equal(await log.record(undefined, first), true);
      const line = `\n["d1",["${stamp(20)}",${day(21)}],["",${day(21)}]]\n`;
      assert.deepEqual([...folder], [[LOG, line]]);
      assert.equal(await log.record(first, second), true);
      assert.equal(folder.get(LOG), `${line}\n["d1",["${stamp(20)}",${day(21)},"${stamp(22)}",${day(23)}],[]]\n`);
      assert.deepEqual(daysIn(await log.load()), [20, 22]);
      assert.deepEqual(problems, []);
    });

    it('what only a part has that was the log: a window that is merging it may take it away, however long ago', async () => {
      await open().record(undefined, seen(20));
      const lines = folder.get(LOG) ?? '';
      for (const age of [0, 61_000, 5 * 3_600_000]) {
        folder.clear();
        folder.set(`${NOW - age}-a.v1.jsonl`, lines);
        assert.equal(await open().record(undefined, seen(20)), true, String(age));
        assert.deepEqual(daysIn(await open().load()), [20]);
      }
      folder.clear();
      folder.set(`${NOW}-merged-a.v1.jsonl`, lines);
      assert.equal(await open().record(undefined, seen(20)), false);
    });

    it('all destinations in one step', async () => {
      await open().record(undefined, snapshot(day(21), destination(stamp(20)), destination(stamp(19), '', 'd2')));
      assert.equal(countOf(`append ${LOG}`), 1);
      assert.equal(
        folder.get(LOG),
        `\n["d1",["${stamp(20)}",${day(21)}],["",${day(21)}]]\n["d2",["${stamp(19)}",${day(21)}],[]]\n`,
      );
    });

    it('nothing if nothing was added', async () => {
      const log = open({ limits: EACH });
      assert.equal(await log.record(seen(20), seen(20)), false);
      assert.deepEqual(calls, []);
      assert.equal(await log.record(undefined, snapshot(day(20))), false);
      assert.equal(folder.size, 0);
    });

    it('without an earlier snapshot, only what neither the log nor the merged parts have', async () => {
      folder.set(LOG, `${lineOf(20)}\n`);
      folder.set('1-merged-a.v1.jsonl', `["d1",[],["${stamp(19)}",${day(19)}]]\n`);
      const log = open();
      const known = snapshot(day(21), destination(stamp(20), stamp(19)));
      assert.equal(await log.record(undefined, known), false);
      assert.equal(countOf(`append ${LOG}`), 0);
      await log.record(undefined, snapshot(day(21), destination(stamp(20), stamp(18))));
      await log.record(undefined, snapshot(day(21), destination(stamp(17), stamp(19))));
      assert.equal(
        folder.get(LOG),
        `${lineOf(20)}\n\n["d1",[],["${stamp(18)}",${day(21)}]]\n\n["d1",["${stamp(17)}",${day(21)}],[]]\n`,
      );
    });

    it('each fact once, and does not read to add to an earlier snapshot', async () => {
      folder.set(LOG, `${lineOf(20)}\n["d1",[],["",${day(20)}]]\n`);
      const log = open();
      assert.equal(await log.record(undefined, seen(20)), false);
      calls = [];
      await log.record(seen(20), seen(21));
      assert.equal(calls[0], `append ${LOG}`);
      await log.record(seen(21), seen(22));
      const lines = folder.get(LOG)?.split('\n').filter(Boolean).slice(2) ?? [];
      assert.deepEqual(
        lines.map((line) => line.match(/2026-11-\d\d/g)?.map((text) => text.slice(-2))),
        [
          ['20', '21'],
          ['21', '22'],
        ],
      );
    });

    it('after a line without an end, which is then ignored', async () => {
      folder.set(LOG, `${lineOf(19)}\n${lineOf(20).slice(0, -8)}`);
      const log = open();
      await log.record(seen(20), seen(21));
      assert.deepEqual(daysIn(await log.load()), [19, 20, 21]);
      assert.deepEqual(problems, ['Malformed lines, which are ignored: 1']);
    });
  });

  describe('keeps what could not be written', () => {
    it('for the next recording, also if that adds nothing, and then writes it once', async () => {
      let isFull = true;
      const files = filesOf();
      const log = open({
        files: {
          ...files,
          append: async (name, text) => (isFull ? Promise.reject(new Error('full')) : files.append(name, text)),
        },
      });
      await assert.rejects(log.record(seen(18), seen(19)), /full/);
      await assert.rejects(log.record(seen(19), seen(20)), /full/);
      await assert.rejects(log.record(seen(20), seen(20)), /full/);
      assert.equal(folder.size, 0);
      isFull = false;
      assert.equal(await log.record(seen(20), seen(20)), true);
      assert.deepEqual(daysIn(await log.load()), [18, 19, 20]);
      assert.equal(await log.record(seen(20), seen(20)), false);
      assert.equal(countOf(`append ${LOG}`), 1);
    });

    it('also if the file system failed to read before', async () => {
      let isBusy = true;
      const files = filesOf();
      const log = open({
        files: { ...files, read: async (name) => (isBusy ? Promise.reject(new Error('busy')) : files.read(name)) },
      });
      await assert.rejects(log.record(undefined, seen(20)), /busy/);
      await assert.rejects(log.load(), /busy/);
      isBusy = false;
      assert.equal(await log.record(seen(20), seen(21)), true);
      assert.deepEqual(daysIn(await log.load()), [20, 21]);
    });

    for (const [extra, lost] of [
      [0, 0],
      [1, 1],
    ] as const) {
      it(`up to 20,000 facts, of which the newest stay (${extra} more)`, async () => {
        let isFull = true;
        const files = filesOf();
        const log = open({
          files: {
            ...files,
            append: async (name, text) => (isFull ? Promise.reject(new Error('full')) : files.append(name, text)),
          },
        });
        const count = 20_000 + extra;
        const all = Array.from({ length: count }, (_, index) => destination(stamp(20), undefined, `d${index}`));
        const empty = snapshot(day(20));
        await assert.rejects(log.record(empty, snapshot(day(21), ...all.slice(0, 1))), /full/);
        await assert.rejects(log.record(empty, snapshot(day(21), ...all.slice(1))), /full/);
        isFull = false;
        assert.equal(await log.record(empty, empty), true);
        const [lines] = await log.load();
        assert.deepEqual(
          [lines?.size, lines?.has('d0'), lines?.has(`d${count - 1}`)],
          [count - lost, lost === 0, true],
        );
      });
    }

    it('and appends again while the log is replaced, up to 20 times', async () => {
      for (const [failures, expected] of [
        [19, 'recorded'],
        [20, 'The log of the timeline was replaced too often'],
      ] as const) {
        let attempts = 0;
        const files = filesOf();
        const log = open({
          files: {
            ...files,
            append: async (name, text) => ((attempts += 1) > failures ? files.append(name, text) : undefined),
          },
        });
        const result = await log.record(seen(20), seen(21)).then(
          () => 'recorded',
          (error: unknown) => (error instanceof Error ? error.message : ''),
        );
        assert.deepEqual([result, attempts], [expected, 20]);
      }
      assert.equal(folder.get(LOG)?.split('\n').filter(Boolean).length, 1);
    });

    it('but finds a text that was appended twice only once', async () => {
      let isFirst = true;
      const files = filesOf();
      const log = open({
        files: {
          ...files,
          async append(name, text) {
            const size = await files.append(name, text);
            if (isFirst) {
              isFirst = false;
              await files.rename(name, '1-other.v1.jsonl');
              return undefined;
            }
            return size;
          },
        },
      });
      await log.record(seen(20), seen(21));
      assert.deepEqual([...folder.keys()], ['1-other.v1.jsonl', LOG]);
      assert.deepEqual(daysIn(await log.load()), [20, 21]);
    });
  });

  describe('loads', () => {
    it('nothing from an empty folder', async () => {
      assert.deepEqual(await open().load(), [new Map()]);
      assert.deepEqual(problems, []);
    });

    it('each part once, but the log each time', async () => {
      folder.set('1-a.v1.jsonl', lineOf(18)).set(LOG, lineOf(20));
      const log = open();
      assert.deepEqual(daysIn(await log.load()), [18, 20]);
      folder.set(`${NOW}-b-c.v1.jsonl`, lineOf(19)).set(LOG, lineOf(21));
      assert.deepEqual(daysIn(await log.load()), [18, 19, 21]);
      assert.deepEqual(
        [LOG, '1-a.v1.jsonl', `${NOW}-b-c.v1.jsonl`].map((name) => countOf(`read ${name}`)),
        [2, 1, 1],
      );
      folder.delete('1-a.v1.jsonl');
      assert.deepEqual(daysIn(await log.load()), [19, 21]);
    });

    it('the log before the names of the parts, because lines move from the log to parts', async () => {
      folder.set(LOG, lineOf(20));
      const files = filesOf();
      const log = open({
        files: {
          ...files,
          async names() {
            const names = await files.names();
            await files.rename(LOG, '1-other.v1.jsonl');
            return names;
          },
        },
      });
      assert.deepEqual(daysIn(await log.load()), [20]);
    });

    it('again if a part was deleted in between, up to 20 times', async () => {
      for (const [failures, isFound] of [
        [1, true],
        [19, true],
        [20, false],
      ] as const) {
        let attempts = 0;
        folder = new Map([
          ['1-a.v1.jsonl', lineOf(18)],
          [LOG, lineOf(20)],
        ]);
        calls = [];
        const files = filesOf();
        const log = open({
          files: {
            ...files,
            async names() {
              attempts += 1;
              const names = await files.names();
              return attempts > failures ? names : [...names, '2-deleted.v1.jsonl'];
            },
          },
        });
        if (isFound) {
          assert.deepEqual(daysIn(await log.load()), [18, 20]);
        } else {
          await assert.rejects(log.load(), {
            message: 'The parts of the timeline changed too often while they were read',
          });
        }
        assert.equal(countOf(`read ${LOG}`), Math.min(failures + 1, 20));
      }
    });

    it('the other lines if some are malformed, which it reports once', async () => {
      folder.set('1-a.v1.jsonl', `nonsense\n${lineOf(18)}\n{}\n`).set(LOG, `[]\n${lineOf(20)}\n`);
      const log = open();
      assert.deepEqual(daysIn(await log.load()), [18, 20]);
      await log.load();
      assert.deepEqual(problems, ['Malformed lines, which are ignored: 2']);
    });

    it('neither files of other versions nor unknown files', async () => {
      for (const name of [
        'log.v2.jsonl',
        'log.jsonl',
        '1-a.v2.jsonl',
        '1-a.v1.jsonl.1.tmp',
        'x1-a.v1.jsonl',
        'a-1.v1.jsonl',
        '1-.v1.jsonl',
        '-a.v1.jsonl',
      ]) {
        folder.set(name, lineOf(18));
      }
      const before = new Map(folder);
      const log = open({ limits: { ...EACH, parts: 0 } });
      assert.deepEqual(daysIn(await log.load()), []);
      await log.record(seen(20), seen(21));
      await log.record(seen(21), seen(22));
      assert.deepEqual(daysIn(await log.load()), [20, 21, 22]);
      assert.deepEqual(new Map([...folder].filter(([name]) => before.has(name))), before);
      assert.equal(folder.size, before.size + 1);
    });
  });

  describe('makes a part of a log', () => {
    it('that is over the limit, and not of one at the limit', async () => {
      const line = `\n["d1",["${stamp(20)}",${day(21)}],["",${day(21)}]]\n`;
      for (const [limit, name] of [
        [line.length, LOG],
        [line.length - 1, `${NOW}-id1.v1.jsonl`],
      ] as const) {
        folder.clear();
        await open({ limits: { ...UNLIMITED, log: limit } }).record(
          undefined,
          snapshot(day(21), destination(stamp(20))),
        );
        assert.deepEqual([...folder], [[name, line]]);
      }
    });

    it('and starts another log', async () => {
      const log = open({ limits: EACH });
      for (const each of [19, 20, 21]) {
        await log.record(seen(each), seen(each + 1));
      }
      assert.deepEqual(
        [...folder.keys()],
        [1, 2, 3].map((each) => `${NOW}-id${each}.v1.jsonl`),
      );
      assert.deepEqual(daysIn(await log.load()), [19, 20, 21, 22]);
    });

    it('unless another window has just done so', async () => {
      folder.set('1-a.v1.jsonl', lineOf(18)).set('1-b.v1.jsonl', lineOf(19));
      const files = filesOf();
      const log = open({ files: { ...files, rename: async () => false }, limits: { ...EACH, parts: 1 } });
      await log.record(seen(20), seen(21));
      assert.deepEqual([...folder.keys()], ['1-a.v1.jsonl', '1-b.v1.jsonl', LOG]);
      assert.deepEqual(problems, []);
    });
  });

  describe('merges', () => {
    it('more parts than the limit into one, and not as many as the limit', async () => {
      const log = open({ limits: { ...EACH, parts: 2 } });
      await log.record(seen(18), seen(19));
      await log.record(seen(19), seen(20));
      assert.equal(partsIn().length, 2);
      await log.record(seen(20), seen(21));
      const [name = '', ...others] = folder.keys();
      assert.deepEqual(others, []);
      assert.match(name, new RegExp(`^${NOW}-merged-id\\d\\.v1\\.jsonl$`));
      assert.equal(folder.get(name)?.match(/\n/g)?.length, 1);
      assert.deepEqual(daysIn(await log.load()), [18, 19, 20, 21]);
      assert.deepEqual(daysIn(await open().load()), [18, 19, 20, 21]);
    });

    it('and deletes only the parts that it has read, after it wrote the new one', async () => {
      folder.set('1-a.v1.jsonl', lineOf(18));
      const files = filesOf();
      const removed: string[] = [];
      const log = open({
        files: {
          ...files,
          async write(name, text) {
            folder.set('2-other.v1.jsonl', lineOf(10)).set(LOG, lineOf(11));
            await files.write(name, text);
          },
          async remove(name) {
            removed.push(name);
            assert.ok(partsIn().length >= 3);
            await files.remove(name);
            folder.set('3-later.v1.jsonl', lineOf(12));
          },
        },
        limits: { ...EACH, parts: 1 },
      });
      await log.record(seen(20), seen(21));
      assert.deepEqual(removed, ['1-a.v1.jsonl', `${NOW}-id1.v1.jsonl`]);
      assert.deepEqual(daysIn(await log.load()), [10, 11, 12, 18, 20, 21]);
      assert.deepEqual(problems, []);
    });

    it('nothing if another window has deleted a part in between', async () => {
      folder.set('1-a.v1.jsonl', lineOf(18));
      const files = filesOf();
      const log = open({
        files: { ...files, names: async () => [...(await files.names()), '2-deleted.v1.jsonl'] },
        limits: { ...EACH, parts: 1 },
      });
      assert.equal(await log.record(seen(20), seen(21)), true);
      assert.deepEqual([...folder.keys()], ['1-a.v1.jsonl', `${NOW}-id1.v1.jsonl`]);
      assert.deepEqual(problems, []);
    });

    it('old parts and the log, once per session, and not those at the limit', async () => {
      const limits = { ...UNLIMITED, age: 7 * DAY };
      const name = `${NOW - 7 * DAY}-a.v1.jsonl`;
      folder.set(name, lineOf(16)).set(`${NOW}-b.v1.jsonl`, lineOf(17));
      let now = NOW;
      const log = open({ limits, now: () => now });
      await log.record(seen(20), seen(21));
      assert.deepEqual([...folder.keys()], [name, `${NOW}-b.v1.jsonl`, LOG]);
      now += 1;
      await log.record(seen(21), seen(22));
      assert.equal(countOf(`read ${LOG}`), 1);
      assert.equal(folder.size, 3);
      const next = open({ limits, now: () => now });
      await next.record(seen(22), seen(23));
      assert.equal(folder.size, 1);
      assert.deepEqual(daysIn(await next.load()), [16, 17, 20, 21, 22, 23]);
    });

    for (const [what, before, isMerged] of [
      ['a first line one millisecond older than the limit', `["d1",["${stamp(10)}",${NOW - DAY - 1}],[]]\n`, true],
      ['it after empty lines', `\n \n\n["d1",["${stamp(10)}",${NOW - DAY - 1}],[]]\n`, true],
      ['it before a newer line', `["d1",["${stamp(10)}",${NOW - DAY - 1}],[]]\n${lineOf(23)}\n`, true],
      ['a first line at the limit', `["d1",["${stamp(10)}",${NOW - DAY}],[]]\n`, false],
      ['a first line with a newer event too', `["d1",["${stamp(10)}",${day(11)},"${stamp(23)}",${NOW}],[]]\n`, false],
      ['a first line that is newer than the next', `${lineOf(23)}\n${lineOf(10)}\n`, false],
      ['a first line torn before a time', `["d1",["${stamp(10)}",\n`, false],
      ['a first line torn in a time', `["d1",["${stamp(10)}",17\n`, false],
      ['a first line with a short number in the ID', `["d,1",["${stamp(23)}",${NOW}],[]]\n`, false],
      ['no line', '', false],
    ] as const) {
      it(`${isMerged ? '' : 'not '}a log with ${what}`, async () => {
        folder.set('9999999999999-a.v1.jsonl', `${lineOf(18)}\n`).set(LOG, before);
        // The times of what is recorded now are not older than a day.
        const [last, next] = [snapshot(NOW, destination(stamp(22))), snapshot(NOW + 1, destination(stamp(23)))];
        const log = open({ limits: { ...UNLIMITED, age: DAY } });
        await log.record(last, next);
        assert.deepEqual([folder.has(LOG), folder.size], isMerged ? [false, 1] : [true, 2]);
        assert.ok([18, 22, 23].every((each) => [...folder.values()].join().includes(stamp(each))));
      });
    }

    for (const broken of ['read', 'names'] as const) {
      it(`old parts with the next recording, if “${broken}” failed when their age was to be checked`, async () => {
        folder.set(`${NOW - 2 * DAY}-a.v1.jsonl`, `${lineOf(18)}\n`);
        const files = filesOf();
        let isBroken = true;
        const log = open({
          files: {
            ...files,
            [broken]: async (name: string) => (isBroken ? Promise.reject(new Error('busy')) : files[broken](name)),
          },
          limits: { ...UNLIMITED, age: DAY },
        });
        await log.record(seen(20), seen(21));
        assert.equal(folder.size, 2);
        assert.deepEqual(
          problems.map((problem) => problem.split('\n')[0]),
          ['it could not be compacted: Error: busy'],
        );
        isBroken = false;
        await log.record(seen(21), seen(22));
        assert.equal(folder.size, 1);
        assert.deepEqual(daysIn(await log.load()), [18, 20, 21, 22]);
      });
    }

    it('without a log, if another window has just made a part of it', async () => {
      folder.set(`${NOW - 2 * DAY}-a.v1.jsonl`, `${lineOf(18)}\n`);
      const files = filesOf();
      const log = open({
        files: {
          ...files,
          async append(name, text) {
            const size = await files.append(name, text);
            await files.rename(name, `${NOW}-other.v1.jsonl`);
            return size;
          },
        },
        limits: { ...UNLIMITED, age: DAY },
      });
      await log.record(seen(20), seen(21));
      assert.deepEqual([...folder.keys()], [`${NOW}-merged-id2.v1.jsonl`]);
      assert.deepEqual(daysIn(await log.load()), [18, 20, 21]);
      assert.deepEqual(problems, []);
    });

    it('without what is older than 90 days, and leaves no file if nothing is left', async () => {
      folder.set('1-a.v1.jsonl', `${lineOf(-80)}\n${lineOf(-60)}\n`);
      const log = open({ limits: { ...EACH, parts: 1 } });
      await log.record(seen(20), seen(21));
      assert.deepEqual(daysIn(await log.load()), [-60, 20, 21]);
      const later = open({ limits: { ...EACH, parts: 1 }, now: () => NOW + 200 * DAY });
      await later.record(seen(21), seen(22));
      assert.deepEqual([...folder.keys()], []);
      assert.deepEqual(problems, []);
    });

    it('without the oldest events that are over the longest text, and pauses between lines', async () => {
      const before = `${lineOf(18, 'd2')}\n`;
      const after = snapshot(day(21), destination(stamp(20), ''));
      const whole = `${before}["d1",["${stamp(20)}",${day(21)}],[]]\n`;
      for (const [text, expected] of [
        [whole.length, whole],
        [whole.length - 1, whole.slice(before.length)],
      ] as const) {
        folder = new Map([['1-a.v1.jsonl', before]]);
        let pauses = 0;
        const log = open({
          limits: { ...EACH, parts: 1, text },
          pause: async () => {
            pauses += 1;
          },
        });
        await log.record(snapshot(day(20)), after);
        assert.deepEqual([...folder.values()], [expected]);
        assert.ok(pauses > 0);
      }
    });

    it('and reports a failure, after which the events are recorded nevertheless', async () => {
      for (const failing of ['names', 'rename', 'write', 'remove'] as const) {
        folder = new Map([['1-a.v1.jsonl', lineOf(18)]]);
        problems = [];
        let isFailing = true;
        const files = filesOf();
        const fail = async (): Promise<never> => Promise.reject(new Error(`busy ${failing}`));
        const log = open({
          files: { ...files, [failing]: async (a: never, b: never) => (isFailing ? fail() : files[failing](a, b)) },
          limits: { ...EACH, parts: 1 },
        });
        assert.equal(await log.record(seen(20), seen(21)), true, failing);
        assert.equal(problems.length, 1, failing);
        assert.match(problems[0] ?? '', new RegExp(`^it could not be compacted: Error: busy ${failing}`));
        isFailing = false;
        assert.deepEqual(daysIn(await log.load()), [18, 20, 21], failing);
        calls = [];
        await log.record(seen(21), seen(22));
        assert.equal(folder.size, 1, failing);
        assert.deepEqual(daysIn(await open().load()), [18, 20, 21, 22], failing);
      }
    });
  });

  it('has limits of 64 KiB, 8 parts and 7 days', async () => {
    for (const [size, parts, age, left] of [
      [65_536, 9, 7 * DAY, 10],
      [65_537, 7, 7 * DAY, 8],
      [65_537, 8, 7 * DAY, 1],
      [0, 1, 7 * DAY + 1, 1],
    ] as const) {
      folder = new Map(Array.from({ length: parts }, (_, index) => [`${NOW - age}-${index}.v1.jsonl`, lineOf(index)]));
      const files = filesOf();
      const log = createTimelineLog({
        files: {
          ...files,
          async append(name, text) {
            await files.append(name, text);
            return size;
          },
        },
        now: () => NOW,
        makeId: () => `id${(ids += 1)}`,
        report: (problem) => problems.push(problem),
        pause: async () => {},
      });
      await log.record(seen(20), seen(21));
      assert.equal(folder.size, left, `${size} ${parts} ${age}`);
    }
    assert.deepEqual(problems, []);
  });

  it('loses nothing and doubles nothing of windows that record, compact and load at once', async () => {
    let merged = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        [folder, problems] = [new Map(), []];
        const gate = async (): Promise<void> => scheduler.schedule(Promise.resolve());
        const files = filesOf(gate);
        const limits = { ...EACH, parts: 1 };
        const recorded = new Set<number>();
        const window = async (days: readonly number[]): Promise<void> => {
          const log = open({
            limits,
            files: {
              ...files,
              async write(name, text) {
                merged += 1;
                await files.write(name, text);
              },
            },
          });
          for (const each of days) {
            await log.record(snapshot(day(1)), snapshot(day(22), destination(stamp(each))));
            recorded.add(each);
            const expected = [...recorded];
            const found = daysIn(await log.load());
            assert.deepEqual(
              expected.filter((one) => !found.includes(one)),
              [],
            );
          }
        };
        await scheduler.waitFor(Promise.all([window([2, 4, 6, 8]), window([3, 4, 7, 8])]));
        assert.deepEqual(problems, []);
        const all = [...folder.values()].flatMap((text) => text.split('\n')).filter(Boolean);
        folder = new Map([[LOG, all.join('\n')]]);
        assert.deepEqual(daysIn(await open().load()), [2, 3, 4, 6, 7, 8]);
      }),
      { numRuns: 100 },
    );
    assert.ok(merged > 100, String(merged));
  });
});
