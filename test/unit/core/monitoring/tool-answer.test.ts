import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import type { AccountEntry, AccountState } from '../../../../src/core/monitoring/account-state.ts';
import { makeSnapshot } from '../../../../src/core/monitoring/snapshot.ts';
import { answerTool, nameAccounts, type ToolKind } from '../../../../src/core/monitoring/tool-answer.ts';
import { makeApi, makeDestination } from '../api/fake-api.ts';

const NOW = Date.parse('2026-01-03T00:00:00Z');
const OLDEST = 600_000;
const ID = '0123456789abcdef0123456789abcdef';
const good = makeDestination('1', { lastSuccess: '2026-01-01T00:00:00Z' });
const bad = makeDestination('2', { lastFailure: '2026-01-02T00:00:00Z' });

const entry = (state: AccountState, name = 'Acme', id = ID, inFlight?: Promise<void>): AccountEntry => ({
  connection: { account: { id, name }, token: { id: 'token', owner: 'user' }, api: makeApi() },
  state,
  ...(inFlight ? { inFlight } : {}),
});
const ready = (...destinations: readonly Destination[]): AccountState => ({
  kind: 'ready',
  last: makeSnapshot(NOW - 1000, destinations),
});
const cached = makeSnapshot(NOW - 1000, [{ ...bad, host: 'hooks.slack.com' }]);
const error = new ApiError({ kind: 'forbidden', reason: 'no' });

type Answer = {
  readonly knowledge: string;
  readonly note?: string;
  readonly accounts: readonly Readonly<Record<string, unknown>>[];
  readonly destinations: readonly Readonly<Record<string, unknown>>[];
};

async function ask(
  kind: ToolKind,
  entries: readonly AccountEntry[],
  input: { readonly account?: unknown } = {},
  {
    signal = new AbortController().signal,
    areAccountsKnown = true,
    sleep = async (milliseconds: number, stop?: AbortSignal): Promise<void> =>
      delay(milliseconds, undefined, stop ? { signal: stop } : {}),
  } = {},
): Promise<Answer> {
  const options = {
    entries,
    areAccountsKnown,
    host: { now: () => NOW, sleep },
    oldestAllowed: () => OLDEST,
    describeError: (problem: ApiError, name: string) => `${problem.kind} for ${name}`,
  };
  return JSON.parse(await answerTool(kind, input, options, signal)) as Answer;
}

describe('answer of a language model tool', () => {
  describe('state of an account', () => {
    const at = new Date(NOW - 1000).toISOString();
    const last = makeSnapshot(NOW - 1000, [good]);
    for (const [title, state, expected, knowledge] of [
      ['fetched', ready(good), ['fresh', at], 'complete'],
      [
        'fetched too long ago',
        { kind: 'ready', last: makeSnapshot(NOW - OLDEST - 1, [good]) },
        ['stale', new Date(NOW - OLDEST - 1).toISOString()],
        'partial',
      ],
      [
        'failed after data',
        { kind: 'failed', error, last },
        ['stale', at, 'forbidden', 'forbidden for Acme'],
        'partial',
      ],
      [
        'failed, cached',
        { kind: 'failed', error, cached },
        ['stale', at, 'forbidden', 'forbidden for Acme'],
        'partial',
      ],
      [
        'failed without data',
        { kind: 'failed', error },
        ['failed', null, 'forbidden', 'forbidden for Acme'],
        'unknown',
      ],
      ['fetched in part', { kind: 'ready', last: { ...last, skipped: 2 } }, ['fresh', at], 'partial'],
      ['loading', { kind: 'loading' }, ['loading', null], 'unknown'],
      ['loading, cached', { kind: 'loading', cached }, ['stale', at], 'partial'],
      ['not refreshed', { kind: 'idle' }, ['unread', null], 'unknown'],
      ['not refreshed, cached', { kind: 'idle', cached }, ['stale', at], 'partial'],
    ] as const satisfies readonly (readonly [string, AccountState, readonly unknown[], string])[]) {
      it(`${title}: ${expected[0]}`, async () => {
        const answer = await ask('list', [entry(state)]);
        const [account] = answer.accounts;
        const given = ['state', 'readAt', 'problemKind', 'problem'].map((key) => account?.[key]);
        assert.deepEqual(
          given.filter((value) => value !== undefined),
          expected,
        );
        assert.equal(answer.knowledge, knowledge);
      });
    }
  });

  it('tells nothing found from nothing known', async () => {
    for (const [kind, entries, knowledge, note] of [
      ['list', [entry(ready())], 'complete', /^These accounts have no webhook destination\.$/],
      ['failing', [entry(ready(good))], 'complete', /^No webhook destination of these accounts is failing\.$/],
      ['failing', [entry(ready(good)), entry({ kind: 'loading' })], 'partial', /^The present state of 1 of 2 accounts/],
      [
        'failing',
        [entry({ kind: 'ready', last: makeSnapshot(NOW - 1000, [good], undefined, 2) })],
        'partial',
        /^Entries of Cloudflare’s lists that could not be read: 2\. .+ may be failing\.$/,
      ],
      [
        'failing',
        [entry({ kind: 'failed', error })],
        'unknown',
        /^Nothing is known .+ does not mean that nothing is failing/,
      ],
      [
        'failing',
        // Fetched before the clock was set back.
        [entry({ kind: 'ready', last: makeSnapshot(NOW + 3 * 3_600_000, [good]) })],
        'partial',
        /^The present state of 1 of 1 accounts is not known/,
      ],
      ['failing', [], 'noAccounts', /^No Cloudflare account was added to VS Code.+Add Account…”\.$/],
    ] as const) {
      const answer = await ask(kind, entries);
      assert.deepEqual([answer.knowledge, answer.destinations], [knowledge, []]);
      assert.match(answer.note ?? '', note);
    }
    assert.equal((await ask('failing', [entry(ready(good, bad))])).note, undefined);
    const unloaded = await ask('failing', [], {}, { areAccountsKnown: false });
    assert.equal(unloaded.knowledge, 'unknown');
    assert.match(unloaded.note ?? '', /could not load the stored accounts/);
  });

  it('lists all destinations or the failing ones, with the host of the URL only', async () => {
    const entries = [entry(ready(good, bad))];
    const names = async (kind: ToolKind) => (await ask(kind, entries)).destinations.map(({ id }) => id);
    assert.deepEqual([await names('list'), await names('failing')], [['1', '2'], ['2']]);
    const answer = await ask('failing', entries);
    assert.deepEqual(answer.destinations[0], {
      account: 'Acme',
      accountId: ID,
      id: '2',
      name: 'Destination 2',
      type: 'slack',
      host: 'hooks.slack.com',
      health: 'failing',
      createdAt: null,
      lastSuccess: null,
      lastFailure: '2026-01-02T00:00:00Z',
    });
    assert.doesNotMatch(JSON.stringify(answer), /services/);
  });

  it('does not call a destination unused whose times cannot be read', async () => {
    const unclear = makeDestination('3', { lastSuccess: 'unreadable' });
    const { destinations } = await ask('list', [entry(ready(unclear, makeDestination('4')))]);
    assert.deepEqual(
      destinations.map(({ health }) => health),
      ['unknown', 'unused'],
    );
  });

  it('cuts names and removes what is invisible in them', async () => {
    const long = 'x'.repeat(5000);
    const { accounts, destinations } = await ask('list', [
      entry(ready(makeDestination('1', { name: `a\u202Eb\n${long}`, type: long })), long),
    ]);
    assert.equal(accounts[0]?.['name'], `${'x'.repeat(200)}…`);
    assert.match(String(destinations[0]?.['name']), /^ab x{196}…$/);
    assert.equal(String(destinations[0]?.['type']).length, 201);
  });

  describe('account asked for', () => {
    const long = `Long ${'y'.repeat(300)}`;
    const entries = [
      entry(ready(good), 'Acme'),
      entry(ready(bad), 'Beta', 'f'.repeat(32)),
      entry(ready(), long, 'e'.repeat(32)),
    ];
    for (const [asked, expected] of [
      [undefined, ['Acme', 'Beta', `${long.slice(0, 200)}…`]],
      [null, ['Acme', 'Beta', `${long.slice(0, 200)}…`]],
      ['  ', ['Acme', 'Beta', `${long.slice(0, 200)}…`]],
      [' aCME ', ['Acme']],
      [ID.toUpperCase(), ['Acme']],
      ['01234567-89ab-cdef-0123-456789abcdef', ['Acme']],
      [long, [`${long.slice(0, 200)}…`]],
      // As an earlier answer shows it.
      [`${long.slice(0, 200)}…`, [`${long.slice(0, 200)}…`]],
    ] as const) {
      it(`finds ${String(asked).slice(0, 40)}`, async () => {
        const { accounts } = await ask('list', entries, { account: asked });
        assert.deepEqual(
          accounts.map(({ name }) => name),
          expected,
        );
      });
    }

    it('throws for an unknown account, with the known names', async () => {
      await assert.rejects(ask('list', entries.slice(0, 2), { account: 'Gamma "x"\n' }), {
        message:
          'No account in VS Code has the name or ID "Gamma \\"x\\" ". Known accounts: "Acme", "Beta". Call the tool again with one of these names, or without “account” for all accounts.',
      });
      await assert.rejects(ask('failing', entries, { account: 7 }), /the name or ID "7"/);
    });

    it('names at most 20 known accounts', async () => {
      const many = Array.from({ length: 23 }, (_, at) => entry(ready(), `Account ${at}`, String(at)));
      await assert.rejects(ask('list', many, { account: 'z'.repeat(9000) }), ({ message }: Error) => {
        assert.match(message, /"Account 19" and 3 more\./);
        assert.ok(!message.includes('Account 20') && message.length < 1000, message);
        return true;
      });
      assert.deepEqual([nameAccounts(many).names.length, nameAccounts(many).more], [20, 3]);
    });

    it('is no error where there is no account at all', async () => {
      const { knowledge, accounts } = await ask('list', [], { account: 'Acme' });
      assert.deepEqual([knowledge, accounts], ['noAccounts', []]);
    });
  });

  describe('waiting', () => {
    it('waits for the first refresh, and stops its timer', async () => {
      let state: AccountState = { kind: 'loading' };
      const inFlight = (async () => {
        await Promise.resolve();
        state = ready(bad);
      })();
      const loading: AccountEntry = {
        ...entry(state, 'Acme', ID, inFlight),
        get state() {
          return state;
        },
      };
      let stopped: AbortSignal | undefined;
      const sleep = async (_: number, signal?: AbortSignal): Promise<void> => {
        stopped = signal;
        await new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        );
      };
      const answer = await ask('failing', [loading], {}, { sleep });
      assert.deepEqual([answer.knowledge, answer.destinations.length, stopped?.aborted], ['complete', 1, true]);
    });

    it('waits only so long, and then says that the account is loading', async () => {
      const waits: number[] = [];
      const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
      const never = new Promise<void>(() => {});
      const answer = await ask('list', [entry({ kind: 'loading' }, 'Acme', ID, never)], {}, { sleep });
      assert.deepEqual(
        [waits, answer.accounts[0]?.['state'], answer.accounts[0]?.['refreshing']],
        [[10_000], 'loading', true],
      );
    });

    it('does not wait for accounts with data of this window', async () => {
      const never = new Promise<void>(() => {});
      const answer = await ask('list', [entry(ready(good), 'Acme', ID, never)]);
      assert.deepEqual([answer.knowledge, answer.accounts[0]?.['refreshing']], ['complete', true]);
    });

    it('stops at once where the call is canceled', async () => {
      const controller = new AbortController();
      const never = new Promise<void>(() => {});
      const asked = ask('list', [entry({ kind: 'loading' }, 'Acme', ID, never)], {}, { signal: controller.signal });
      controller.abort();
      await assert.rejects(asked, { name: 'AbortError' });
      await assert.rejects(ask('list', [entry(ready(good))], {}, { signal: controller.signal }), {
        name: 'AbortError',
      });
    });
  });
});
