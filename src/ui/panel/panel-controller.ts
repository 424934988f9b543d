import * as vscode from 'vscode';
import type { PanelEvent, PanelAction, PanelNotice, ToPanel } from '../../core/panel-protocol.ts';
import type { ContributedCommand } from '../host/ids.ts';
import type { DirectTest } from '../testing/services.ts';
import type { AccountNode } from '../tree/nodes.ts';
import { createPanelState, type PanelStateServices, type PanelTarget } from './panel-state.ts';
import { headingOf, isDirty } from './panel-view.ts';
import { button } from './messages.ts';
import { createPanelActions } from './panel-actions.ts';
import { createPanelReplacement } from './panel-replacement.ts';
import type { TestingServices } from '../testing/services.ts';
import type { Replacements } from '../replacement/replacements.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';

/** Actions that run a command on the saved destination. */
const COMMANDS = {
  test: 'testDestination',
  testFromHere: 'testDestination',
  explain: 'explainDelivery',
  policies: 'managePolicies',
  delete: 'deleteDestination',
  editAsJson: 'editDestinationAsJson',
} as const;

export type PanelServices = PanelStateServices & {
  readonly writer: DestinationWriter;
  readonly replacements: Replacements;
  readonly testing: TestingServices;
  /** Runs a command of this extension on the destination of the panel, or its account. */
  readonly run: (command: ContributedCommand, node: AccountNode | DirectTest) => Promise<unknown>;
};

/** One panel without its window, driven by messages. */
export type PanelController = vscode.Disposable & {
  /** Resolves after all work for the message has ended. */
  receive(message: PanelEvent): Promise<void>;
  title(): string;
  /** Whether the fields differ from what is saved. */
  isDirty(): boolean;
  target(): PanelTarget;
  /** Fills the form with the draft of a panel that was closed. `false`: the form has edits of its own. */
  takeDraft(draftId: string): Promise<boolean>;
  /** The result of the work that runs, once it has ended. Undefined if none runs. */
  ended(): Promise<PanelNotice | undefined>;
};

/** `post` sends to the page. `onMoved` is called if the title or the destination changes. */
export async function createPanelController(
  target: PanelTarget,
  services: PanelServices,
  post: (message: ToPanel) => void,
  onMoved: () => void,
): Promise<PanelController> {
  const panel = await createPanelState(target, services, post, onMoved);
  const replacement = createPanelReplacement(panel, services.replacements);
  const actions = createPanelActions(panel, { ...services, replacement });
  const { model } = panel;
  const { accountId } = target;
  /** A new panel starts in its first field. */
  let isNew = target.destinationId === undefined;

  async function act(action: PanelAction): Promise<void> {
    const connection = panel.entry()?.connection;
    const destination = panel.current();
    if (action === 'cancel' && model.busy) {
      replacement.stop();
    }
    if (!connection || model.busy) {
      return;
    }
    switch (action) {
      case 'save':
        await actions.save(connection);
        break;
      case 'replace':
        if (destination) {
          await actions.askReplace(connection, destination);
        }
        break;
      case 'confirm':
        if (destination) {
          await actions.confirm(connection, destination);
        }
        break;
      case 'updateInPlace':
        if (destination) {
          await actions.updateInPlace(connection, destination);
        }
        break;
      case 'revert':
        await actions.revert(connection);
        break;
      case 'resume':
      case 'undo':
      case 'finish':
      case 'keepBoth':
      case 'adopt':
      case 'close':
      case 'retry':
        await actions.takeStep(action, connection);
        break;
      case 'cancel':
      case 'dismiss':
        // Only the notice goes: a replacement that stopped stays, and is shown again when the panel is opened.
        panel.withdraw();
        panel.show();
        panel.focus('name');
        break;
      case 'load':
        if (destination) {
          panel.load(destination);
          panel.show();
          panel.focus('name');
        }
        break;
      case 'keep':
        model.base = destination && { name: destination.name, url: destination.url };
        panel.withdraw();
        panel.keepDraft();
        panel.show();
        panel.focus('name');
        break;
      case 'refresh':
        await Promise.all([services.store.refresh([accountId]), panel.readAbout()]);
        break;
      case 'testTyped':
        await actions.testTyped(connection);
        break;
      case 'replaceToken':
        await services.run('replaceToken', { kind: 'account', accountId });
        break;
      case 'test':
      case 'testFromHere':
      case 'explain':
      case 'policies':
      case 'delete':
      case 'editAsJson':
        if ((action === 'test' || action === 'testFromHere') && isDirty(model)) {
          const line = vscode.l10n.t('The test uses the saved destination, not your unsaved changes.');
          panel.tell({ tone: 'info', lines: [line], buttons: [button.dismiss()] }, false);
        }
        if (destination) {
          await services.run(COMMANDS[action], {
            kind: 'destination',
            accountId,
            destinationId: destination.id,
            ...(action === 'testFromHere' ? { way: 'direct' } : {}),
          });
        }
        break;
      default:
        action satisfies never;
    }
  }

  return {
    async receive(message) {
      switch (message.kind) {
        case 'ready':
          // Before the slow part, so that the focus does not move while the user types.
          if (isNew) {
            isNew = false;
            await panel.fill(() => panel.focus('name'));
          } else {
            await panel.fill();
          }
          await replacement.show();
          break;
        case 'edit':
          panel.takeFields(message.fields, message.edits);
          model.visited = message.left ? new Set([...model.visited, message.left]) : model.visited;
          panel.keepDraft();
          panel.show();
          onMoved();
          break;
        case 'act':
          panel.takeFields(message.fields, message.edits);
          await act(message.action);
          break;
        default:
          message satisfies never;
      }
    },
    title: () => headingOf(model, panel.entry()),
    isDirty: () => isDirty(model),
    target: () => ({ accountId, destinationId: model.destinationId, draftId: target.draftId }),
    takeDraft: async (draftId) => panel.takeDraft(draftId),
    ended: async () => panel.ended(),
    dispose: () => panel.dispose(),
  };
}
