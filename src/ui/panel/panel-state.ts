import type * as vscode from 'vscode';
import type { Log } from '../../core/api/transport.ts';
import { ApiError } from '../../core/api/api-error.ts';
import type { Destination } from '../../core/model/destination.ts';
import { isSameId } from '../../core/model/id.ts';
import {
  NO_EDITS,
  type PanelEdits,
  type PanelField,
  type PanelFields,
  type PanelNotice,
  type ToPanel,
} from '../../core/panel-protocol.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { AccountEntry } from '../../core/monitoring/account-state.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { DraftKeep } from './draft-keep.ts';
import { createMinuteClock } from '../monitoring/minute-clock.ts';
import type { Timelines } from '../monitoring/timelines.ts';
import type { LastTests } from '../tree/last-tests.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { loadingActivity, loadActivity } from './activity.ts';
import {
  buildView,
  chooseFields,
  findCurrent,
  headingOf,
  isCurrent,
  isDirty,
  isSameInput,
  type PanelModel,
} from './panel-view.ts';
import { describeFailure, panelTexts } from './messages.ts';
import type { SecretStore } from '../destinations/secret-store.ts';

export type PanelStateServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly lastTests: LastTests;
  readonly timelines: Timelines;
  readonly drafts: DraftKeep;
  readonly log: Log;
  readonly now: () => number;
  readonly canEditAsJson: boolean;
  /** Resolves once the accounts are loaded, with whether they could be. Never rejects. */
  readonly loaded: Promise<boolean>;
};

export type PanelTarget = {
  readonly accountId: string;
  readonly destinationId?: string | undefined;
  /** The key of the persisted draft. */
  readonly draftId: string;
};

/** The state of a panel, which follows the store. Its actions are in `panel-actions.ts`. */
export type PanelState = vscode.Disposable & {
  readonly model: PanelModel;
  entry(): AccountEntry | undefined;
  /** The destination as the store has it. */
  current(): Destination | undefined;
  show(): void;
  /** Replaces the notice and, by default, focuses it. */
  tell(notice: PanelNotice | undefined, focus?: boolean): void;
  /** Removes the notice from the next `show`. */
  withdraw(): void;
  focus(at: PanelField | 'notice'): void;
  /** Keeps what the user has typed since a job began. */
  setFields(fields: Partial<PanelFields>): void;
  /** Takes the fields that the user has changed. Those of the page may be older than the others here. */
  takeFields(fields: PanelFields, edits: PanelEdits): void;
  keepDraft(): void;
  /**
   * Fills the fields with the draft of a panel that was closed, and deletes that draft. `false`: this panel has edits of its
   * own, so nothing changed.
   */
  takeDraft(draftId: string): Promise<boolean>;
  /** Fills the fields with the values from Cloudflare. */
  load(destination: Destination): void;
  /** Switches the panel to a destination that was just created. */
  move(destinationId: string): Promise<void>;
  /**
   * Whether this machine stores another secret or URL than before. “Remember” follows, unless the user changed it. `isOwn`:
   * after an update of this panel that may have stored or deleted it, which says nothing about what the user wants.
   */
  readRemembered(isOwn?: boolean): Promise<boolean>;
  /** Loads policies and alert history. */
  readAbout(): Promise<void>;
  /** Sends everything to a page that was created or shown again. Calls `onShown` before the activity is loaded. */
  fill(onShown?: () => void): Promise<void>;
  /** Runs a long job with a progress notice. The panel is busy until it ends. */
  work(
    progress: PanelNotice,
    job: () => Promise<PanelNotice>,
    failed?: (error: unknown) => Promise<PanelNotice>,
  ): Promise<void>;
  /** The result of the job that runs, once it has ended. Undefined if none runs. */
  ended(): Promise<PanelNotice | undefined>;
  /** Describes an error for the user. Logs it if it is not an API error. */
  explain(error: unknown): PanelNotice;
};

/** `post` sends to the page. `onMoved` is called if the title or the destination changes. */
export async function createPanelState(
  target: PanelTarget,
  { store, policies, secrets, lastTests, timelines, drafts, log, now, canEditAsJson, loaded }: PanelStateServices,
  post: (message: ToPanel) => void,
  onMoved: () => void,
): Promise<PanelState> {
  const { accountId, draftId } = target;
  const kept = await drafts.get(draftId);
  const model: PanelModel = {
    accountId,
    accountName: '',
    areAccountsLoaded: undefined,
    destinationId: target.destinationId,
    fields: { name: kept?.name ?? '', url: kept?.url ?? '', secret: '', remember: false },
    base: kept && { name: kept.baseName, url: kept.baseUrl },
    remembered: undefined,
    lastName: kept?.baseName ?? '',
    isSecretLost: kept?.hadSecret ?? false,
    visited: new Set(),
    busy: false,
    notice: undefined,
    noticeFields: undefined,
    question: undefined,
    activity: loadingActivity(),
    history: undefined,
    lastTest: undefined,
    canEditAsJson,
  };
  const closed = new AbortController();
  let fetching = new AbortController();
  let title = '';
  /** Whether a page exists that can show the activity. */
  let drawn = false;
  let readFor: string | undefined;
  let isReadingAbout = false;
  let running: Promise<PanelNotice> | undefined;
  /** The edits of the page that the fields include. */
  let edits = NO_EDITS;
  /** The fields that the running job began with. */
  let sent: PanelFields | undefined;

  const entry = (): AccountEntry | undefined => store.entry(accountId);
  const current = (): Destination | undefined => findCurrent(model, entry());

  function show(): void {
    const { question, noticeFields } = model;
    if (
      (question && !isCurrent(question, model, current())) ||
      (noticeFields && !isSameInput(noticeFields, model.fields))
    ) {
      withdraw();
    }
    model.lastTest = lastTests.get(accountId, model.destinationId ?? '');
    post({ kind: 'view', view: buildView(model, entry()) });
    const heading = headingOf(model, entry());
    if (heading !== title) {
      title = heading;
      onMoved();
    }
  }

  function withdraw(): void {
    model.notice = undefined;
    model.noticeFields = undefined;
    model.question = undefined;
  }

  function focus(at: PanelField | 'notice'): void {
    post({ kind: 'focus', at });
  }

  function tell(notice: PanelNotice | undefined, takeFocus = true): void {
    withdraw();
    model.notice = notice;
    show();
    if (notice && takeFocus) {
      focus('notice');
    }
  }

  function postFields(): void {
    post({ kind: 'fields', fields: model.fields, edits });
  }

  function setFields(fields: Partial<PanelFields>): void {
    const typed = model.fields;
    const isTyped = (field: keyof PanelFields): boolean => sent !== undefined && sent[field] !== typed[field];
    model.fields = chooseFields(isTyped, typed, { ...typed, ...fields });
    sent &&= { ...sent, ...fields };
    postFields();
    keepDraft();
  }

  function takeFields(fields: PanelFields, newer: PanelEdits): void {
    model.fields = chooseFields((field) => newer[field] > edits[field], fields, model.fields);
    edits = newer;
  }

  function keepDraft(): void {
    const { fields, base } = model;
    if (isDirty(model)) {
      drafts.keep(draftId, {
        name: fields.name,
        url: fields.url,
        baseName: base?.name ?? '',
        baseUrl: base?.url ?? '',
        // An untouched tick follows what is stored when the draft is restored.
        ...(fields.remember === (model.remembered !== undefined) ? {} : { remember: fields.remember }),
        ...(model.destinationId === undefined ? {} : { destinationId: model.destinationId }),
        ...(fields.secret === '' && !model.isSecretLost ? {} : { hadSecret: true }),
      });
    } else {
      drafts.forget(draftId);
    }
  }

  function load({ name, url }: Destination): void {
    model.base = { name, url };
    model.isSecretLost = false;
    model.visited = new Set();
    setFields({ name, url, secret: '' });
  }

  /** One destination may have an ID with dashes in one answer and without them in another: the store decides. */
  function takeIdOf(destination: Destination | undefined): void {
    model.destinationId = destination?.id ?? model.destinationId;
  }

  async function takeDraft(from: string): Promise<boolean> {
    const draft = await drafts.get(from);
    if (model.busy || isDirty(model)) {
      return false;
    }
    if (draft) {
      model.base = { name: draft.baseName, url: draft.baseUrl };
      model.isSecretLost = draft.hadSecret ?? false;
      const { name, url, remember = model.fields.remember } = draft;
      setFields({ name, url, remember });
      drafts.forget(from);
      show();
      onMoved();
    }
    return true;
  }

  /** Follows the store without overwriting unsaved changes. */
  function follow(): void {
    const destination = current();
    model.accountName = entry()?.connection.account.name ?? model.accountName;
    takeIdOf(destination);
    // What is cached has no URL: it is fetched before it is shown in a form.
    if (entry()?.state.cached && !entry()?.inFlight && entry()?.state.kind === 'idle') {
      void store.refresh([accountId]);
    }
    if (destination && !model.busy) {
      const { base } = model;
      model.lastName = destination.name;
      const changed = base?.name !== destination.name || base.url !== destination.url;
      if (changed && (!base || !isDirty(model))) {
        load(destination);
      }
    }
    if (!model.busy) {
      show();
    }
    if (drawn && destination && readFor !== destination.id) {
      void readAbout();
    }
  }

  async function move(destinationId: string): Promise<void> {
    model.destinationId = destinationId;
    await readRemembered();
    onMoved();
    const destination = current();
    takeIdOf(destination);
    if (destination) {
      load(destination);
    }
    model.activity = loadingActivity();
    void readAbout();
  }

  async function readRemembered(isOwn = false): Promise<boolean> {
    const { destinationId, remembered: before } = model;
    const stored = destinationId === undefined ? undefined : await secrets.get(accountId, destinationId);
    model.remembered = stored;
    if (!isOwn && model.fields.remember === (before !== undefined)) {
      model.fields = { ...model.fields, remember: stored !== undefined };
    }
    return stored?.secret !== before?.secret || stored?.url !== before?.url;
  }

  async function readAbout(): Promise<void> {
    if (closed.signal.aborted) {
      return;
    }
    fetching.abort();
    fetching = new AbortController();
    const { signal } = fetching;
    const [connection, destination] = [entry()?.connection, current()];
    if (connection && destination) {
      readFor = destination.id;
      isReadingAbout = true;
      const activity = await loadActivity(policies, { connection, destination }, now(), signal).catch(() => undefined);
      isReadingAbout = signal.aborted && isReadingAbout;
      if (activity && !signal.aborted) {
        model.activity = activity;
        show();
      }
    }
  }

  async function awaitAccounts(): Promise<void> {
    model.areAccountsLoaded = await loaded;
    if (!closed.signal.aborted) {
      show();
    }
  }

  async function readTimeline(): Promise<void> {
    const history = await timelines.of(accountId);
    if (!closed.signal.aborted) {
      model.history = history;
      show();
    }
  }

  async function work(
    progress: PanelNotice,
    job: () => Promise<PanelNotice>,
    failed = async (error: unknown): Promise<PanelNotice> => explain(error),
  ): Promise<void> {
    model.busy = true;
    sent = model.fields;
    tell(progress);
    running = job()
      .catch(failed)
      .finally(() => {
        running = undefined;
        sent = undefined;
        model.busy = false;
      });
    const notice = await running;
    if (!closed.signal.aborted) {
      follow();
      tell(notice);
    }
  }

  function explain(error: unknown): PanelNotice {
    if (!(error instanceof ApiError)) {
      log('error', `Panel: ${describeForLog(error)}`);
    }
    const { name, url } = model.fields;
    return describeFailure(error, { name: name.trim() || headingOf(model, entry()), url }, model.accountName);
  }

  await readRemembered();
  model.fields = { ...model.fields, remember: kept?.remember ?? model.fields.remember };
  const listening = store.onChanged(({ accounts, states }) => {
    if (accounts || states.has(accountId)) {
      follow();
    }
  });
  const listeningToTests = lastTests.onChanged((account, destination) => {
    if (account === accountId && isSameId(destination, model.destinationId ?? '')) {
      show();
    }
  });
  const listeningToPolicies = policies.onChanged((account) => {
    // A fetch of this panel may itself report changed policies.
    if (account === accountId && drawn && !isReadingAbout) {
      void readAbout();
    }
  });
  const listeningToTimelines = timelines.onChanged((account) => {
    if (account === accountId && drawn) {
      void readTimeline();
    }
  });
  // A refresh that changes nothing still proves that nothing happened.
  const listeningToRefreshes = store.onSettled((account) => {
    if (account === accountId && model.history && !model.busy) {
      show();
    }
  });
  // Ages get older without a refresh.
  const clock = createMinuteClock(() => {
    if (drawn) {
      show();
    }
  });
  void awaitAccounts();
  follow();

  return {
    model,
    entry,
    current,
    show,
    tell,
    withdraw,
    focus,
    setFields,
    takeFields,
    keepDraft,
    load,
    takeDraft,
    move,
    readRemembered,
    readAbout,
    async fill(onShown) {
      drawn = true;
      post({ kind: 'texts', texts: panelTexts() });
      // The page is new.
      edits = NO_EDITS;
      postFields();
      onMoved();
      show();
      onShown?.();
      await Promise.all([readAbout(), readTimeline()]);
    },
    work,
    ended: async () => running,
    explain,
    dispose() {
      closed.abort();
      fetching.abort();
      listening();
      listeningToTests();
      listeningToPolicies();
      listeningToTimelines();
      listeningToRefreshes();
      clock.dispose();
    },
  };
}
