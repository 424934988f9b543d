import * as v from 'valibot';
import { parserOf } from './message-parser.ts';
import type { DayState } from './monitoring/timeline.ts';

/**
 * The messages between the panel's host code in `ui`, which holds the state, and its browser code in `webview`, which
 * renders the state and reports user actions. Both sides validate what they receive.
 */

const fieldSchema = v.picklist(['name', 'url', 'secret']);
export type PanelField = v.InferOutput<typeof fieldSchema>;

/** The contents of the form. `secret` must never be saved in the webview state. */
const fieldsSchema = v.strictObject({
  name: v.string(),
  url: v.string(),
  secret: v.string(),
  /** Whether to store the secret on this machine. */
  remember: v.boolean(),
});
export type PanelFields = Readonly<v.InferOutput<typeof fieldsSchema>>;

/**
 * How often the user has changed each field since the page was created. Messages of both sides can cross: the field that has
 * seen more changes is the newer one.
 */
const editsSchema = v.strictObject({ name: v.number(), url: v.number(), secret: v.number(), remember: v.number() });
export type PanelEdits = Readonly<v.InferOutput<typeof editsSchema>>;
export const NO_EDITS: PanelEdits = { name: 0, url: 0, secret: 0, remember: 0 };

const actionSchema = v.picklist([
  'save',
  /** Asks before replacing the destination with the contents of the form. */
  'replace',
  /** Confirms the replacement, or updates in place instead. */
  'confirm',
  'updateInPlace',
  /** Withdraws what was asked, or stops a replacement that runs. */
  'cancel',
  /** The steps of a replacement that stopped. */
  'resume',
  'undo',
  'finish',
  'keepBoth',
  'adopt',
  'close',
  'retry',
  /** Undoes an update in place. */
  'revert',
  'dismiss',
  /** Discards the changes in favor of Cloudflare's version, or keeps them. */
  'load',
  'keep',
  'refresh',
  'policies',
  'test',
  /** Tests the saved destination from this machine. */
  'testFromHere',
  'explain',
  /** Replaces the token of the account. */
  'replaceToken',
  /** Tests the values in the form from this machine. */
  'testTyped',
  'editAsJson',
  'delete',
]);
export type PanelAction = v.InferOutput<typeof actionSchema>;

const fromPanelSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('ready') }),
  /** `left` is the field that lost the focus. */
  v.strictObject({
    kind: v.literal('edit'),
    fields: fieldsSchema,
    edits: editsSchema,
    left: v.exactOptional(fieldSchema),
  }),
  v.strictObject({ kind: v.literal('act'), action: actionSchema, fields: fieldsSchema, edits: editsSchema }),
  /** The answer to `takeFocus`. */
  v.strictObject({ kind: v.literal('tookFocus') }),
]);
export type FromPanel = v.InferOutput<typeof fromPanelSchema>;
/** What the user does in the panel. */
export type PanelEvent = Exclude<FromPanel, { readonly kind: 'tookFocus' }>;

const buttonSchema = v.object({ action: actionSchema, label: v.string() });
export type PanelButton = Readonly<v.InferOutput<typeof buttonSchema>>;

const stepSchema = v.object({
  text: v.string(),
  state: v.picklist(['done', 'current', 'open']),
  /** The state as text for screen readers. */
  stateText: v.string(),
});
export type PanelStep = Readonly<v.InferOutput<typeof stepSchema>>;

const noticeSchema = v.object({
  tone: v.picklist(['error', 'warning', 'info', 'success']),
  /** Sentences. The first sentence is the main message. */
  lines: v.array(v.string()),
  steps: v.exactOptional(v.array(stepSchema)),
  buttons: v.array(buttonSchema),
});
export type PanelNotice = v.InferOutput<typeof noticeSchema>;

const findingSchema = v.object({ field: fieldSchema, severity: v.picklist(['error', 'warning']), text: v.string() });

const dayStateSchema = v.picklist(['delivered', 'failed', 'both', 'quiet', 'unknown'] satisfies readonly DayState[]);

const timelineSchema = v.object({
  /** One sentence about the events of all days. */
  summary: v.string(),
  /** One sentence about the alerts of all days, or why they are missing. */
  alerts: v.string(),
  /** Oldest first. Empty while the timeline is loading. */
  days: v.array(
    v.object({
      state: dayStateSchema,
      date: v.string(),
      /** What was seen on the day. */
      seen: v.string(),
      /** The date, what was seen and the alerts, as one text. */
      text: v.string(),
      /** The number of alerts sent. Absent if unknown. */
      alerts: v.exactOptional(v.number()),
    }),
  ),
});
export type PanelTimeline = v.InferOutput<typeof timelineSchema>;

const aboutSchema = v.object({
  facts: v.array(v.object({ label: v.string(), value: v.string() })),
  health: v.picklist(['failing', 'healthy', 'unused']),
  policies: v.object({
    summary: v.string(),
    rows: v.array(v.object({ name: v.string(), detail: v.string() })),
  }),
  timeline: timelineSchema,
});
export type PanelAbout = v.InferOutput<typeof aboutSchema>;

/** Everything the panel shows, except the contents of the fields and the static texts. */
const viewSchema = v.object({
  heading: v.string(),
  account: v.string(),
  /** While true, only the buttons of the notices are enabled. */
  busy: v.boolean(),
  guess: v.string(),
  secretHint: v.string(),
  /** Whether the user invents the secret, so that it can be generated. */
  canGenerate: v.boolean(),
  rememberHint: v.string(),
  findings: v.array(findingSchema),
  plan: v.string(),
  /** Above everything else: the destination is failing. It is a state, so it is not announced. */
  banner: v.exactOptional(noticeSchema),
  notices: v.array(noticeSchema),
  buttons: v.array(buttonSchema),
  tools: v.array(buttonSchema),
  about: v.exactOptional(aboutSchema),
});
export type PanelView = v.InferOutput<typeof viewSchema>;

const textsSchema = v.object({
  name: v.string(),
  nameHint: v.string(),
  url: v.string(),
  urlHint: v.string(),
  secret: v.string(),
  show: v.string(),
  hide: v.string(),
  generate: v.string(),
  generated: v.string(),
  remember: v.string(),
  tools: v.string(),
  about: v.string(),
  policies: v.string(),
  timeline: v.string(),
  timelineHint: v.string(),
  numbers: v.string(),
  day: v.string(),
  seen: v.string(),
  alerts: v.string(),
});
export type PanelTexts = Readonly<v.InferOutput<typeof textsSchema>>;

/** The state persisted across a window reload: ids only, no user input. `draftId` identifies the persisted draft. */
const stateSchema = v.object({
  version: v.literal(1),
  accountId: v.string(),
  destinationId: v.exactOptional(v.string()),
  draftId: v.string(),
});
export type SavedPanelState = Readonly<v.InferOutput<typeof stateSchema>>;

const toPanelSchema = v.variant('kind', [
  v.object({ kind: v.literal('texts'), texts: textsSchema }),
  v.object({ kind: v.literal('state'), state: stateSchema }),
  v.object({ kind: v.literal('fields'), fields: fieldsSchema, edits: editsSchema }),
  v.object({ kind: v.literal('view'), view: viewSchema }),
  v.object({ kind: v.literal('focus'), at: v.union([fieldSchema, v.literal('notice')]) }),
  /** A modal is answered: what had the focus before takes it back. */
  v.object({ kind: v.literal('takeFocus') }),
]);
export type ToPanel = v.InferOutput<typeof toPanelSchema>;

/** Validates a message from the panel. Returns undefined if the value is not such a message. */
export const parseFromPanel = parserOf(fromPanelSchema);

/** Validates a message to the panel. Returns undefined if the value is not such a message. */
export const parseToPanel = parserOf(toPanelSchema);

/** Validates the panel state persisted before a reload. Returns undefined if the value is not a panel state. */
export const parseSavedPanelState = parserOf(stateSchema);
