import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Destination, Draft } from '../../core/model/destination.ts';
import type { PanelNotice } from '../../core/panel-protocol.ts';
import type { RunEnd } from '../../core/replacement/run.ts';
import { keyOfReplacement, type Replacement, type Step } from '../../core/replacement/state.ts';
import { describeStop, isCancellation } from '../replacement/messages.ts';
import type { Replacements, RunningOptions } from '../replacement/replacements.ts';
import { describeReplaceSteps } from '../replacement/replacement-steps.ts';
import { button, describeReplaced, describeStopped } from './messages.ts';
import type { PanelState } from './panel-state.ts';

/** The new destination took the place of the old one. `draft`: what it was created from, where this panel started it. */
export type Replaced = { readonly draft: Draft | undefined };

/** The replacement of a panel's destination. None of these rejects: what went wrong is shown in the panel. */
export type PanelReplacement = {
  /** Shows what is left of a replacement that stopped earlier, if any. */
  show(why?: readonly string[]): Promise<void>;
  /** Undefined if the replacement failed or stopped. */
  start(connection: Connection, destination: Destination, draft: Draft): Promise<Replaced | undefined>;
  /** Undefined if the panel keeps its destination. */
  take(step: Step, connection: Connection): Promise<Replaced | undefined>;
  /** Stops the replacement that runs, between two steps. */
  stop(): void;
};

export function createPanelReplacement(panel: PanelState, replacements: Replacements): PanelReplacement {
  const { model } = panel;
  let stopping: AbortController | undefined;
  /** The destination the user may take for the new one. */
  let candidateId: string | undefined;
  let last: Replacement | undefined;
  /** The draft of the replacement that this panel started, while a destination was or may be created from it. */
  let started: Draft | undefined;

  const keyOf = (destinationId: string): string =>
    keyOfReplacement({ accountId: model.accountId, oldId: destinationId });

  async function describe(why: readonly string[], isError = true): Promise<PanelNotice> {
    const connection = panel.entry()?.connection;
    if (!connection) {
      // The account was removed from VS Code, so what exists at Cloudflare is unknown.
      return { tone: 'error', lines: [...why], buttons: [button.dismiss()] };
    }
    const look = await replacements.look(connection, keyOf(model.destinationId ?? ''));
    candidateId = look?.observed.candidates[0]?.id;
    last = look?.state;
    return describeStopped(why, look, isError);
  }

  async function run(
    connection: Connection,
    work: (options: RunningOptions) => Promise<RunEnd>,
    draft?: Draft,
  ): Promise<Replaced | undefined> {
    const stop = new AbortController();
    let replaced: Replaced | undefined;
    stopping = stop;
    stop.signal.addEventListener('abort', () => panel.tell(describeProgress(last, true), false));
    await panel.work(
      describeProgress(last, false),
      async () => {
        const end = await work({
          signal: stop.signal,
          onState(state) {
            last = state;
            if (draft) {
              started = state.newId === undefined && state.pending === undefined ? undefined : draft;
            }
            panel.tell(describeProgress(state, stop.signal.aborted), false);
          },
        });
        if (end.ending === 'done' && end.state.newId !== undefined) {
          await panel.move(end.state.newId);
          replaced = { draft: started };
        }
        started = undefined;
        return describeReplaced(end, connection.account.name);
      },
      async (error) => {
        panel.explain(error);
        return describe([describeStop(error, connection.account.name)], !isCancellation(error));
      },
    );
    stopping = undefined;
    await panel.readAbout();
    return replaced;
  }

  return {
    async show(why = [vscode.l10n.t('The replacement of this destination was interrupted.')]) {
      const connection = panel.entry()?.connection;
      if (!connection || model.destinationId === undefined || model.busy) {
        return;
      }
      const look = await replacements.look(connection, keyOf(model.destinationId));
      if (look) {
        candidateId = look.observed.candidates[0]?.id;
        last = look.state;
        panel.tell(describeStopped(look.isBusy ? [] : why, look, false), false);
      }
    },
    async start(connection, destination, draft) {
      last = undefined;
      return run(
        connection,
        async (options) =>
          replacements.start({ connection, destination }, draft, { ...options, remember: model.fields.remember }),
        draft,
      );
    },
    async take(step, connection) {
      if (step === 'retry') {
        await this.show();
        return undefined;
      }
      const chosen = candidateId;
      return run(connection, async (options) =>
        replacements.take(step, connection, keyOf(model.destinationId ?? ''), {
          ...options,
          ...(chosen === undefined ? {} : { candidateId: chosen }),
        }),
      );
    },
    stop: () => stopping?.abort(),
  };
}

function describeProgress(state: Replacement | undefined, isStopping: boolean): PanelNotice {
  return {
    tone: 'info',
    lines: [isStopping ? vscode.l10n.t('Stopping…') : vscode.l10n.t('Replacing…')],
    ...(state ? { steps: [...describeReplaceSteps(state, true)] } : {}),
    buttons: isStopping ? [] : [button.stop()],
  };
}
