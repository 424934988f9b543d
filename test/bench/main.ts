// Measurements of what must stay fast, as ratios to something familiar measured in the same run. `npm run bench`
import { benchReading } from './reading.ts';
import { benchRedacting } from './redacting.ts';
import { benchStartUp } from './start-up.ts';
import { benchRefreshing } from './refreshing.ts';

await benchStartUp();
await benchReading();
await benchRedacting();
await benchRefreshing();
