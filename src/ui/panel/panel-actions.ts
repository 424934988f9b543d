import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { leavesDoubt } from '../../core/destinations/create-destination.ts';
import { guessType } from '../../core/model/destination-types/index.ts';
import type { Destination, Draft } from '../../core/model/destination.ts';
import type { PanelField, PanelNotice } from '../../core/panel-protocol.ts';
import { canStandFor, planChange } from '../../core/model/plan.ts';
import { DraftNeededError, type ReplaceState } from '../../core/replacement/replace-destination.ts';
import type { PanelState } from './panel-state.ts';
import { draftOf, findProblems } from './panel-view.ts';
import {
  button,
  describeCreated,
  describeOutcome,
  describeReplace,
  describeReplaced,
  describeStopped,
} from './messages.ts';
import { describeReplaceSteps } from '../replacement/replacement-steps.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import type { SecretStore } from '../destinations/secret-store.ts';

type Run = (onStep: (state: ReplaceState) => void, signal: AbortSignal) => Promise<ReplaceState>;

/** The actions of a panel. No method rejects: the panel shows each failure. */
export type PanelActions = {
  save(connection: Connection): Promise<void>;
  /** Asks for confirmation. `confirm` then replaces, `withdraw` cancels. */
  askReplace(destination: Destination): void;
  confirm(connection: Connection, destination: Destination): Promise<void>;
  withdraw(): void;
  resume(connection: Connection): Promise<void>;
  undo(connection: Connection): Promise<void>;
  /** Stops a replacement between two steps. */
  stop(): void;
  /** Deletes the state of a stopped replacement, so that both destinations stay. */
  dismiss(): Promise<void>;
  readonly isAsking: () => boolean;
};

export function createPanelActions(panel: PanelState, writer: DestinationWriter, secrets: SecretStore): PanelActions {
  const { model } = panel;
  let stopping: AbortController | undefined;
  /** The draft of the replacement that waits for confirmation. */
  let pending: Draft | undefined;
  /** The last sent draft, because Cloudflare never returns secrets and, for some types, full URLs. */
  let sent: Draft | undefined;
  let unfinished = writer
    .unfinished()
    .find(({ accountId, oldId }) => accountId === model.accountId && oldId === model.destinationId);
  if (unfinished) {
    model.notice = describeStopped([vscode.l10n.t('The replacement of this destination was interrupted.')], unfinished);
  }

  /** Shows all problems and focuses the first field with an error. */
  function isSound(destination: Destination | undefined): boolean {
    const error = findProblems(model, destination).find(({ severity }) => severity === 'error');
    model.visited = new Set<PanelField>(['name', 'url', 'secret']);
    panel.show();
    if (error) {
      panel.focus(error.problem.field);
    }
    return error === undefined;
  }

  async function save(connection: Connection): Promise<void> {
    const destination = panel.current();
    if (!isSound(destination)) {
      return;
    }
    const draft = draftOf(model.fields);
    if (!destination) {
      await panel.work(progressOf(vscode.l10n.t('Creating “{0}” and testing its URL…', draft.name)), async () =>
        create(connection, draft),
      );
      return;
    }
    const { kind } = planChange(destination, draft);
    if (kind === 'replace') {
      ask(destination);
    } else if (kind === 'nothing') {
      await forgetUnlessWanted(destination.id);
      panel.tell({
        tone: 'info',
        lines: [vscode.l10n.t('No changes to save.')],
        buttons: [],
      });
    } else {
      const progress =
        kind === 'rename' ? vscode.l10n.t('Renaming…') : vscode.l10n.t('Saving and checking what changed…');
      await panel.work(progressOf(progress), async () => update(connection, destination, draft));
    }
  }

  async function create(connection: Connection, draft: Draft): Promise<PanelNotice> {
    const before = new Set(panel.entry()?.state.last?.destinations.map(({ id }) => id));
    const created = await writer.create(connection, draft, model.fields.remember).catch((error: unknown) => {
      // The creation may have succeeded although its answer was lost. A retry would create a duplicate.
      const made = panel
        .entry()
        ?.state.last?.destinations.find(
          ({ id, name, url }) => !before.has(id) && name === draft.name && canStandFor(url, draft.url),
        );
      if (made) {
        return made;
      }
      throw error;
    });
    sent = draft;
    await panel.move(created.id);
    return describeCreated(created);
  }

  async function update(connection: Connection, destination: Destination, draft: Draft): Promise<PanelNotice> {
    const outcome = await writer.update({ connection, destination }, draft, model.fields.remember);
    await forgetUnlessWanted(destination.id);
    sent = draft;
    const { name, url } = outcome.destination;
    model.base = { name, url };
    // Ignored values stay in the fields for Replace.
    panel.setFields(outcome.ignored.includes('url') ? { name } : { name, url, secret: '' });
    model.visited = new Set();
    return describeOutcome(outcome);
  }

  async function forgetUnlessWanted(destinationId: string): Promise<void> {
    if (!model.fields.remember && model.remembered) {
      await secrets.forget(model.accountId, destinationId);
    }
    const { remember } = model.fields;
    await panel.readRemembered();
    model.fields = { ...model.fields, remember };
  }

  /** The draft of the fields, completed with the URL and secret that only this machine knows. */
  function completeDraft(destination: Destination): Draft {
    const draft = draftOf(model.fields);
    // A secret must not be sent to a service of another type.
    const keeps = guessType(draft.url)?.type === destination.type;
    const secret = draft.secret ?? (keeps ? (sent?.secret ?? model.remembered?.secret) : undefined);
    const whole = [sent?.url, model.remembered?.url].find((each) => each && canStandFor(destination.url, each));
    return {
      name: draft.name,
      url: draft.url === destination.url ? (whole ?? draft.url) : draft.url,
      ...(secret === undefined ? {} : { secret }),
    };
  }

  function ask(destination: Destination): void {
    pending = completeDraft(destination);
    const policies = model.activity.policies.rows.map(({ name }) => `“${name}”`);
    panel.tell(describeReplace(destination, pending, policies));
  }

  async function replace(run: Run): Promise<void> {
    let last = unfinished;
    const stop = new AbortController();
    stopping = stop;
    await panel.work(
      progressOfReplacing(last),
      async () => {
        const done = await run((state) => {
          last = state;
          panel.tell(progressOfReplacing(state), false);
        }, stop.signal);
        unfinished = undefined;
        if (done.phase === 'done' && done.newId !== undefined) {
          await panel.move(done.newId);
        }
        return describeReplaced(done);
      },
      async (error) => {
        unfinished = last;
        const lines = stop.signal.aborted ? [vscode.l10n.t('The replacement was canceled.')] : panel.explain(error);
        const nothingDone = last && last.newId === undefined && (!last.attempted || !leavesDoubt(error));
        if (last && (nothingDone || error instanceof DraftNeededError)) {
          await writer.dismiss(last);
          unfinished = undefined;
        }
        return describeStopped(lines, unfinished);
      },
    );
    stopping = undefined;
  }

  return {
    save,
    askReplace(destination) {
      if (isSound(destination)) {
        ask(destination);
      }
    },
    async confirm(connection, destination) {
      const draft = pending;
      pending = undefined;
      if (draft) {
        await replace(async (onStep, signal) =>
          writer.replace({ connection, destination }, draft, model.fields.remember, { onStep, signal }),
        );
      }
    },
    withdraw() {
      pending = undefined;
      model.notice = undefined;
    },
    async resume(connection) {
      const state = unfinished;
      if (state) {
        await replace(async (onStep, signal) => writer.resume(connection, state, onStep, signal));
      }
    },
    async undo(connection) {
      const state = unfinished;
      if (state) {
        await replace(async (onStep, signal) => writer.undo(connection, state, onStep, signal));
      }
    },
    stop: () => stopping?.abort(),
    async dismiss() {
      const state = unfinished;
      unfinished = undefined;
      if (state) {
        await writer.dismiss(state);
      }
    },
    isAsking: () => pending !== undefined,
  };
}

function progressOf(text: string): PanelNotice {
  return { tone: 'info', lines: [text], buttons: [] };
}

function progressOfReplacing(state: ReplaceState | undefined): PanelNotice {
  return {
    tone: 'info',
    lines: [vscode.l10n.t('Replacing…')],
    ...(state ? { steps: [...describeReplaceSteps(state, true)] } : {}),
    buttons: [button.cancel()],
  };
}
