import * as v from 'valibot';
import { parserOf } from './message-parser.ts';

/**
 * The messages between the host code of the health overview in `ui/overview`, which follows the store, and its browser
 * code in `webview/overview`, which filters, sorts and shows the rows. Both sides validate what they receive. IDs are the
 * only values of a destination that return from the page, and no message has a URL.
 */

/** Milliseconds since the epoch. Null: Cloudflare sent something that cannot be read. */
const time = v.exactOptional(v.nullable(v.number()));

/** A destination. Its texts are ready to be shown. */
const rowSchema = v.object({
  destinationId: v.string(),
  name: v.string(),
  type: v.string(),
  host: v.string(),
  health: v.picklist(['failing', 'healthy', 'unused', 'unknown']),
  created: time,
  success: time,
  failure: time,
});
export type OverviewRow = Readonly<v.InferOutput<typeof rowSchema>>;

const accountSchema = v.object({
  accountId: v.string(),
  name: v.string(),
  /** A sentence about what the rows lack: the account is loading, or could not be refreshed. */
  note: v.exactOptional(v.string()),
});
export type OverviewAccount = Readonly<v.InferOutput<typeof accountSchema>>;

const daySchema = v.object({
  state: v.picklist(['delivered', 'failed', 'both', 'quiet', 'unknown']),
  text: v.string(),
});

/** A number that is loaded on demand. Null: it could not be loaded. */
const loadedNumber = v.exactOptional(v.nullable(v.number()));

/** What is loaded only for visible rows. An absent field stays as it was. */
const detailsSchema = v.object({
  destinationId: v.string(),
  policies: loadedNumber,
  /** The alerts that Cloudflare sent in the days of the timeline. */
  alerts: loadedNumber,
  days: v.exactOptional(v.array(daySchema)),
  /** One sentence about the days. */
  summary: v.exactOptional(v.string()),
});
export type OverviewDetails = Readonly<v.InferOutput<typeof detailsSchema>>;

/** The columns by which the rows can be sorted. */
const columnSchema = v.picklist([
  'name',
  'account',
  'type',
  'host',
  'health',
  'success',
  'failure',
  'policies',
  'alerts',
]);
export type OverviewColumn = v.InferOutput<typeof columnSchema>;
export const OVERVIEW_COLUMNS: readonly OverviewColumn[] = columnSchema.options;

/** The health of the filter; `unproven` has no success for the number of days in the settings. */
const stateFilterSchema = v.picklist(['all', 'failing', 'healthy', 'unused', 'unproven']);
export type StateFilter = v.InferOutput<typeof stateFilterSchema>;

const filterSchema = v.object({
  text: v.string(),
  /** Empty: all. */
  accountId: v.string(),
  /** Empty: all. */
  type: v.string(),
  state: stateFilterSchema,
});
export type OverviewFilter = Readonly<v.InferOutput<typeof filterSchema>>;

const sortSchema = v.object({ column: columnSchema, descending: v.boolean() });
export type OverviewSort = Readonly<v.InferOutput<typeof sortSchema>>;

/** The webview state, which VS Code persists while the tab is hidden and across a window reload. */
const savedSchema = v.object({
  version: v.literal(1),
  filter: filterSchema,
  sort: sortSchema,
  /** The keys of the selected rows. */
  selected: v.array(v.string()),
  /** The key of the row that has the keyboard focus; empty if there is none. */
  active: v.string(),
  /** In pixels. */
  scroll: v.number(),
});
export type SavedOverview = Readonly<v.InferOutput<typeof savedSchema>>;

const targetSchema = v.strictObject({ accountId: v.string(), destinationId: v.string() });
export type OverviewTarget = Readonly<v.InferOutput<typeof targetSchema>>;
const targetsSchema = v.array(targetSchema);

/** What can be done with the selected rows. */
const actionSchema = v.picklist(['test', 'policies', 'export', 'delete']);
export type OverviewAction = v.InferOutput<typeof actionSchema>;

const fromOverviewSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('ready') }),
  /** These rows are visible, so that their details are needed. */
  v.strictObject({ kind: v.literal('visible'), rows: targetsSchema }),
  v.strictObject({ kind: v.literal('open'), row: targetSchema }),
  v.strictObject({ kind: v.literal('act'), action: actionSchema, rows: targetsSchema }),
  v.strictObject({ kind: v.literal('refresh') }),
  v.strictObject({ kind: v.literal('testUnproven') }),
  v.strictObject({ kind: v.literal('addAccount') }),
  /** The shown rows, in their order. */
  v.strictObject({ kind: v.literal('exportCsv'), rows: targetsSchema }),
  /** The answer to `takeFocus`. */
  v.strictObject({ kind: v.literal('tookFocus') }),
]);
export type FromOverview = v.InferOutput<typeof fromOverviewSchema>;
/** What the user does in the overview. */
export type OverviewEvent = Exclude<FromOverview, { readonly kind: 'tookFocus' }>;

const textsSchema = v.object({
  /** The language of the texts, for ages, numbers and sorting. */
  language: v.string(),
  title: v.string(),
  refresh: v.string(),
  exportCsv: v.string(),
  /** The texts with `{0}` contain a number. */
  testUnproven: v.string(),
  filter: v.string(),
  allAccounts: v.string(),
  allTypes: v.string(),
  accounts: v.string(),
  types: v.string(),
  /** The health of a row, and the filters by it. */
  states: v.object({ failing: v.string(), healthy: v.string(), unused: v.string(), unknown: v.string() }),
  filters: v.object({
    all: v.string(),
    failing: v.string(),
    healthy: v.string(),
    unused: v.string(),
    unproven: v.string(),
  }),
  columns: v.object({
    name: v.string(),
    account: v.string(),
    type: v.string(),
    host: v.string(),
    health: v.string(),
    success: v.string(),
    failure: v.string(),
    policies: v.string(),
    alerts: v.string(),
  }),
  timeline: v.string(),
  selection: v.string(),
  never: v.string(),
  now: v.string(),
  loading: v.string(),
  unknown: v.string(),
  /** In the place of a time that cannot be read. */
  unknownTime: v.string(),
  count: v.string(),
  countFailing: v.string(),
  shownOne: v.string(),
  shown: v.string(),
  selectedOne: v.string(),
  selected: v.string(),
  clear: v.string(),
  actions: v.object({ test: v.string(), policies: v.string(), export: v.string(), delete: v.string() }),
  unprovenOne: v.string(),
  unproven: v.string(),
  noMatch: v.string(),
  clearFilter: v.string(),
  noDestination: v.string(),
  noAccount: v.string(),
  addAccount: v.string(),
});
export type OverviewTexts = Readonly<v.InferOutput<typeof textsSchema>>;

const toOverviewSchema = v.variant('kind', [
  v.object({ kind: v.literal('texts'), texts: textsSchema }),
  /** `unprovenAfterDays`: 0 turns the marking off. */
  v.object({ kind: v.literal('settings'), unprovenAfterDays: v.number() }),
  /**
   * The IDs of all accounts, in their order. The others are dropped. `isComplete`: no account is still loading. `problem`: a
   * sentence about why the stored accounts are unknown.
   */
  v.object({
    kind: v.literal('accounts'),
    accountIds: v.array(v.string()),
    isComplete: v.boolean(),
    problem: v.exactOptional(v.string()),
  }),
  /** An account that changed, with all its rows if they changed. */
  v.object({ kind: v.literal('account'), account: accountSchema, rows: v.exactOptional(v.array(rowSchema)) }),
  v.object({ kind: v.literal('details'), accountId: v.string(), details: v.array(detailsSchema) }),
  /** What was loaded of an account is out of date; the page asks again for its visible rows. */
  v.object({ kind: v.literal('outdated'), accountId: v.string() }),
  /** A modal is answered: what had the focus before takes it back. */
  v.object({ kind: v.literal('takeFocus') }),
]);
export type ToOverview = v.InferOutput<typeof toOverviewSchema>;

/** Validates a message from the page. Returns undefined if the value is not such a message. */
export const parseFromOverview = parserOf(fromOverviewSchema);

/** Validates a message to the page. Returns undefined if the value is not such a message. */
export const parseToOverview = parserOf(toOverviewSchema);

/** Validates the persisted webview state. Returns undefined if the value is not such a state. */
export const parseSavedOverview = parserOf(savedSchema);
