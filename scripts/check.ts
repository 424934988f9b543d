// Runs the static checks and the unit tests at the same time. Prints `N passed, N failed` as the last line.
import { report, runLanes, STATIC_CHECKS, UNIT_TESTS } from './steps.ts';

report(await runLanes([STATIC_CHECKS, [UNIT_TESTS]]));
