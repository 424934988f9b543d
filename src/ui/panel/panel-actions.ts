import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { type RememberedSecret, secretFor } from '../../core/destinations/remembered-secret.ts';
import type { Destination, Draft } from '../../core/model/destination.ts';
import { guessType, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { checkDraft, type DraftProblem } from '../../core/model/draft-check.ts';
import { canStandFor, planChange } from '../../core/model/plan.ts';
import { lacksSecret, wholeUrlOf } from '../../core/model/whole-url.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import type { PanelField, PanelNotice } from '../../core/panel-protocol.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Step } from '../../core/replacement/state.ts';
import { readMoving } from '../replacement/ask-replacement.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import { testDraft } from '../testing/direct.ts';
import type { TestingServices } from '../testing/services.ts';
import type { SecretStore } from '../destinations/secret-store.ts';
import {
  button,
  describeAlternatives,
  describeCreated,
  describeOutcome,
  describeReplace,
  describeTypedTest,
} from './messages.ts';
import type { PanelReplacement, Replaced } from './panel-replacement.ts';
import type { PanelState } from './panel-state.ts';
import { draftOf, findProblems, isCurrent, isSameInput, type Question, saveLabel, standingOf } from './panel-view.ts';

/** What can be done with the form of a panel. None of these rejects: what went wrong is shown in the panel. */
export type PanelActions = {
  save(connection: Connection): Promise<void>;
  /** Asks; `confirm` then replaces, `updateInPlace` updates, the `withdraw` of the panel does neither. */
  askReplace(connection: Connection, destination: Destination): Promise<void>;
  confirm(connection: Connection, destination: Destination): Promise<void>;
  updateInPlace(connection: Connection, destination: Destination): Promise<void>;
  /** Takes a step of a replacement that stopped. */
  takeStep(step: Step, connection: Connection): Promise<void>;
  /** Undoes the last update in place. What was typed since stays. */
  revert(connection: Connection): Promise<void>;
  /** Tests the values of the form from this machine, saved or not. */
  testTyped(connection: Connection): Promise<void>;
};

export type PanelActionsServices = {
  readonly writer: DestinationWriter;
  readonly secrets: SecretStore;
  readonly policies: PolicyStore;
  readonly replacement: PanelReplacement;
  readonly testing: TestingServices;
};

export function createPanelActions(
  panel: PanelState,
  { writer, secrets, policies, replacement, testing }: PanelActionsServices,
): PanelActions {
  const { model } = panel;
  /**
   * The draft that was sent last for the destination of the panel: Cloudflare returns neither secrets nor, for some types,
   * whole URLs. Undefined if it is not known.
   */
  let sent: Draft | undefined;
  /** What the last update in place can be undone to, and the destination as that update left it. */
  let previous: { readonly draft: Draft; readonly left: Destination } | undefined;

  /**
   * Whether the form can be sent. Shows all findings and focuses the first error. While the account is not loaded, nothing
   * tells a destination that is not loaded from one that does not exist.
   */
  function isSound(destination: Destination | undefined): boolean {
    if (['unread', 'unclear'].includes(standingOf(model, panel.entry()))) {
      return false;
    }
    const error = findProblems(model, destination).find(({ severity }) => severity === 'error');
    model.visited = new Set<PanelField>(['name', 'url', 'secret']);
    panel.show();
    if (error) {
      panel.focus(error.problem.field);
    }
    return error === undefined;
  }

  /** The destination as the user saw it when editing began: what changed since is a conflict. */
  function asSeen(destination: Destination): Destination {
    return { ...destination, ...model.base };
  }

  async function save(connection: Connection): Promise<void> {
    const destination = panel.current();
    if (!isSound(destination)) {
      return;
    }
    const draft = draftOf(model.fields, destination && asSeen(destination));
    if (!destination) {
      const text = vscode.l10n.t('Creating “{0}”. Cloudflare tests its URL…', draft.name);
      await panel.work(progressOf(text), async () => create(connection, draft));
      return;
    }
    const { kind } = planChange(asSeen(destination), draft);
    switch (kind) {
      case 'nothing': {
        const { fields } = model;
        await forgetUnlessWanted(destination.id);
        panel.tell({ tone: 'info', lines: [vscode.l10n.t('No changes to save.')], buttons: [] });
        model.noticeFields = fields;
        panel.show();
        break;
      }
      case 'rename':
        await panel.work(progressOf(vscode.l10n.t('Renaming…')), async () => update(connection, destination, draft));
        break;
      case 'update':
        await ask(connection, destination, draft, describeAlternatives);
        break;
      case 'replace':
        await ask(connection, destination, draft, describeReplace);
        break;
      default:
        kind satisfies never;
    }
  }

  async function create(connection: Connection, draft: Draft): Promise<PanelNotice> {
    const created = await writer.create(connection, draft, model.fields.remember);
    sent = draft;
    await panel.move(created.id);
    return describeCreated(created);
  }

  async function sendUpdate(connection: Connection, seen: Destination, draft: Draft): Promise<UpdateOutcome> {
    previous = undefined;
    const { remember } = model.fields;
    // An update stores only what it is to remember. Else, what is stored during the update is of another editor or window.
    const isOwn = remember;
    try {
      const outcome = await writer.update({ connection, destination: seen }, draft, remember);
      await forgetUnlessWanted(seen.id, isOwn);
      sent = draft;
      return outcome;
    } catch (error) {
      await readSecret(isOwn);
      throw error;
    }
  }

  async function update(connection: Connection, destination: Destination, draft: Draft): Promise<PanelNotice> {
    const seen = asSeen(destination);
    await readSecret();
    const before = model.remembered;
    const outcome = await sendUpdate(connection, seen, draft);
    const { name, url } = outcome.destination;
    model.base = { name, url };
    // Ignored values stay in the fields for Replace.
    const keeps = outcome.ignored.includes('url') || !outcome.isVerified;
    if (!keeps && draft.secret !== undefined) {
      model.isSecretLost = false;
    }
    panel.setFields(keeps ? { name } : { name, url, secret: '' });
    model.visited = new Set();
    const undone = outcome.applied.includes('url') ? revertible(seen, before, draft) : undefined;
    // Another client may have renamed the destination, which undoing this update keeps.
    previous = undone && {
      draft: { ...undone, name: outcome.applied.includes('name') ? seen.name : name },
      left: outcome.destination,
    };
    return describeOutcome(outcome, previous !== undefined);
  }

  async function undo(
    connection: Connection,
    { draft, left }: { readonly draft: Draft; readonly left: Destination },
  ): Promise<PanelNotice> {
    await readSecret();
    const outcome = await sendUpdate(connection, left, draft);
    const { fields, base = left } = model;
    const { name, url } = outcome.destination;
    model.base = { name: draft.name === left.name ? base.name : name, url };
    panel.setFields({
      ...(fields.name === base.name ? { name: model.base.name } : {}),
      ...(fields.url === base.url ? { url } : {}),
    });
    return { ...describeOutcome(outcome, false), buttons: [button.dismiss()] };
  }

  /** Another editor or window may have stored another secret: what this panel sent before then is outdated. */
  async function readSecret(isOwn = false): Promise<void> {
    if (await panel.readRemembered(isOwn)) {
      sent = undefined;
      panel.setFields({});
    }
  }

  async function forgetUnlessWanted(destinationId: string, isOwn = false): Promise<void> {
    await readSecret(isOwn);
    if (!model.fields.remember && model.remembered) {
      await secrets.forget(model.accountId, destinationId);
      model.remembered = undefined;
    }
  }

  function follow(replaced: Replaced | undefined): void {
    if (replaced) {
      sent = replaced.draft;
    }
  }

  /** The draft of the fields, completed with the URL and secret that only this machine knows. */
  function completeDraft(destination: Destination): Draft {
    const draft = draftOf(model.fields, destination);
    const ofSent = sent && secretFor({ type: guessType(sent.url)?.type ?? '', url: sent.url }, draft, sent);
    const secret = ofSent ?? secretFor(destination, draft, model.remembered);
    const whole = [sent?.url, model.remembered?.url].find((each) => each && canStandFor(destination.url, each));
    return {
      name: draft.name,
      url: draft.url === destination.url ? (whole ?? draft.url) : draft.url,
      ...(secret === undefined ? {} : { secret }),
    };
  }

  /** Asks in the panel, with the policies that will move, unless the fields or the destination change before these are loaded. */
  async function ask(
    connection: Connection,
    destination: Destination,
    draft: Draft,
    describe: typeof describeReplace,
  ): Promise<void> {
    const { fields } = model;
    const progress = progressOf(vscode.l10n.t('Loading from Cloudflare…'));
    panel.tell(progress, false);
    model.noticeFields = fields;
    const moving = await readMoving({ connection, destination }, policies);
    await readSecret();
    if (isCurrent({ fields, destination }, model, panel.current()) && !model.busy) {
      const whole = completeDraft(destination);
      panel.tell(describe(destination, whole, moving, findMissing(whole)));
      model.question = { fields, destination, replacement: whole, update: draft };
    } else if (model.notice === progress) {
      panel.tell(undefined);
    }
  }

  /** The question that is answered. Undefined if it is no longer current: it is then withdrawn. */
  function takeQuestion(): Question | undefined {
    panel.show();
    const { question } = model;
    model.question = undefined;
    return question;
  }

  return {
    save,
    async askReplace(connection, destination) {
      if (isSound(destination)) {
        await ask(connection, destination, draftOf(model.fields, destination), describeReplace);
      }
    },
    async confirm(connection, destination) {
      const question = takeQuestion();
      if (!question) {
        return;
      }
      await readSecret();
      const draft = completeDraft(destination);
      if (model.busy) {
        return;
      }
      if (!isCurrent(question, model, panel.current())) {
        panel.tell(undefined);
        return;
      }
      const isSecretLost = draft.secret === undefined && question.replacement.secret !== undefined;
      if (isSecretLost || findMissing(draft)) {
        await ask(connection, destination, question.update, describeReplace);
      } else {
        follow(await replacement.start(connection, destination, draft));
      }
    },
    async takeStep(step, connection) {
      follow(await replacement.take(step, connection));
    },
    async updateInPlace(connection, destination) {
      const draft = takeQuestion()?.update;
      if (draft) {
        const text = vscode.l10n.t('Saving, then checking the result…');
        await panel.work(progressOf(text), async () => update(connection, destination, draft));
      }
    },
    async revert(connection) {
      const last = previous;
      if (last) {
        await panel.work(progressOf(vscode.l10n.t('Undoing the update…')), async () => undo(connection, last));
      }
    },
    async testTyped(connection) {
      const destination = panel.current();
      if (!isSound(destination)) {
        return;
      }
      await readSecret();
      const draft = destination ? completeDraft(destination) : draftOf(model.fields);
      const { fields } = model;
      const send = await testDraft(connection, draft, testing);
      if (send) {
        let offersToSave = false;
        await panel.work(progressOf(vscode.l10n.t('Testing from this machine…')), async () => {
          const end = await send();
          // What was typed in the meantime was not tested.
          const isTested = isSameInput(fields, model.fields);
          offersToSave = isTested && end.result !== 'failed';
          return describeTypedTest(end, isTested ? saveLabel(standingOf(model, panel.entry())) : undefined);
        });
        if (offersToSave) {
          model.noticeFields = fields;
          panel.show();
        }
      }
    },
  };
}

/** What a new destination lacks: it inherits neither the secret nor the hidden part of a URL. */
function findMissing(draft: Draft): DraftProblem | undefined {
  return checkDraft(draft, { secret: false }).find(({ severity }) => severity === 'error')?.problem;
}

/** What to send to undo an update; undefined where the old URL or the old secret is not known. */
function revertible(seen: Destination, before: RememberedSecret | undefined, draft: Draft): Draft | undefined {
  const url = wholeUrlOf(seen, before);
  const isSecretLost = draft.secret !== undefined && before?.secret === undefined;
  return isSecretLost || lacksSecret(typeOrGeneric(seen.type), url)
    ? undefined
    : {
        name: seen.name,
        url,
        ...(draft.secret === undefined || before?.secret === undefined ? {} : { secret: before.secret }),
      };
}

function progressOf(text: string): PanelNotice {
  return { tone: 'info', lines: [text], buttons: [] };
}
