import assert from 'node:assert/strict';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { createRedactor } from '../../../../src/core/api/redaction.ts';
import { createTurns } from '../../../../src/core/policies/turns.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import type {
  PanelAction,
  PanelEdits,
  PanelEvent,
  PanelFields,
  PanelView,
  ToPanel,
} from '../../../../src/core/panel-protocol.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { createDestinationWriter } from '../../../../src/ui/destinations/destination-writer.ts';
import { createSecretStore } from '../../../../src/ui/destinations/secret-store.ts';
import { createReplacements } from '../../../../src/ui/replacement/replacements.ts';
import type { TestingServices } from '../../../../src/ui/testing/services.ts';
import { createMemoryFiles } from '../../core/async/memory-files.ts';
import { ACCOUNT, makeLeases, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { makeSecretStorage } from '../ui-services.ts';
import { standInForVscode, type StubPanel } from '../vscode.ts';

const stub = await standInForVscode();
const { createPanels } = await import('../../../../src/ui/panel/panels.ts');
const { createLastTests } = await import('../../../../src/ui/tree/last-tests.ts');

/** No test of this suite sends one. */
const NO_TESTS = {} as TestingServices;

/** Timelines of destinations that were never seen. */
const TIMELINES = {
  of: async () => ({ destination: () => undefined }),
  onChanged: () => () => {},
  forget: async () => {},
  dispose() {},
};

/** How long to wait for a condition, in milliseconds. */
const MOST_WAITING = 4000;

type Page<P extends PageHost> = ReturnType<typeof pageOf<P>>;

export async function until<T>(find: () => T | undefined | false, what: string): Promise<T> {
  for (const start = Date.now(); Date.now() - start < MOST_WAITING;) {
    const found = find();
    if (found !== undefined && found !== false) {
      return found;
    }
    await sleep(5);
  }
  return assert.fail(`Not seen: ${what}`);
}

/** Lets everything run that waits for nothing from outside. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await setImmediate();
  }
}

type PageHost = {
  readonly sent: ToPanel[];
  /** Without a window, resolves after all work for the message has ended. */
  receive(message: PanelEvent): Promise<void> | void;
};

/** The page of a panel, as the user sees and uses it. */
function pageOf<P extends PageHost>(panel: P) {
  const last = <K extends ToPanel['kind']>(kind: K): Extract<ToPanel, { kind: K }> | undefined =>
    panel.sent.findLast((each): each is Extract<ToPanel, { kind: K }> => each.kind === kind);
  let typed: PanelFields | undefined;
  let seen = 0;
  let count = 0;
  /** This page changes all fields at once. */
  const edits = (isEdited: boolean): PanelEdits => {
    count += Number(isEdited);
    return { name: count, url: count, secret: count, remember: count };
  };

  const fields = (): PanelFields => {
    const filled = panel.sent.filter(({ kind }) => kind === 'fields').length;
    const isFilled = filled !== seen;
    seen = filled;
    typed = isFilled ? last('fields')?.fields : typed;
    return typed ?? assert.fail('The form is not filled');
  };
  const view = (): PanelView => last('view')?.view ?? assert.fail('The page shows nothing');
  const text = (): string =>
    view()
      .notices.flatMap(({ lines }) => lines)
      .join(' ');
  const buttons = (): PanelView['buttons'] => [
    ...view().notices.flatMap((notice) => notice.buttons),
    ...view().buttons,
  ];

  return {
    panel,
    fields,
    view,
    /** The notices. */
    text,
    labels: () => buttons().map(({ label }) => label),
    async type(changes: Partial<PanelFields>): Promise<void> {
      typed = { ...fields(), ...changes };
      await panel.receive({ kind: 'edit', fields: typed, edits: edits(true) });
    },
    async press(label: string): Promise<void> {
      const action = buttons().find((each) => each.label === label)?.action;
      await this.act(action ?? assert.fail(`No button “${label}” beside: ${text()}`));
    },
    /** An action of a button that the page may no longer show. */
    async act(action: PanelAction, changes: Partial<PanelFields> = {}): Promise<void> {
      const isEdited = Object.keys(changes).length > 0;
      await panel.receive({ kind: 'act', action, fields: { ...fields(), ...changes }, edits: edits(isEdited) });
    },
    sees: async (pattern: RegExp) =>
      until(() => pattern.test(text()) && !view().busy, `${String(pattern)} in the panel`).catch(() =>
        assert.match(text(), pattern),
      ),
  };
}

/** The panels of a window with one account of a fake Cloudflare. Call it inside `describe`. */
export function usePanels() {
  const account = useFakeAccount();
  const stored = new Map<string, string>();
  const controllers: vscode.Disposable[] = [];
  let window: ReturnType<typeof openWindow>;

  /** `loaded`: resolves once the accounts are loaded. */
  function openWindow(loaded = Promise.resolve(true)) {
    const api: { -readonly [K in keyof Api]: Api[K] } = { ...account.api() };
    const connection = { account: { id: ACCOUNT, name: 'Acme' }, token: undefined, api };
    const store = createStore({
      now: Date.now,
      toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'network' })),
      defer: (work) => void setTimeout(work, 0),
      log: () => {},
    });
    store.setConnections([connection]);
    const storage = makeSecretStorage(stored);
    let slept = 0;
    const redactor = createRedactor();
    const policies = createPolicyStore();
    const secrets = createSecretStore(storage, redactor, () => {});
    const services = {
      store,
      policies,
      secrets,
      redactor,
      host: {
        // A wait takes no time, and time passes all the same.
        now: () => Date.now() + slept,
        async sleep(milliseconds: number) {
          slept += milliseconds;
        },
        log: () => {},
        random: () => 0.5,
        fetch,
        ...createTurns(),
      },
      leases: makeLeases(),
      unansweredCreations: new Map(),
      unansweredUpdates: new Map(),
      sharedFiles: createMemoryFiles(),
    };
    const lastTests = createLastTests();
    const panels = createPanels(
      { extensionUri: new stub.Uri(), secrets: storage },
      {
        ...services,
        loaded,
        writer: createDestinationWriter(services),
        replacements: createReplacements(services),
        testing: NO_TESTS,
        lastTests,
        timelines: TIMELINES,
        // These are shown, and logged too.
        log: (_level, message) => assert.match(message, /DestinationConflictError|AccountRemovedError/),
        now: Date.now,
        focusedPanel: { get: () => undefined, set() {} },
      },
    );
    return { api, connection, store, secrets, panels, lastTests };
  }

  beforeEach(() => {
    stored.clear();
    stub.created.length = 0;
    stub.notifications.length = 0;
    window = openWindow();
  });
  afterEach(() => {
    for (const each of [...controllers.splice(0), window.panels]) {
      each.dispose();
    }
  });

  /** The page of the nth panel that was created. */
  const page = async (at: number): Promise<Page<StubPanel>> => {
    const panel = await until(() => stub.created[at], `panel ${at + 1}`);
    const opened = pageOf(panel);
    await until(() => panel.sent.some(({ kind }) => kind === 'state'), 'the state of the panel');
    panel.receive({ kind: 'ready' });
    await until(() => panel.sent.some(({ kind }) => kind === 'fields'), 'the form');
    return opened;
  };

  return {
    account,
    api: () => window.api,
    store: () => window.store,
    secrets: () => window.secrets,
    connection: () => window.connection,
    /** A window whose accounts are not loaded. Returns what ends that, without any account. `false`: they cannot be loaded. */
    openLoading(): (couldLoad?: boolean) => void {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      window = openWindow(promise);
      window.store.setConnections([]);
      return (couldLoad = true) => resolve(couldLoad);
    },
    lastTests: () => window.lastTests,
    panels: () => window.panels,
    created: stub.created,
    notifications: stub.notifications,
    page,
    /** Waits until the draft of a panel is persisted. */
    draftIsKept: async (text: string) =>
      until(() => [...stored].some(([key, value]) => key.includes('.draft.') && value.includes(text)), 'the draft'),
    noDraftIsKept: async () => until(() => ![...stored.keys()].some((key) => key.includes('.draft.')), 'no draft'),
    rememberedSecrets: () =>
      [...stored].flatMap(([key, value]) => (key.includes('.secret.') ? [JSON.parse(value).secret] : [])),
    /** The next notification. */
    notification: async () => until(() => stub.notifications.shift(), 'a notification'),
    async openNew(): Promise<Page<StubPanel>> {
      await window.store.refresh();
      await window.panels.openNew(window.connection);
      return page(stub.created.length - 1);
    },
    /** A panel without its window. */
    async edit(destination: Destination): Promise<Page<PageHost>> {
      await window.store.refresh();
      const sent: ToPanel[] = [];
      const target = { accountId: ACCOUNT, destinationId: destination.id, draftId: 'draft' };
      const controller = await window.panels.createController(
        target,
        (message) => sent.push(message),
        () => {},
      );
      controllers.push(controller);
      void controller.receive({ kind: 'ready' });
      return pageOf({ sent, receive: async (message) => controller.receive(message) });
    },
    async open(destination: Destination): Promise<Page<StubPanel>> {
      await window.store.refresh();
      await window.panels.open({ connection: window.connection, destination });
      return page(stub.created.length - 1);
    },
    /**
     * Reloads the window with the panel as a hidden tab. Returns what makes it visible, which restores it. `at`: which of its
     * states VS Code persisted; default: the last one.
     */
    reload({ panel }: Page<StubPanel>, at = -1): () => Promise<void> {
      const state = panel.sent.flatMap((each) => (each.kind === 'state' ? [each.state] : [])).at(at);
      window.panels.dispose();
      window = openWindow();
      return async () => window.panels.restore(stub.window.createWebviewPanel('', '', 1), state);
    },
    /** Makes the calls of a function of the API wait until `release`. */
    hold(name: 'createDestination' | 'listPolicies' | 'updateDestination') {
      const { api } = window;
      const { promise, resolve } = Promise.withResolvers<void>();
      let calls = 0;
      const hold =
        <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) =>
        async (...given: A): Promise<R> => {
          calls += 1;
          await promise;
          return call(...given);
        };
      switch (name) {
        case 'createDestination':
          api.createDestination = hold(api.createDestination);
          break;
        case 'listPolicies':
          api.listPolicies = hold(api.listPolicies);
          break;
        case 'updateDestination':
          api.updateDestination = hold(api.updateDestination);
          break;
        default:
          name satisfies never;
      }
      return { release: resolve, isCalled: async () => until(() => calls > 0, `a call of ${name}`) };
    },
  };
}
