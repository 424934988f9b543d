// One run of the timeline benchmark, in a process of its own: `node --expose-gc timeline-run.ts <destinations> <events>`.
// Prints one line of JSON. Times are in milliseconds.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CachedDestination } from '../../src/core/model/destination.ts';
import { daysOf, mergeHistories, seenIn } from '../../src/core/monitoring/timeline.ts';
import { compactLines, decodeHistory, encodeLine } from '../../src/core/monitoring/timeline-lines.ts';
import { createTimelineLog } from '../../src/core/monitoring/timeline-log.ts';
import { createTimelineFiles } from '../../src/ui/monitoring/timeline-files.ts';

const [count = 0, events = 0] = process.argv.slice(2).map(Number);
const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;
const idOf = (index: number): string => index.toString(16).padStart(32, '0');
/** An event of a destination, numbered from the newest. Half of them are failures. */
const at = (index: number, event: number): string =>
  new Date(NOW - (event + 1) * 2 * DAY - index * 1000).toISOString().replace('Z', '123Z');

const destinationOf = (index: number, event: number): CachedDestination => ({
  id: idOf(index),
  name: `Destination ${index}`,
  type: 'slack',
  host: 'hooks.slack.com',
  lastSuccess: at(index, event),
  lastFailure: at(index, event + 1),
});

const folder = await mkdtemp(path.join(tmpdir(), 'timeline-bench-'));
const files = createTimelineFiles(folder);
const makeLog = () =>
  createTimelineLog({
    files,
    now: () => NOW,
    makeId: () => crypto.randomUUID(),
    report: () => undefined,
    pause: async () => {},
  });

async function time<T>(work: () => Promise<T> | T): Promise<readonly [number, T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

async function prepare(): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) => {
    const seen = Array.from({ length: events / 2 }, (__, event) =>
      seenIn(destinationOf(index, event * 2), NOW - event * 4 * DAY),
    );
    return `${encodeLine(idOf(index), mergeHistories(seen))}\n`;
  });
  await files.write(`${NOW}-bench.v1.jsonl`, lines.join(''));
}

/** Collects garbage, also what promises held. In bytes. */
async function measureMemory(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await prepare();
const before = await measureMemory();
const log = makeLog();
const [load, lines] = await time(async () => log.load());
const after = await measureMemory();
const [reload] = await time(async () => log.load());
const [rows] = await time(() => {
  for (let index = 0; index < 40; index += 1) {
    daysOf(decodeHistory(lines, idOf(index)), 30, NOW);
  }
});

const snapshot = { at: NOW - DAY, destinations: Array.from({ length: count }, (_, index) => destinationOf(index, 0)) };
const moved = {
  at: NOW,
  destinations: snapshot.destinations.map((each, index) => (index === 7 ? { ...each, lastSuccess: at(7, -1) } : each)),
};
await log.record(snapshot, moved);
const [record] = await time(async () => log.record(snapshot, moved));
const sizes = await Promise.all(
  (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
);
const [compact] = await time(async () => compactLines(lines, NOW));
await rm(folder, { recursive: true });
console.log(
  JSON.stringify({
    load,
    reload,
    rows,
    record,
    compact,
    disk: sizes.reduce((sum, size) => sum + size, 0),
    heap: after - before,
  }),
);
