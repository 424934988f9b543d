// Benchmarks. Each result is a ratio to a baseline measured in the same run. Run with `npm run bench`.
import { benchDecoding } from './decoding.ts';
import { benchStartUp } from './start-up.ts';
import { benchRefreshScheduler } from './refresh-scheduler.ts';

await benchStartUp();
await benchDecoding();
await benchRefreshScheduler();
