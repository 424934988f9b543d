// Benchmarks: `npm run bench`. `npm run bench -- activation` runs only one part of those with rows, by the names below.
// Prints tables and writes the rows as JSON to dist/bench.json. The findings are in docs/performance.md.
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { benchActivation } from './activation.ts';
import { benchGrowth } from './growth.ts';
import { benchOverview } from './overview.ts';
import { benchPeers } from './peers.ts';
import { benchDecoding } from './decoding.ts';
import { benchRedacting } from './redacting.ts';
import { benchRefreshScheduler } from './refresh-scheduler.ts';
import { printRows, type Row } from './rows.ts';
import { benchRowsAndPanel } from './rows-and-panel.ts';
import { benchStartUp } from './start-up.ts';
import { benchTimeline } from './timeline.ts';

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  peers: benchPeers,
  growth: benchGrowth,
  timeline: benchTimeline,
  overview: benchOverview,
  activation: benchActivation,
  panel: benchRowsAndPanel,
};

const asked = process.argv.slice(2);
if (asked.length === 0) {
  await benchStartUp();
  await benchDecoding();
  await benchRefreshScheduler();
  await benchRedacting();
}
const rows: Row[] = [];
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const run = parts[name];
  if (!run) {
    throw new Error(`There is no part ${name}. The parts are ${Object.keys(parts).join(', ')}.`);
  }
  rows.push(...(await run()));
}
printRows(rows);
await writeFile('dist/bench.json', JSON.stringify(rows, undefined, 2));
