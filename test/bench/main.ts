// Measurements of what must stay fast, as ratios to something familiar measured in the same run. `npm run bench`
import { benchReading } from './decoding.ts';
import { benchStartUp } from './start-up.ts';
import { benchRefreshing } from './refresh-scheduler.ts';

await benchStartUp();
await benchReading();
await benchRefreshing();
