import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { ApiError, type ApiErrorKind, isUncertain } from '../../../src/core/api/api-error.ts';
import { createApi } from '../../../src/core/api/client.ts';
import * as alertingCalls from '../../../src/core/api/alerting-calls.ts';
import { createLimit } from '../../../src/core/async/limit.ts';
import { createStore } from '../../../src/core/monitoring/store.ts';
import { createPolicyStore } from '../../../src/core/policies/policy-store.ts';
import { makeApi, makeConnection, makeDestination } from '../../unit/core/api/fake-api.ts';
import { reportProblems } from '../collector.ts';
import { standInForVscode } from '../vscode.ts';
import { apiCalls, type CallSpec, listCalls, otherCalls } from './calls.ts';
import { type Fault, faults, fieldFaults } from './faults.ts';
import { type Case, type FaultServer, type Outcome, startFaultServer } from './matrix.ts';

standInForVscode();
const { describeProblem, describeRemedy } = await import('../../../src/ui/text/error.ts');

const CONCURRENCY = 32;
const FEWEST_CASES = 1500;
const GOOD = faults.find(({ name }) => name === 'a good answer') ?? assert.fail();

/** What a user reads and can do for each kind of error that an answer can cause. */
const SENTENCES: Partial<Readonly<Record<ApiErrorKind, readonly [RegExp, string]>>> = {
  auth: [/^Cloudflare rejected the token of Acme: .*Replace the token\.$/, 'replaceToken, retry, showLog'],
  forbidden: [/^The token does not have permission for Acme/, 'replaceToken, retry, showLog'],
  addressFilter: [/^The IP address filter of the token of Acme/, 'replaceToken, retry, showLog'],
  rateLimited: [/^The token reached the rate limit of Cloudflare\. Try Acme again /, 'retry, showLog'],
  rejected: [/^Cloudflare rejected the request for Acme/, 'retry, showLog'],
  notFound: [/^Cloudflare could not find Acme/, 'retry, showLog'],
  unavailable: [/^Cloudflare is unavailable for Acme: status 5\d\d/, 'retry, showLog'],
  network: [/^Could not reach Cloudflare for Acme \(.+\)\. Check the network/, 'retry, showLog'],
  timeout: [/^The request to Cloudflare for Acme timed out/, 'retry, showLog'],
  protocol: [/^The response for Acme is not from Cloudflare’s API \(.+\)\./, 'retry, showLog'],
};

function checkSentence(error: ApiError): readonly string[] {
  const { headline, sentence, remedies } = describeProblem(error, 'Acme');
  const [words, expected] = SENTENCES[error.kind] ?? [/^$/, ''];
  return [
    ...(headline !== '' && words.test(sentence) ? [] : [`says "${sentence}" for ${error.kind}`]),
    ...(/undefined|NaN|\[object/.test(sentence) ? [`says "${sentence}"`] : []),
    ...(remedies.join(', ') === expected && remedies.every((each) => describeRemedy(each) !== '')
      ? []
      : [`offers ${remedies.join(', ')} for ${error.kind}`]),
  ];
}

/** Reads what a call resolved with, beside what it resolves with for a good answer. */
function checkValue({ fault, call }: Case, value: unknown, good: unknown): readonly string[] {
  const [found, wanted] = [value, good].map(toDecoded);
  if (fault.expected === 'ok') {
    // An unknown field of `mechanisms` is an unknown mechanism, which is kept.
    return hasAllOf(found, wanted) ? [] : [`resolves with ${JSON.stringify(value)}`];
  }
  const isRaw = isDeepStrictEqual(good, call.result);
  return isRaw ? [] : findOtherTypes(found, wanted, 'the value');
}

function hasAllOf(value: unknown, good: unknown): boolean {
  try {
    assert.partialDeepStrictEqual(value, good);
    return true;
  } catch {
    return false;
  }
}

/** A map as a list of its entries, and a policy without what Cloudflare sent, which an update sends back. */
function toDecoded(value: unknown): unknown {
  if (value instanceof Map) {
    return [...value];
  }
  if (Array.isArray(value)) {
    return value.map(toDecoded);
  }
  return typeof value === 'object' && value !== null ? { ...value, whole: undefined } : value;
}

/** The places of a value whose type is another one than in a good value. Fields may be missing, and lists shorter. */
function findOtherTypes(value: unknown, good: unknown, place: string): readonly string[] {
  if (good === undefined || good === null || value === undefined) {
    return [];
  }
  if (typeof value !== typeof good || Array.isArray(value) !== Array.isArray(good) || value === null) {
    return [`${place} is ${JSON.stringify(value)} instead of ${JSON.stringify(good)}`];
  }
  return typeof value === 'object'
    ? Object.entries(value).flatMap(([key, each]) =>
        findOtherTypes(
          each,
          Object.hasOwn(good, key) ? (good as Readonly<Record<string, unknown>>)[key] : undefined,
          `${place}.${key}`,
        ),
      )
    : [];
}

describe('the fault matrix', function () {
  this.timeout(10 * 60_000);
  let server: FaultServer;
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  before(async () => {
    server = await startFaultServer();
    process.on('unhandledRejection', note);
  });
  after(async () => {
    process.off('unhandledRejection', note);
    await server.close();
  });

  it('has every call of the client, and of the alerting calls', () => {
    const api = createApi({ baseUrl: 'https://e.com', token: 't', userAgent: 'test/1', host: {} as never });
    assert.deepEqual(Object.keys(apiCalls).toSorted(), Object.keys(api).toSorted());
    assert.deepEqual(Object.keys(otherCalls).toSorted(), Object.keys(alertingCalls).toSorted());
  });

  it(`tells the truth, once, and leaves nothing behind in at least ${FEWEST_CASES} cases`, async () => {
    const started = performance.now();
    const cases: readonly Case[] = listCalls().flatMap(([name, call]) =>
      [...faults, ...fieldFaults(call.result)].map((fault) => ({ name: `${name}: ${fault.name}`, call, fault })),
    );
    const limit = createLimit(CONCURRENCY);
    const problems: string[] = [];
    const good = new Map<CallSpec, unknown>();
    for (const [name, call] of listCalls()) {
      good.set(call, (await server.run({ name, call, fault: GOOD })).value);
    }
    await Promise.all(
      cases.map(async (each) =>
        limit(async () => {
          const { problems: found, error, value }: Outcome = await server.run(each);
          const sentences = error ? checkSentence(error) : [];
          const values = error ? [] : checkValue(each, value, good.get(each.call));
          problems.push(...[...found, ...sentences, ...values].map((what) => `${each.name}: ${what}`));
        }),
      ),
    );
    problems.push(...unhandled.map((error) => `unhandled rejection: ${String(error)}`));
    reportProblems('fault matrix', cases.length, problems, started);
    console.log(`      ${listCalls().length} calls, ${faults.length} faults and wrong fields: ${cases.length} cases`);
    assert.ok(cases.length >= FEWEST_CASES);
    assert.deepEqual(problems, []);
  });

  it('reports a refused connection and an untrusted certificate of every call as certainly not sent, or as network', async () => {
    for (const [name, call] of listCalls()) {
      for (const [where, code] of [
        ['refused', 'ECONNREFUSED'],
        ['untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ] as const) {
        const { api, openTimers } = server.connect(server.special[where]);
        const error: unknown = await call.run(api, new AbortController().signal).catch((reason: unknown) => reason);
        assert.ok(error instanceof ApiError && error.kind === 'network', `${name}, ${where}: ${String(error)}`);
        assert.ok(error.details.reason?.startsWith(code), `${name}, ${where}: ${String(error)}`);
        assert.equal(isUncertain(error), where === 'untrusted', `${name}, ${where}`);
        assert.deepEqual(checkSentence(error), []);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(openTimers(), 0);
      }
    }
  });

  it('keeps stale data of the account in each fault, and leaves the other account alone', async () => {
    const started = performance.now();
    const problems: string[] = [];
    const list = apiCalls.listDestinations;
    const result = 'result' in list ? list.result : undefined;
    const all: readonly Fault[] = [...faults, ...fieldFaults(result)];
    const limit = createLimit(CONCURRENCY);
    await Promise.all(
      all.map(async (fault) =>
        limit(async () => {
          const { api } = server.connectFor(fault, result);
          let isBroken = false;
          const old = makeDestination('d', { lastSuccess: '2026-01-01T00:00:00Z' });
          const flaky = makeApi({
            listDestinations: async (...given) => (isBroken ? api.listDestinations(...given) : [old]),
          });
          const other = makeApi({ listDestinations: async () => [old] });
          const store = createStore({
            now: () => (isBroken ? 2000 : 1000),
            toApiError: (error) => (error instanceof ApiError ? error : assert.fail(String(error))),
            defer: (work) => void setImmediate(work),
            log: (_level, message) => void problems.push(`${fault.name}: ${message}`),
          });
          store.setConnections([makeConnection('a', flaky), makeConnection('b', other)]);
          await store.refresh();
          const untouched = store.entry('b')?.state;
          isBroken = true;
          await store.refresh(['a'], { background: true });
          const state = store.entry('a')?.state;
          if (state?.kind === 'failed' && state.last?.destinations[0] !== old) {
            problems.push(`${fault.name}: stale data is lost`);
          }
          if (state?.kind === 'ready' && fault.expected !== 'ok' && fault.expected !== 'either') {
            problems.push(`${fault.name}: the account is shown as refreshed`);
          }
          if (state?.kind === 'ready' && fault.expected === 'ok' && state.last.destinations[0]?.name !== 'Ops') {
            problems.push(`${fault.name}: the account shows something else than Cloudflare's answer`);
          }
          if (state?.kind !== 'failed' && state?.kind !== 'ready') {
            problems.push(`${fault.name}: the account is ${state?.kind ?? 'gone'}`);
          }
          if (store.entry('b')?.state !== untouched) {
            problems.push(`${fault.name}: the other account changed`);
          }
        }),
      ),
    );
    reportProblems('stale data under faults', all.length, problems, started);
    assert.deepEqual(problems, []);
  });

  it('keeps the cached policies in each fault', async () => {
    const list = apiCalls.listPolicies;
    const result = 'result' in list ? list.result : undefined;
    for (const fault of faults.filter(({ expected }) => expected !== 'ok' && expected !== 'timeout')) {
      const { api } = server.connectFor(fault, result);
      let isBroken = false;
      const flaky = makeApi({
        listPolicies: async (...given) => (isBroken ? api.listPolicies(...given) : []),
        listAlertNames: async () => new Map(),
        request: async () => [],
      });
      const store = createPolicyStore();
      const connection = makeConnection('a', flaky);
      const known = await store.get(connection);
      isBroken = true;
      await assert.rejects(store.read(connection), { name: 'ApiError' });
      assert.equal(store.known('a'), known, fault.name);
    }
  });
});
