import type * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import { isCanceled } from '../../core/async/canceled.ts';
import type { Services } from '../../services.ts';

type Sweeper = {
  findUnused(): Promise<readonly { readonly raw: string }[]>;
  sweep(before: ReadonlySet<string>): Promise<number>;
};

/** In milliseconds. The delay keeps start-up fast and lets other windows finish adding accounts. */
const PAUSE = 60_000;

/** Runs the sweep once, some time after start-up, because it loads the bundle of the account commands. */
export function scheduleSweep(
  load: () => Promise<Sweeper>,
  { host, loaded }: Pick<Services, 'host' | 'loaded'>,
): vscode.Disposable {
  const ended = new AbortController();
  const run = async (): Promise<void> => {
    await loaded;
    await host.sleep(PAUSE, ended.signal);
    const sweeper = await load();
    const before = new Set((await sweeper.findUnused()).map(({ raw }) => raw));
    await host.sleep(PAUSE, ended.signal);
    await sweeper.sweep(before);
  };
  run().catch((error: unknown) => {
    if (!isCanceled(error)) {
      host.log('warn', `Unused records could not be deleted: ${describeForLog(error)}`);
    }
  });
  return { dispose: () => ended.abort() };
}
