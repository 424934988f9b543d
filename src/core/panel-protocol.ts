import * as v from 'valibot';

/**
 * The messages between the panel's two halves: the host in `ui`, which knows and decides everything, and the browser
 * code in `webview`, which draws what it is sent and says what the user did. Both sides check what they get.
 */

const fieldSchema = v.picklist(['name', 'url', 'secret']);
export type PanelField = v.InferOutput<typeof fieldSchema>;

/** What the form holds. `secret` is never put into webview state. */
const fieldsSchema = v.strictObject({
  name: v.string(),
  url: v.string(),
  secret: v.string(),
  /** Whether the secret is to be kept on this machine. */
  remember: v.boolean(),
});
export type PanelFields = Readonly<v.InferOutput<typeof fieldsSchema>>;

const actionSchema = v.picklist([
  'save',
  /** Asks before replacing with what the form holds. */
  'replace',
  /** Goes through with what was asked. */
  'confirm',
  'cancel',
  'resume',
  'undo',
  'dismiss',
  /** Takes over what Cloudflare has now, or stays with what was typed. */
  'load',
  'keep',
  'refresh',
  'test',
  'editAsJson',
  'delete',
]);
export type PanelAction = v.InferOutput<typeof actionSchema>;

const fromPanelSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('ready') }),
  /** `left`: the field the user has just finished with. */
  v.strictObject({ kind: v.literal('edit'), fields: fieldsSchema, left: v.exactOptional(fieldSchema) }),
  v.strictObject({ kind: v.literal('act'), action: actionSchema, fields: fieldsSchema }),
]);
export type FromPanel = v.InferOutput<typeof fromPanelSchema>;

const buttonSchema = v.object({ action: actionSchema, label: v.string() });
export type PanelButton = Readonly<v.InferOutput<typeof buttonSchema>>;

const stepSchema = v.object({
  text: v.string(),
  state: v.picklist(['done', 'current', 'open']),
  /** The state in words, for those who do not see the mark. */
  stateText: v.string(),
});
export type PanelStep = Readonly<v.InferOutput<typeof stepSchema>>;

const noticeSchema = v.object({
  tone: v.picklist(['error', 'warning', 'info', 'success']),
  /** Sentences, the first of which says the most. */
  lines: v.array(v.string()),
  steps: v.exactOptional(v.array(stepSchema)),
  buttons: v.array(buttonSchema),
});
export type PanelNotice = v.InferOutput<typeof noticeSchema>;

const findingSchema = v.object({ field: fieldSchema, severity: v.picklist(['error', 'warning']), text: v.string() });

const alertsSchema = v.object({
  /** Says in a sentence what the plot shows, or why there is none. */
  summary: v.string(),
  days: v.array(v.object({ label: v.string(), count: v.number() })),
});
export type PanelAlerts = v.InferOutput<typeof alertsSchema>;

const aboutSchema = v.object({
  facts: v.array(v.object({ label: v.string(), value: v.string() })),
  health: v.picklist(['failing', 'healthy', 'unused']),
  policies: v.object({
    summary: v.string(),
    rows: v.array(v.object({ name: v.string(), detail: v.string() })),
  }),
  alerts: alertsSchema,
});
export type PanelAbout = v.InferOutput<typeof aboutSchema>;

/** All there is to see but the contents of the fields and the texts that never change. */
const viewSchema = v.object({
  heading: v.string(),
  account: v.string(),
  /** Something is being done: nothing can be typed or pressed but what the notices offer. */
  busy: v.boolean(),
  guess: v.string(),
  secretHint: v.string(),
  rememberHint: v.string(),
  findings: v.array(findingSchema),
  plan: v.string(),
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
  alerts: v.string(),
  numbers: v.string(),
  day: v.string(),
  count: v.string(),
});
export type PanelTexts = Readonly<v.InferOutput<typeof textsSchema>>;

/** What survives a reload of the window: ids, nothing anyone typed. `draftId` is where the typed text is kept. */
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
  v.object({ kind: v.literal('fields'), fields: fieldsSchema }),
  v.object({ kind: v.literal('view'), view: viewSchema }),
  v.object({ kind: v.literal('focus'), at: v.union([fieldSchema, v.literal('notice')]) }),
]);
export type ToPanel = v.InferOutput<typeof toPanelSchema>;

/** Undefined where it is not a message of ours. */
export function parseFromPanel(value: unknown): FromPanel | undefined {
  const result = v.safeParse(fromPanelSchema, value);
  return result.success ? result.output : undefined;
}

/** Undefined where it is not a message of ours. */
export function parseToPanel(value: unknown): ToPanel | undefined {
  const result = v.safeParse(toPanelSchema, value);
  return result.success ? result.output : undefined;
}

/** Reads the state of a panel of before a reload; undefined where it is not one. */
export function parseSavedPanelState(value: unknown): SavedPanelState | undefined {
  const result = v.safeParse(stateSchema, value);
  return result.success ? result.output : undefined;
}
