import * as vscode from 'vscode';
import type { DestinationType } from '../../core/model/destination-types/destination-type.ts';
import { DESTINATION_TYPES, guessType } from '../../core/model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import { checkDraft, type DraftFinding } from '../../core/model/draft-check.ts';
import { normalizeDraft } from '../../core/model/draft.ts';
import { healthOf } from '../../core/model/health.ts';
import { findById } from '../../core/model/id.ts';
import type {
  PanelAbout,
  PanelField,
  PanelFields,
  PanelNotice,
  PanelTimeline,
  PanelView,
} from '../../core/panel-protocol.ts';
import { planChange } from '../../core/model/plan.ts';
import type { AccountHistory } from '../../core/monitoring/timeline.ts';
import { type AccountEntry, mayExist } from '../../core/monitoring/account-state.ts';
import { isSameAddress } from '../../core/model/web-address.ts';
import { lacksSecret } from '../../core/model/whole-url.ts';
import { describeCutUrl, describeDraftProblem, describeType, describeTypeRules } from '../text/draft.ts';
import { type Activity, DAYS } from './activity.ts';
import { button, describeConflict, describeFailing, describePlan } from './messages.ts';
import { describeLastTest } from '../tree/last-test-text.ts';
import type { LastTest } from '../tree/last-tests.ts';
import { describeProblem, describeUnloaded } from '../text/error.ts';
import type { RememberedSecret } from '../../core/destinations/remembered-secret.ts';
import { describeTime } from '../text/format.ts';
import { describeDays, summarizeDays } from '../text/timeline.ts';
import { describeHealthOf, describeUnclear, nameOf } from '../text/destination.ts';

/** The state of one panel that is not in the store. */
export type PanelModel = {
  accountId: string;
  /** The last known name, for an account that was removed. */
  accountName: string;
  /** Whether the accounts could be loaded: one that is missing was removed. Undefined: they are loading. */
  areAccountsLoaded: boolean | undefined;
  /** Undefined: nothing has been created yet. */
  destinationId: string | undefined;
  fields: PanelFields;
  /** The saved values that the edit started from; undefined until an existing destination is loaded. */
  base: { readonly name: string; readonly url: string } | undefined;
  remembered: RememberedSecret | undefined;
  /** The last known name, for a destination that was deleted. */
  lastName: string;
  /** A secret was typed before the window was reloaded or the panel closed; secrets are not persisted. */
  isSecretLost: boolean;
  /** Fields that the user has left once; errors are shown only there. */
  visited: ReadonlySet<PanelField>;
  busy: boolean;
  notice: PanelNotice | undefined;
  /** The fields that the notice is about: it is withdrawn if they change. */
  noticeFields: PanelFields | undefined;
  /** What the notice asks, if it is a question. */
  question: Question | undefined;
  activity: Activity;
  /** Undefined until it is loaded. */
  history: AccountHistory | undefined;
  lastTest: LastTest | undefined;
  canEditAsJson: boolean;
};

/** Asks which of two drafts to send. It is withdrawn if the fields or the destination change. */
export type Question = {
  readonly fields: PanelFields;
  readonly destination: Destination;
  readonly replacement: Draft;
  readonly update: Draft;
};

/** The state of the panel's destination in the store. `removed`: its account is not in VS Code, or could not be loaded. */
/** `unclear`: it is not listed, but the list had entries that could not be read. */
export type Standing = 'new' | 'unread' | 'gone' | 'unclear' | 'there' | 'removed';

export function findCurrent({ destinationId }: PanelModel, entry: AccountEntry | undefined): Destination | undefined {
  return destinationId === undefined ? undefined : findById(entry?.state.last?.destinations ?? [], destinationId);
}

export function standingOf(model: PanelModel, entry: AccountEntry | undefined): Standing {
  if (!entry) {
    return model.areAccountsLoaded === undefined ? 'unread' : 'removed';
  }
  if (model.destinationId === undefined) {
    return 'new';
  }
  if (!entry.state.last) {
    return 'unread';
  }
  return findCurrent(model, entry) ? 'there' : mayExist(entry, model.destinationId) ? 'unclear' : 'gone';
}

/** Whether the fields and the destination are still those that the question is about. */
export function isCurrent(
  { fields, destination }: Pick<Question, 'fields' | 'destination'>,
  model: PanelModel,
  current: Destination | undefined,
): boolean {
  return isSameInput(fields, model.fields) && destination.name === current?.name && destination.url === current.url;
}

export function isSameInput(a: PanelFields, b: PanelFields): boolean {
  return a.name === b.name && a.url === b.url && a.secret === b.secret;
}

/** The fields of `a` that pass, and those of `b` that do not. */
export function chooseFields(
  isOfA: (field: keyof PanelFields) => boolean,
  a: PanelFields,
  b: PanelFields,
): PanelFields {
  const from = (field: keyof PanelFields): PanelFields => (isOfA(field) ? a : b);
  return {
    name: from('name').name,
    url: from('url').url,
    secret: from('secret').secret,
    remember: from('remember').remember,
  };
}

export function isDirty({ fields, base }: PanelModel): boolean {
  return fields.secret !== '' || fields.name !== (base?.name ?? '') || fields.url !== (base?.url ?? '');
}

/** The draft as it is sent. `current`: the destination that it edits. */
export function draftOf({ name, url, secret }: PanelFields, current?: Destination): Draft {
  return normalizeDraft({ name, url, ...(secret === '' ? {} : { secret }) }, current);
}

/** All findings, including those of fields that the user has not left yet. */
export function findProblems(
  model: PanelModel,
  current: Destination | undefined,
  types = DESTINATION_TYPES,
): readonly DraftFinding[] {
  const { name, url, secret } = model.fields;
  const kept = current && keepsSecret(model, current, types) ? { secret: true, url: current.url } : { secret: false };
  // As typed, so that a finding can be about what is removed when the draft is sent.
  return checkDraft({ name, url, ...(secret === '' ? {} : { secret }) }, kept, types);
}

function isSecretMissing({ isSecretLost, fields }: PanelModel): boolean {
  return isSecretLost && fields.secret === '';
}

/** Whether an empty secret keeps the current one. A replacement has none to keep. */
function keepsSecret({ fields }: PanelModel, current: Destination | undefined, types = DESTINATION_TYPES): boolean {
  return current !== undefined && planChange(current, draftOf(fields, current), types).kind !== 'replace';
}

/** Builds the view from the panel and the store. Tests may add a type to `types`. */
export function buildView(model: PanelModel, entry: AccountEntry | undefined, types = DESTINATION_TYPES): PanelView {
  const current = findCurrent(model, entry);
  const standing = standingOf(model, entry);
  const isForm = !['unread', 'unclear', 'removed'].includes(standing);
  const shown = !isForm ? [] : findProblems(model, current, types);
  return {
    heading: headingOf(model, entry),
    account: entry?.connection.account.name ?? '',
    busy: model.busy || standing === 'unread',
    guess: isForm ? describeGuess(model.fields.url, current, types) : '',
    secretHint: isSecretMissing(model)
      ? vscode.l10n.t('The secret you typed was not stored. Enter it again.')
      : keepsSecret(model, current, types)
        ? vscode.l10n.t('Cloudflare never shows the secret. Leave this empty to keep the current secret.')
        : vscode.l10n.t('Cloudflare never shows the secret again.'),
    canGenerate: isForm && canInventSecret(model.fields.url, types),
    rememberHint: vscode.l10n.t(
      'Stores the secret in VS Code’s secret storage for renaming and tests. If cleared, the secret is not stored.',
    ),
    findings: shown
      .filter(({ severity, problem }) => severity === 'warning' || model.visited.has(problem.field))
      .map(({ severity, problem }) => ({ severity, field: problem.field, text: describeDraftProblem(problem) })),
    plan: planOf(model, standing, current, types),
    ...(current && healthOf(current) === 'failing' && !model.busy ? { banner: describeFailing(current) } : {}),
    notices: [...standingNotices(model, standing, entry, current), ...(model.notice ? [model.notice] : [])],
    buttons:
      standing === 'removed' || standing === 'unclear'
        ? []
        : [{ action: 'save', label: saveLabel(standing) }, ...(current ? [button.replace()] : [])],
    tools: current
      ? [
          button.test(),
          button.policies(),
          ...(model.canEditAsJson ? [button.editAsJson()] : []),
          button.refresh(),
          button.delete(),
        ]
      : standing === 'new' || standing === 'removed'
        ? []
        : [button.refresh()],
    ...(current ? { about: describeAbout(current, model, types) } : {}),
  };
}

export function headingOf(model: PanelModel, entry: AccountEntry | undefined): string {
  const current = findCurrent(model, entry);
  if (current) {
    return nameOf(current);
  }
  return model.destinationId === undefined
    ? vscode.l10n.t('New Webhook Destination')
    : model.lastName || vscode.l10n.t('Webhook Destination');
}

export function saveLabel(standing: Standing): string {
  return standing === 'new'
    ? vscode.l10n.t('Create')
    : standing === 'gone'
      ? vscode.l10n.t('Create Again')
      : vscode.l10n.t('Save');
}

function canInventSecret(url: string, types: readonly DestinationType[]): boolean {
  const type = guessType(url, types);
  return type !== undefined && type.secret !== 'url' && type.isSecretInvented === true;
}

/** The type of the URL: detected from the URL, or reported by Cloudflare for a saved one. */
function describeGuess(url: string, current: Destination | undefined, types: readonly DestinationType[]): string {
  const type = guessType(url, types);
  if (!type) {
    return '';
  }
  const isSaved = current !== undefined && isSameAddress(current.url, url);
  const cut = isSaved && lacksSecret(type, current.url) ? ` ${describeCutUrl()}` : '';
  return isSaved && current.type !== ''
    ? vscode.l10n.t('Type: {0}. {1}', describeType(current.type, types), describeTypeRules(type)) + cut
    : vscode.l10n.t('Detected type: {0}. {1}', type.label, describeTypeRules(type));
}

function planOf(
  model: PanelModel,
  standing: Standing,
  current: Destination | undefined,
  types: readonly DestinationType[],
): string {
  switch (standing) {
    case 'there':
      return current ? describePlan(planChange(current, draftOf(model.fields, current), types)) : '';
    case 'new':
      return vscode.l10n.t('Cloudflare tests the URL and creates the destination if the test succeeds.');
    case 'gone':
      return vscode.l10n.t('Saving creates a new destination with a new ID.');
    case 'unread':
    case 'unclear':
    case 'removed':
      return '';
    default:
      return standing satisfies never;
  }
}

function standingNotices(
  model: PanelModel,
  standing: Standing,
  entry: AccountEntry | undefined,
  current: Destination | undefined,
): readonly PanelNotice[] {
  if (model.busy) {
    return [];
  }
  if (standing === 'removed') {
    const line = model.areAccountsLoaded
      ? vscode.l10n.t('The Cloudflare account was removed from VS Code.')
      : describeUnloaded();
    return [{ tone: 'warning', lines: [line], buttons: [] }];
  }
  if (standing === 'unread') {
    const problem = entry?.state.kind === 'failed' ? entry.state.error : undefined;
    return problem
      ? [
          {
            tone: 'error',
            lines: [describeProblem(problem, entry?.connection.account.name ?? '').sentence],
            buttons: [],
          },
        ]
      : [{ tone: 'info', lines: [vscode.l10n.t('Loading from Cloudflare…')], buttons: [] }];
  }
  if (standing === 'unclear') {
    const lines = [describeUnclear(), vscode.l10n.t('See the log for details.')];
    return [{ tone: 'warning', lines, buttons: [] }];
  }
  if (standing === 'gone') {
    return [
      {
        tone: 'warning',
        lines: [
          vscode.l10n.t('“{0}” no longer exists at Cloudflare. It was deleted or replaced.', headingOf(model, entry)),
          vscode.l10n.t('You can create it again from these values. Enter its secret again.'),
        ],
        buttons: [],
      },
    ];
  }
  const { base } = model;
  return current && base && (current.name !== base.name || current.url !== base.url) && isDirty(model)
    ? [describeConflict(current, base.name, base.url)]
    : [];
}

function describeAbout(
  destination: Destination,
  { activity, lastTest, history }: PanelModel,
  types: readonly DestinationType[],
): PanelAbout {
  const health = healthOf(destination);
  return {
    health,
    facts: [
      { label: vscode.l10n.t('Health'), value: describeHealthOf(destination) },
      { label: vscode.l10n.t('Type'), value: describeType(destination.type, types) },
      { label: vscode.l10n.t('Host'), value: hostOf(destination.url) || vscode.l10n.t('unknown') },
      { label: vscode.l10n.t('Last success'), value: describeTime(destination.lastSuccess) },
      { label: vscode.l10n.t('Last failure'), value: describeTime(destination.lastFailure) },
      ...(lastTest ? [{ label: vscode.l10n.t('Last test'), value: describeLastTest(lastTest) }] : []),
      { label: vscode.l10n.t('Created'), value: describeTime(destination.createdAt) },
      { label: vscode.l10n.t('ID'), value: destination.id },
    ],
    policies: activity.policies,
    timeline: describeTimeline(destination, history, activity.alerts),
  };
}

function describeTimeline(
  destination: Destination,
  history: AccountHistory | undefined,
  { summary, perDay }: Activity['alerts'],
): PanelTimeline {
  if (!history) {
    return { summary: vscode.l10n.t('Loading…'), alerts: summary, days: [] };
  }
  const days = describeDays(history.destination(destination.id), destination, DAYS, Date.now());
  return {
    summary: summarizeDays(days),
    alerts: summary,
    days: days.map(({ day, state, date, seen, text }) => {
      const count = perDay?.get(day);
      return count === undefined
        ? { state, date, seen, text }
        : { state, date, seen, text: vscode.l10n.t('{0}. Alerts sent: {1}', text, count), alerts: count };
    }),
  };
}
