// Benchmarks, medians of five within one run: `npm run bench`. Prints tables and writes the rows
// as JSON to dist/bench.json. The findings are in docs/performance.md.
import { writeFile } from 'node:fs/promises';
import { benchGrowth } from './growth.ts';
import { benchInVscode } from './in-vscode.ts';
import { benchOverview } from './overview.ts';
import { benchPeers } from './peers.ts';
import { benchDecoding } from './decoding.ts';
import { benchRedacting } from './redacting.ts';
import { benchRefreshScheduler } from './refresh-scheduler.ts';
import { printRows } from './rows.ts';
import { benchStartUp } from './start-up.ts';
import { benchTimeline } from './timeline.ts';

await benchStartUp();
await benchDecoding();
await benchRefreshScheduler();
await benchRedacting();
const rows = [
  ...(await benchPeers()),
  ...(await benchGrowth()),
  ...(await benchTimeline()),
  ...(await benchOverview()),
  ...(await benchInVscode()),
];
printRows(rows);
await writeFile('dist/bench.json', JSON.stringify(rows, undefined, 2));
