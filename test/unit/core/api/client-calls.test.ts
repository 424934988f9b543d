import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { skippedIn } from '../../../../src/core/api/skipped.ts';
import { createApi, MOST_ACCOUNTS, type Api } from '../../../../src/core/api/client.ts';
import { isCanceled } from '../../../../src/core/async/canceled.ts';

type Sent = { readonly method: string; readonly path: string; readonly query: object; readonly body?: unknown };

/** A client whose calls are answered by a function, and what was sent. */
function connect(answer: (sent: Sent) => unknown): {
  readonly api: Api;
  readonly sent: readonly Sent[];
  readonly lines: readonly string[];
} {
  const sent: Sent[] = [];
  const lines: string[] = [];
  const api = createApi({
    baseUrl: 'https://api.example.com/v4',
    token: 't0k3n-of-a-test-of-forty-characters-0000',
    userAgent: 'test/1',
    host: {
      fetch: async (input, init) => {
        const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
        const one: Sent = {
          method: init?.method ?? '',
          path: pathname,
          query: Object.fromEntries(searchParams),
          ...(typeof init?.body === 'string' ? { body: JSON.parse(init.body) as unknown } : {}),
        };
        sent.push(one);
        return Response.json({ success: true, errors: [], messages: [], result: answer(one) });
      },
      now: () => 0,
      sleep: async () => new Promise(() => {}),
      random: () => 0.5,
      log: (level, message) => lines.push(`${level} ${message}`),
    },
  });
  return { api, sent, lines };
}

const ALERTING = '/v4/accounts/acc/alerting/v3';
const warnings = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith('warn '));

describe('the calls of the client', () => {
  it('lists the policies of an account, and reports the ones that cannot be shown', async () => {
    const { api, sent, lines } = connect(() => [{ id: 'p', name: 'P', mechanisms: {} }, { name: 'no ID' }]);
    const policies = await api.listPolicies('acc');
    assert.deepEqual(
      policies.map(({ id, name }) => [id, name]),
      [['p', 'P']],
    );
    assert.deepEqual(sent, [{ method: 'GET', path: `${ALERTING}/policies`, query: {} }]);
    assert.equal(skippedIn(policies), 1);
    assert.match(
      warnings(lines).join(),
      /^warn The list of policies of account acc: cannot read 1\.id; 1 entries are left out$/,
    );
  });

  it('fetches one policy', async () => {
    const { api, sent } = connect(() => ({ id: 'p', name: 'P' }));
    assert.equal((await api.getPolicy('acc', 'p')).name, 'P');
    assert.deepEqual(sent, [{ method: 'GET', path: `${ALERTING}/policies/p`, query: {} }]);
  });

  it('replaces the whole policy', async () => {
    const { api, sent } = connect(() => ({ id: 'p' }));
    await api.updatePolicy('acc', 'p', { name: 'P', unknown: [1] });
    assert.deepEqual(sent, [
      { method: 'PUT', path: `${ALERTING}/policies/p`, query: {}, body: { name: 'P', unknown: [1] } },
    ]);
  });

  it('tests a policy with an empty body, at an escaped path', async () => {
    const { api, sent } = connect(() => null);
    await api.testPolicy('acc', 'a/b');
    assert.deepEqual(sent, [{ method: 'POST', path: `${ALERTING}/policies/a%2Fb/test`, query: {}, body: {} }]);
  });

  it('reads any other path with GET, and sends a body with POST', async () => {
    const { api, sent } = connect(() => 7);
    assert.equal(await api.request('a/c', 'silences'), 7);
    assert.equal(await api.request('acc', 'policies', { body: { a: 1 } }), 7);
    assert.deepEqual(sent, [
      { method: 'GET', path: '/v4/accounts/a%2Fc/alerting/v3/silences', query: {} },
      { method: 'POST', path: `${ALERTING}/policies`, query: {}, body: { a: 1 } },
    ]);
  });

  it('lists the names of alert types', async () => {
    const { api, sent } = connect(() => ({ SSL: [{ type: 'ssl', display_name: 'SSL Alert' }] }));
    assert.deepEqual([...(await api.listAlertNames('acc'))], [['ssl', 'SSL Alert']]);
    assert.deepEqual(sent, [{ method: 'GET', path: `${ALERTING}/available_alerts`, query: {} }]);
  });

  it('lists sent alerts of all pages since a time, and stops at the first page that is not full', async () => {
    const { api, sent } = connect(({ query }) => {
      const { page } = query as { page: string };
      return Array.from({ length: page === '3' ? 999 : 1000 }, () => ({ policy_id: page }));
    });
    const alerts = await api.listSentAlerts('acc', Date.UTC(2026, 0, 2));
    assert.equal(alerts.length, 2999);
    assert.deepEqual([alerts[0]?.policyId, alerts[1000]?.policyId, alerts.at(-1)?.policyId], ['1', '2', '3']);
    assert.deepEqual(
      sent,
      ['1', '2', '3'].map((page) => ({
        method: 'GET',
        path: `${ALERTING}/history`,
        query: { since: '2026-01-02T00:00:00.000Z', page, per_page: '1000' },
      })),
    );
  });

  it('stops after 50 pages of alerts from a server whose pages are always full', async () => {
    const full = Array.from({ length: 1000 }, () => ({}));
    const { api, sent } = connect(() => full);
    assert.equal((await api.listSentAlerts('acc', 0)).length, 50_000);
    assert.equal(sent.length, 50);
  });

  it('logs the places of alerts and accounts that cannot be shown', async () => {
    const { api, lines } = connect(({ path }) => (path.endsWith('/accounts') ? [{ id: 'a' }, 3] : [{}, 'canary']));
    await api.listSentAlerts('acc', 0);
    await api.listAccounts();
    assert.deepEqual(
      warnings(lines).map((line) => /cannot read (\d+);/.exec(line)?.[1]),
      ['1', '1'],
    );
  });

  it('stops listing accounts at the limit, although the last page is full', async () => {
    const { api, sent } = connect(({ query }) => {
      const { page } = query as { page: string };
      return Array.from({ length: 50 }, (_, index) => ({ id: `a${page}-${index}` }));
    });
    assert.equal((await api.listAccounts()).length, MOST_ACCOUNTS);
    assert.equal(sent.length, MOST_ACCOUNTS / 50);
  });

  it('stops listing accounts at a page that is the same again', async () => {
    const full = Array.from({ length: 50 }, (_, index) => ({ id: `a${index}` }));
    const { api, sent } = connect(() => full);
    assert.deepEqual([(await api.listAccounts()).length, sent.length], [50, 2]);
  });

  it('goes on after a full page of accounts that contains malformed entries', async () => {
    const { api } = connect(({ query }) => {
      const { page } = query as { page: string };
      return page === '1' ? [...Array.from({ length: 49 }, () => ({ id: 'a' })), null] : [{ id: 'b' }];
    });
    assert.equal((await api.listAccounts()).at(-1)?.id, 'b');
  });

  it('logs the place of a malformed entry in one line, whatever it is called', async () => {
    const { api, lines } = connect(() => [{ id: 'p', mechanisms: { 'web\nhooks\u202E': [5] } }]);
    await api.listPolicies('acc');
    assert.match(warnings(lines)[0] ?? '', /: cannot read 0\.mechanisms\.web hooks\.0; 0 entries are left out$/);
  });

  it('logs at most ten places of malformed entries, and how many are left out', async () => {
    const { api, lines } = connect(() => [{ id: 'd' }, ...Array.from({ length: 12 }, () => null)]);
    assert.equal(skippedIn(await api.listDestinations('acc')), 12);
    const [line = ''] = warnings(lines);
    assert.match(line, /account acc: cannot read 1, 2, 3, 4, 5, 6, 7, 8, 9, 10; 12 entries/);
  });

  it('sends nothing once the signal has aborted, neither a read nor a mutation', async () => {
    const { api, sent } = connect(() => null);
    const signal = AbortSignal.abort(new Error('a reason of its own'));
    await assert.rejects(api.listDestinations('acc', signal), isCanceled);
    await assert.rejects(api.deleteDestination('acc', 'd', signal), isCanceled);
    assert.deepEqual(sent, []);
  });

  it('refuses a page of alerts that is not a list', async () => {
    const { api } = connect(() => ({ length: 5000 }));
    await assert.rejects(api.listSentAlerts('acc', 0), (error) => error instanceof ApiError);
  });
});
