import process from 'node:process';
import { medianOf, type Row } from './rows.ts';
import { ACCOUNTS, type Activation, addAccounts, inObservedWindow, type Observed } from './observed-window.ts';

/** Window reloads per number of accounts. `BENCH_RUNS` changes it, and `BENCH_PROFILE` names a folder for CPU profiles. */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 15);

/** Activation without an account and with {@link ACCOUNTS}, beside an empty extension in the same windows. */
export async function benchActivation(): Promise<readonly Row[]> {
  return inObservedWindow(async (observed) => [
    ...(await measureActivation(observed, 0)),
    ...(await addAccounts(observed), await measureActivation(observed, ACCOUNTS)),
  ]);
}

/** Both extensions activate after startup, as in a window that shows other views. */
async function measureActivation({ session, reload, activation }: Observed, accounts: number): Promise<readonly Row[]> {
  await session.workbench.openContainer('Explorer');
  const runs: Activation[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    await reload();
    runs.push(await activation());
  }
  const name = `activation in VS Code, ${accounts} accounts`;
  const median = (pick: (each: Activation) => number): number => medianOf(runs.map(pick));
  const services = runs.flatMap((each) => each.services ?? []);
  const later = `after activation, ${accounts} accounts`;
  return [
    { name: `${name}: the extension`, value: median(({ ours }) => ours.time), unit: 'ms' },
    { name: `${name}: an empty extension`, value: median(({ control }) => control.time), unit: 'ms' },
    { name: `${name}: difference`, value: median(({ ours, control }) => ours.time - control.time), unit: 'ms' },
    { name: `${name}: difference of CPU`, value: median(({ ours, control }) => ours.cpu - control.cpu), unit: 'ms' },
    { name: `${later}: windows that load the services`, value: services.length / runs.length, unit: '×' },
    { name: `${later}: loading the services`, value: medianOf(services.map(({ time }) => time)), unit: 'ms' },
    { name: `${later}: CPU of loading the services`, value: medianOf(services.map(({ cpu }) => cpu)), unit: 'ms' },
    { name: `${later}: until the services are ready`, value: medianOf(services.map(({ after }) => after)), unit: 'ms' },
  ];
}
