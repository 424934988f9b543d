import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Draft } from '../../core/model/destination.ts';
import type { Look } from '../../core/replacement/controller.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { RunEnd } from '../../core/replacement/run.ts';
import { keyOfReplacement, type Replacement } from '../../core/replacement/state.ts';
import { tell, withoutLinks } from '../host/notice.ts';
import { describeEnd, describeLook, describeProgress, describeStop, isCancellation, labelOf } from './messages.ts';
import type { Replacements, RunningOptions } from './replacements.ts';

/** Between two looks at a replacement that another window works on, in milliseconds. */
const BUSY_PAUSE = 5000;

/**
 * Replaces a destination behind a notification that shows each step and can stop it. Undefined where it stopped on the way:
 * then another notification says what exists and what can be done. Throws where nothing was created.
 */
export async function replaceWithProgress(
  target: Located,
  draft: Draft,
  remember: boolean,
  replacements: Replacements,
): Promise<RunEnd | undefined> {
  const { connection, destination } = target;
  const key = keyOfReplacement({ accountId: connection.account.id, oldId: destination.id });
  return runAndOffer(connection, key, replacements, async (running) =>
    replacements.start(target, draft, { ...running, remember }),
  );
}

export type UnfinishedOptions = {
  readonly store: Store;
  readonly replacements: Replacements;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Whether a panel shows the replacement. */
  readonly isShown: (state: Replacement) => boolean;
};

/** Reports replacements that an earlier window did not end. One that another window works on is reported once it stops. */
export async function offerUnfinished({ store, replacements, sleep, isShown }: UnfinishedOptions): Promise<void> {
  const states = await replacements.unfinished();
  await Promise.all(
    states.map(async (state) => {
      const key = keyOfReplacement(state);
      const connection = store.entry(state.accountId)?.connection;
      let look = connection && (await replacements.look(connection, key));
      while (connection && look?.isBusy) {
        await sleep(BUSY_PAUSE);
        look = await replacements.look(connection, key);
      }
      if (connection && look && !isShown(state)) {
        const { name } = connection.account;
        const happened = vscode.l10n.t('The replacement of “{0}” of {1} was interrupted.', state.oldName, name);
        void offer({ connection, look, replacements }, happened);
      }
    }),
  );
}

type Work = (running: RunningOptions) => Promise<RunEnd>;

/** Runs work with progress. Where it stops with something left to do, offers that and returns undefined. */
async function runAndOffer(
  connection: Connection,
  key: string,
  replacements: Replacements,
  work: Work,
): Promise<RunEnd | undefined> {
  try {
    const end = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Replacing'), cancellable: true },
      async (progress, token) => {
        const cancel = new AbortController();
        progress.report({ message: vscode.l10n.t('checking the state at Cloudflare…') });
        token.onCancellationRequested(() => {
          progress.report({ message: vscode.l10n.t('Stopping…') });
          cancel.abort();
        });
        return work({
          signal: cancel.signal,
          onState(state) {
            if (!cancel.signal.aborted) {
              progress.report({ message: withoutLinks(describeProgress(state)) });
            }
          },
        });
      },
    );
    void tell('information', describeEnd(end, connection.account.name));
    return end;
  } catch (error) {
    const look = await replacements.look(connection, key);
    if (!look) {
      if (isCancellation(error)) {
        void tell('information', describeStop(error, connection.account.name));
        return undefined;
      }
      throw error;
    }
    void offer({ connection, look, replacements }, describeStop(error, connection.account.name));
    return undefined;
  }
}

type Stopped = { readonly connection: Connection; readonly look: Look; readonly replacements: Replacements };

/** Says what exists and offers the steps that are possible now. A notification that is closed leaves everything as it is. */
async function offer({ connection, look, replacements }: Stopped, happened: string): Promise<void> {
  const message = [happened, ...describeLook(look)].join(' ');
  const chosen = await tell('warning', message, ...look.steps.map(labelOf));
  const step = look.steps.find((each) => labelOf(each) === chosen);
  if (step === undefined) {
    return;
  }
  const key = keyOfReplacement(look.state);
  if (step === 'retry') {
    const again = await replacements.look(connection, key);
    if (again) {
      await offer({ connection, look: again, replacements }, happened);
    }
    return;
  }
  const candidateId = look.observed.candidates[0]?.id;
  try {
    await runAndOffer(connection, key, replacements, async (running) =>
      replacements.take(step, connection, key, { ...running, ...(candidateId === undefined ? {} : { candidateId }) }),
    );
  } catch (error) {
    void tell('error', describeStop(error, connection.account.name));
  }
}
