import { formatCsv } from '../../../src/core/formats/csv.ts';
import { parseDocument, findRemoval, findValue } from '../../../src/core/formats/json-document.ts';
import { readExportFile, toExportFile, formatExportFile } from '../../../src/core/formats/export-file.ts';
import { suggestAt } from '../../../src/core/formats/policy-completion.ts';
import {
  destinationsIn,
  formatPolicy,
  itemRemovalAt,
  mergePolicy,
  parsePolicyDocument,
} from '../../../src/core/formats/policy-document.ts';
import { toReadCurl } from '../../../src/core/formats/curl.ts';
import { parseRememberedAccounts, toAccount } from '../../../src/core/accounts/remembered-accounts.ts';
import { findOldDrafts, isInUse, parseStoredKey } from '../../../src/core/accounts/stored-keys.ts';
import { addOrigin, mayReceive } from '../../../src/core/accounts/token-origin.ts';
import { ApiError, kindOfAnswer } from '../../../src/core/api/api-error.ts';
import { listAlertTypes, listIneligibleKinds, listSilences } from '../../../src/core/api/alerting-calls.ts';
import { parseBaseUrl } from '../../../src/core/api/base-url.ts';
import * as decoders from '../../../src/core/api/decode.ts';
import { createRedactor, redactPatterns } from '../../../src/core/api/redaction.ts';
import { explainRefusedTest } from '../../../src/core/api/refused-test.ts';
import { createLeases } from '../../../src/core/async/lease.ts';
import { planImport } from '../../../src/core/destinations/import-plan.ts';
import { rememberDraft } from '../../../src/core/destinations/remembered-secret.ts';
import { parseAccountId } from '../../../src/core/model/account.ts';
import { guessType, typeOrGeneric } from '../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../src/core/model/destination-types/test-request.ts';
import { checkDraft } from '../../../src/core/model/draft-check.ts';
import { healthOf } from '../../../src/core/model/health.ts';
import { parseMailAddresses } from '../../../src/core/model/mail-addresses.ts';
import { plain, plainName } from '../../../src/core/model/plain-text.ts';
import { canStandFor, planChange } from '../../../src/core/model/plan.ts';
import { differingFields, hasSameRecipients, swapDestination } from '../../../src/core/model/policy.ts';
import { silencedUntil } from '../../../src/core/model/silence.ts';
import { parseTimestamp } from '../../../src/core/model/timestamp.ts';
import { cleanToken, parseTokenRecord, tokenKey } from '../../../src/core/model/token.ts';
import {
  findInvalidPart,
  findInvisible,
  normalizeAddress,
  normalizeName,
} from '../../../src/core/model/web-address.ts';
import { wholeUrlOf } from '../../../src/core/model/whole-url.ts';
import { accountOfCacheFile, parseCachedAccount } from '../../../src/core/monitoring/snapshot-cache.ts';
import { decodeHistory, decodeLine, encodeLine, indexLines } from '../../../src/core/monitoring/timeline-lines.ts';
import { daysOf } from '../../../src/core/monitoring/timeline.ts';
import { findAccounts } from '../../../src/core/monitoring/tool-answer.ts';
import { findTransitions, parseKnownFailures } from '../../../src/core/monitoring/transitions.ts';
import {
  OVERVIEW_COLUMNS,
  parseFromOverview,
  parseSavedOverview,
  parseToOverview,
} from '../../../src/core/overview-protocol.ts';
import { parseFromPanel, parseSavedPanelState, parseToPanel } from '../../../src/core/panel-protocol.ts';
import { countPerDay } from '../../../src/core/policies/alert-days.ts';
import { createReplacementRecords } from '../../../src/core/replacement/records.ts';
import { parseReplacement } from '../../../src/core/replacement/state.ts';
import { firstLines, judgeAnswer } from '../../../src/core/testing/test-verdict.ts';
import { createSecretStore } from '../../../src/ui/destinations/secret-store.ts';
import { createDocumentMemory } from '../../../src/ui/json/document-memory.ts';
import { createDraftKeep } from '../../../src/ui/panel/draft-keep.ts';
import { createRows, filterRows, sortRows } from '../../../src/webview/overview/rows.ts';
import { makeApi } from '../../unit/core/api/fake-api.ts';
import { createMemoryFiles } from '../../unit/core/async/memory-files.ts';

/** Text, or a JSON value that was parsed before. */
export type Input = { readonly text: string; readonly other: string; readonly value: unknown; readonly number: number };

/** A piece of code that must survive any input: it returns, or throws an error with one of the names that it declares. */
export type Target = {
  readonly name: string;
  readonly run: (input: Input) => unknown;
  /** Good inputs that are damaged at random, beside entirely random ones. */
  readonly samples?: readonly string[];
  readonly throws?: readonly string[];
};

const never = (): void => {};
const DESTINATION = { id: 'd', name: 'Ops', type: 'slack', url: 'https://hooks.slack.com/services/T/B/s' };
const POLICY = {
  id: 'p',
  name: 'P',
  enabled: true,
  alert_type: 'ssl',
  filters: { zones: ['z'] },
  mechanisms: { webhooks: [{ id: 'd' }], email: [{ id: 'a@e.com' }] },
};
const json = (value: unknown): string => JSON.stringify(value);
const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : { value };

const secretsOf = (value: string) =>
  ({ get: async () => value, store: async () => {}, delete: async () => {}, keys: async () => [value] }) as never;

const API = ['ApiError'];

/** One line for each target. */
export const targets: readonly Target[] = [
  {
    name: 'envelope',
    run: ({ text }) => decoders.decodeEnvelope(text),
    samples: [json({ success: false, errors: [{ code: 1, message: 'm' }] })],
  },
  {
    name: 'decode a destination',
    run: ({ value }) => decoders.decodeDestination(value),
    samples: [json(DESTINATION)],
    throws: API,
  },
  {
    name: 'decode destinations',
    run: ({ value }) => decoders.decodeDestinations(value),
    samples: [json([DESTINATION])],
    throws: API,
  },
  {
    name: 'decode accounts',
    run: ({ value }) => decoders.decodeAccounts(value),
    samples: [json([{ id: 'a', name: 'A' }])],
    throws: API,
  },
  { name: 'decode a policy', run: ({ value }) => decoders.decodePolicy(value), samples: [json(POLICY)], throws: API },
  {
    name: 'decode policies',
    run: ({ value }) => decoders.decodePolicies(value),
    samples: [json([POLICY])],
    throws: API,
  },
  {
    name: 'decode sent alerts',
    run: ({ value }) => decoders.decodeSentAlerts(value),
    samples: [json([{ policy_id: 'p', sent: '2026-01-01T00:00:00Z' }])],
    throws: API,
  },
  {
    name: 'decode alert names',
    run: ({ value }) => decoders.decodeAlertNames(value),
    samples: [json({ SSL: [{ type: 'a', display_name: 'A' }] })],
    throws: API,
  },
  {
    name: 'decode a token status',
    run: ({ value }) => decoders.decodeTokenStatus(value),
    samples: [json({ id: 't', status: 'active' })],
    throws: API,
  },
  { name: 'decode an ID', run: ({ value }) => decoders.decodeId(value), samples: [json({ id: 't' })], throws: API },
  {
    name: 'decode alert types',
    run: async ({ value }) => listAlertTypes(makeApi({ request: async () => value }), 'a'),
    samples: [json({ SSL: [{ type: 'a', filter_options: [{ Key: 'k', Range: '1-n' }] }] })],
    throws: API,
  },
  {
    name: 'decode ineligible kinds',
    run: async ({ value }) => listIneligibleKinds(makeApi({ request: async () => value }), 'a'),
    samples: [json({ webhooks: [{ eligible: false, type: 'webhook' }] })],
    throws: API,
  },
  {
    name: 'decode silences',
    run: async ({ value, number }) =>
      silencedUntil(await listSilences(makeApi({ request: async () => value }), 'a'), 'p', number),
    samples: [json([{ policy_id: 'p', start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' }])],
    throws: API,
  },
  { name: 'kind of an answer', run: ({ text, number }) => kindOfAnswer(number, [number], text) },
  {
    name: 'refused test',
    run: ({ text }) => explainRefusedTest(text),
    samples: ['Webhook test failed with status code 400 400 Bad Request'],
  },
  {
    name: 'timestamps',
    run: ({ text, other }) => [
      parseTimestamp(text),
      healthOf({ lastSuccess: text, lastFailure: other, createdAt: text }),
    ],
    samples: ['2026-01-01T00:00:00.123456Z', '0001-01-01T00:00:00Z', '2026-01-01T00:00:00+14:00'],
  },
  {
    name: 'alerts per day',
    run: ({ text, other, number }) => countPerDay([text, other], 30, Math.abs(number) % 8e15),
    samples: ['2026-01-01T00:00:00.123456Z'],
  },
  {
    name: 'destination document',
    run: ({ text }) => [
      parseDocument(text),
      parseDocument(text, { current: DESTINATION, heldSecret: true }),
      findValue(text, 'url'),
      findRemoval(text, 'name'),
    ],
    samples: [json({ name: 'Ops', url: DESTINATION.url, secret: 's' }), '{\n  "name": "Ops",\n  "url": ""\n}\n'],
  },
  {
    name: 'policy document',
    run: ({ text, number }) => [
      parsePolicyDocument(text),
      parsePolicyDocument(text, { alertTypes: [], destinations: [DESTINATION] }),
      destinationsIn(text),
      itemRemovalAt(text, number % (text.length + 1)),
    ],
    samples: [json(POLICY)],
  },
  {
    name: 'policy completion',
    run: ({ text, number }) =>
      suggestAt(text, Math.abs(Math.trunc(number)) % (text.length + 1), { destinations: [DESTINATION] }),
    samples: [json(POLICY)],
  },
  {
    name: 'policy merge',
    run: ({ value }) => [
      formatPolicy(asObject(value)),
      mergePolicy(POLICY, asObject(value)),
      differingFields(POLICY, asObject(value)),
      hasSameRecipients(POLICY, asObject(value)),
    ],
    samples: [json(POLICY)],
  },
  {
    name: 'policy swap',
    run: ({ value, text }) => swapDestination({ ...decoders.decodePolicy(POLICY), whole: asObject(value) }, 'd', text),
    samples: [json(POLICY)],
  },
  {
    name: 'export file',
    run: ({ text }) => readExportFile(text),
    samples: [
      json({
        version: 1,
        accounts: [
          {
            id: 'a',
            name: 'A',
            destinations: [{ name: 'Ops', type: 'slack', host: 'hooks.slack.com', url: DESTINATION.url }],
          },
        ],
      }),
    ],
  },
  {
    name: 'export',
    run: ({ text, other }) =>
      readExportFile(
        formatExportFile(
          toExportFile(
            [{ id: text, name: other, destinations: [{ ...DESTINATION, name: text, url: other }], policies: [] }],
            'whole',
          ),
        ),
      ),
  },
  {
    name: 'import plan',
    run: ({ text, other }) =>
      planImport(
        [{ name: text, url: other, type: text, host: other }],
        [{ ...DESTINATION, name: text, url: other }, DESTINATION],
      ),
  },
  {
    name: 'redaction',
    run: ({ text, other }) => {
      const redactor = createRedactor();
      redactor.remember(other);
      return [redactor.redact(text), redactor.redact(`${text}${other}`, 50), redactPatterns(text)];
    },
    samples: ['Post "https://hooks.slack.com/services/T/B/x": 404', 'Authorization: Bearer abcdef0123456789'],
  },
  {
    name: 'normalization',
    run: ({ text, other }) => [
      normalizeName(text),
      normalizeAddress(text),
      findInvisible(text),
      findInvalidPart(text),
      plain(text),
      plainName(other),
    ],
    samples: [DESTINATION.url, 'https://[::1]:99999/'],
  },
  {
    name: 'draft check',
    run: ({ text, other }) => checkDraft({ name: other, url: text, secret: other }, { secret: false, url: other }),
    samples: [DESTINATION.url, 'http://10.0.0.1:8080/', 'https://splunk.example.com/services/collector/raw'],
  },
  {
    name: 'plan of a change',
    run: ({ text, other }) => [
      planChange({ ...DESTINATION, url: text, type: other }, { name: other, url: text }),
      canStandFor(text, other),
      wholeUrlOf({ type: 'slack', url: text }, { url: other, secret: text }),
      guessType(text),
      rememberDraft({ url: other }, { name: 'n', url: text }),
    ],
    samples: [
      DESTINATION.url,
      'https://discord.com/api/webhooks/1/x',
      'https://chat.googleapis.com/v1/spaces/A/messages?key=k',
    ],
  },
  {
    name: 'test request',
    run: ({ text, other }) =>
      ['slack', 'gchat', 'splunk', text].map((type) => makeTestRequest(typeOrGeneric(type), text, other)),
    samples: [DESTINATION.url],
  },
  {
    name: 'verdict on an answer',
    run: ({ text, other, number }) =>
      ['slack', 'splunk', 'generic', 'feishu'].map((type) => [
        judgeAnswer(typeOrGeneric(type), { status: 200 + (Math.abs(number) % 300), text, url: other }, redactPatterns),
        firstLines(text),
      ]),
    samples: [json({ ok: false, error: 'no' }), json({ code: 10, text: 'no' })],
  },
  {
    name: 'curl',
    run: ({ text, other }) => toReadCurl({ apiBaseUrl: text, accountId: other.toWellFormed(), destinationId: 'd' }),
  },
  {
    name: 'account IDs and addresses',
    run: ({ text }) => [parseAccountId(text), parseBaseUrl(text), parseMailAddresses(text), cleanToken(text)],
    samples: ['https://dash.cloudflare.com/0123456789abcdef0123456789abcdef/x', 'a@e.com, b@e.com', '"Bearer cfut_x"'],
  },
  {
    name: 'token record',
    run: ({ text }) => [parseTokenRecord(tokenKey('a'), text), parseTokenRecord(text, text)],
    samples: [json({ version: 1, id: 'a', token: 't', owner: 'user', origins: ['https://e.com'] })],
  },
  {
    name: 'token origins',
    run: ({ text, other }) => [mayReceive({ origins: [text] }, other), addOrigin({ origins: [text, other] }, other)],
    samples: ['http://localhost:1', 'https://e.com'],
  },
  {
    name: 'stored keys',
    run: ({ text, number }) => {
      const key = parseStoredKey(`cloudflareWebhooks.${text}`);
      const records = key ? [key] : [];
      return [
        key && isInUse(key, { accountIds: new Set(), tokenIds: new Set() }),
        findOldDrafts(records, JSON.parse('{"__proto__":1}'), number),
      ];
    },
    samples: ['token.a', 'profile.p.secret.a.b', 'draft.__proto__', 'profile..'],
  },
  {
    name: 'remembered accounts',
    run: ({ value }) => parseRememberedAccounts(value)?.map(toAccount),
    samples: [json([{ id: 'a', name: 'A', tokenIds: ['t'] }])],
  },
  {
    name: 'cached snapshot',
    run: ({ text }) => [parseCachedAccount(text, 'a'), accountOfCacheFile(text), accountOfCacheFile(`${text}.json`)],
    samples: [
      json({
        version: 1,
        accountId: 'a',
        label: 'A',
        at: 1,
        destinations: [{ id: 'd', name: 'n', type: 't', host: 'h' }],
      }),
    ],
  },
  {
    name: 'replacement',
    run: async ({ value, text }) => {
      const files = createMemoryFiles();
      await files.write('x.replacement.json', text);
      return [parseReplacement(value), await createReplacementRecords(files).list()];
    },
    samples: [
      json({
        version: 2,
        accountId: 'a',
        oldId: 'o',
        oldName: 'O',
        name: 'N',
        host: 'h',
        fingerprint: { salt: 's', url: 'u', isCut: false },
        knownIds: [],
        stage: 'moving',
        newId: 'n',
        policies: [{ id: 'p', name: 'P', moved: true }],
        pending: { kind: 'policy', sentAt: 1 },
      }),
    ],
  },
  {
    name: 'lease',
    run: async ({ text, number }) => {
      const files = createMemoryFiles();
      await files.write('x.lock', text);
      const leases = createLeases({
        files,
        now: () => number,
        makeId: () => 'i',
        process: 'p',
        isAlive: () => true,
        every: () => never,
      });
      return [await leases.isTaken('x'), await leases.acquire('x').then(async (lease) => lease.release())];
    },
    samples: [json({ owner: 'o', process: 'p', at: 1 })],
    throws: ['LeaseTakenError'],
  },
  {
    name: 'known failures',
    run: ({ value, text }) =>
      findTransitions(parseKnownFailures(value), text, [{ ...DESTINATION, id: text, lastFailure: text }]),
    samples: [json({ a: { d: '2026-01-01T00:00:00Z' } })],
  },
  {
    name: 'remembered secret',
    run: async ({ text }) => createSecretStore(secretsOf(text), createRedactor(), never).get('a', 'd'),
    samples: [json({ version: 1, secret: 's', url: DESTINATION.url })],
  },
  {
    name: 'draft of a panel',
    run: async ({ text }) => createDraftKeep(secretsOf(text), never).get('a'),
    samples: [json({ name: 'n', url: 'u', baseName: 'n', baseUrl: 'u', hadSecret: true })],
  },
  {
    name: 'document memory',
    run: ({ value, text }) => {
      const memory = createDocumentMemory({ get: () => value, update: async () => {} }, () => {});
      const uri = { toString: () => text } as never;
      memory.remember(uri, text);
      return [memory.policyIdOf(uri), memory.seenOf(uri, { looked: text })];
    },
    samples: [json([['cfwebhook:/a', { digest: 'x', policyId: 'p' }]])],
  },
  {
    name: 'messages of the panel',
    run: ({ value }) => [parseFromPanel(value), parseToPanel(value), parseSavedPanelState(value)],
    samples: [
      json({ type: 'edit', fields: { name: 'n', url: 'u', secret: 's' } }),
      json({ type: 'ready' }),
      json({ draftId: 'd' }),
    ],
  },
  {
    name: 'messages of the overview',
    run: ({ value }) => [parseFromOverview(value), parseToOverview(value), parseSavedOverview(value)],
    samples: [
      json({ kind: 'act', action: 'delete', rows: [{ accountId: 'a', destinationId: 'd' }] }),
      json({ kind: 'account', account: { accountId: 'a', name: 'A' }, rows: [] }),
      json({
        version: 1,
        filter: { text: '', accountId: '', type: '', state: 'all' },
        sort: { column: 'name', descending: true },
        selected: ['a/d'],
        active: 'a/d',
        scroll: 1,
      }),
    ],
  },
  {
    name: 'rows of the overview',
    run: ({ text, other, number }) => {
      const rows = createRows();
      const destination = { destinationId: text, name: other, type: text, host: other, health: 'failing' } as const;
      rows.setAccounts([text, other]);
      rows.setAccount({ accountId: text, name: other }, [{ ...destination, success: number }, destination]);
      rows.setDetails(text, [{ destinationId: text, alerts: number }]);
      const all = rows.all(number, number);
      const filtered = filterRows(all, { text: other, accountId: text, type: text });
      return OVERVIEW_COLUMNS.map((column) =>
        sortRows(filtered, { column, descending: number > 0 }, new Intl.Collator('en')),
      );
    },
  },
  {
    name: 'lines of a timeline',
    run: ({ text, number }) => {
      const { lines } = indexLines(text);
      const line = decodeLine(text);
      const all = [...lines.keys()].map((id) => decodeHistory([lines], id));
      return [
        line && encodeLine(text, line),
        ...[line, ...all].map((each) => daysOf(each, 30, Math.abs(number) % 8e15)),
      ];
    },
    samples: [
      '["d",["2026-01-01T00:00:00Z",1767225600000],["2026-01-02T00:00:00.5Z",1767312000000]]\n["d",[],[]]\n["e"',
    ],
  },
  {
    name: 'CSV',
    run: ({ text, other, number }) => formatCsv([[text, number], [other]]),
    samples: ['=1+1', '"a",\r\n'],
  },
  { name: 'input of a tool', run: ({ value }) => findAccounts([], { account: value }), samples: [json('Acme')] },
];

/** The names of errors that a target may throw. */
export function isAllowed({ throws = [] }: Target, error: unknown): boolean {
  return (
    error instanceof Error && throws.includes(error.name) && (error.name !== 'ApiError' || error instanceof ApiError)
  );
}
