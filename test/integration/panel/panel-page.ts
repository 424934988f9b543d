import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type {
  PanelAction,
  PanelEdits,
  PanelEvent,
  PanelFields,
  PanelView,
  ToPanel,
} from '../../../src/core/panel-protocol.ts';
import type { PanelController } from '../../../src/ui/panel/panel-controller.ts';
import type { Extension } from '../extension-under-test.ts';

/** A panel page without a webview that records its messages. */
export type Page = {
  readonly sent: readonly ToPanel[];
  view(): PanelView;
  fields(): PanelFields;
  /** The lines and buttons of all notices. */
  told(): string;
  types(fields: Partial<PanelFields>, left?: 'name' | 'url' | 'secret'): Promise<void>;
  presses(action: PanelAction): Promise<void>;
  readonly controller: PanelController;
  close(): void;
};

/** The counts of a page that changes all fields at once. */
function everyField(edits: number): PanelEdits {
  return { name: edits, url: edits, secret: edits, remember: edits };
}

/** Opens the panel of a destination, or of a new destination without an ID. */
export async function openPanelPage(
  extension: Extension,
  accountId: string,
  destinationId?: string,
  draftId: string = randomUUID(),
): Promise<Page> {
  const sent: ToPanel[] = [];
  const controller = await (
    await extension.editing.load()
  ).panels.createController(
    { accountId, draftId, ...(destinationId === undefined ? {} : { destinationId }) },
    (message) => void sent.push(message),
    () => {},
  );
  const last = <Kind extends ToPanel['kind']>(kind: Kind) =>
    sent.findLast((each): each is Extract<ToPanel, { kind: Kind }> => each.kind === kind) ?? assert.fail(kind);
  let typed: PanelFields | undefined;
  let edits = 0;
  const fields = (): PanelFields => typed ?? last('fields').fields;
  const send = async (message: PanelEvent): Promise<void> => {
    const before = sent.length;
    await controller.receive(message);
    if (sent.slice(before).some(({ kind }) => kind === 'fields')) {
      typed = undefined;
    }
  };
  await send({ kind: 'ready' });
  return {
    sent,
    controller,
    view: () => last('view').view,
    fields,
    told: () =>
      last('view')
        .view.notices.flatMap(({ lines, buttons }) => [...lines, ...buttons.map(({ label }) => `[${label}]`)])
        .join(' '),
    types: async (changes, left) => {
      typed = { ...fields(), ...changes };
      edits += 1;
      await send({ kind: 'edit', fields: typed, edits: everyField(edits), ...(left ? { left } : {}) });
    },
    presses: async (action) => send({ kind: 'act', action, fields: fields(), edits: everyField(edits) }),
    close() {
      controller.dispose();
      void extension.context.secrets.delete(`cloudflareWebhooks.draft.${draftId}`);
    },
  };
}
