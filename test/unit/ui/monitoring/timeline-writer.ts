// A window of its own for timeline-files.test.ts: `timeline-writer.ts <folder> <number> <events>`. Prints the number of
// each event once it is recorded.
import { createTimelineLog } from '../../../../src/core/monitoring/timeline-log.ts';
import { createTimelineFiles } from '../../../../src/ui/monitoring/timeline-files.ts';

const [folder = '', writer = '', count = ''] = process.argv.slice(2);
const log = createTimelineLog({
  files: createTimelineFiles(folder),
  now: () => Date.UTC(2026, 10, 23),
  makeId: () => crypto.randomUUID(),
  report: () => undefined,
  pause: async () => {},
  limits: { log: 1500, parts: 2, age: 86_400_000, text: 1_000_000 },
});
const snapshotOf = (event: number) => ({
  at: Date.UTC(2026, 10, 22) + event,
  destinations: [
    {
      id: 'd1',
      name: '',
      type: '',
      host: '',
      // Every writer has its own instants, and every third event is one that all writers see.
      lastSuccess: `2026-11-22T00:${event % 3 === 0 ? '00' : `1${writer}`}:00.${String(event).padStart(6, '0')}Z`,
    },
  ],
});
for (let event = 0; event < Number(count); event += 1) {
  await log.record(event === 0 ? undefined : snapshotOf(event - 1), snapshotOf(event));
  process.stdout.write(`${snapshotOf(event).destinations[0]?.lastSuccess}\n`);
}
