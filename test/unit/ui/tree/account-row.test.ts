import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { TokenInfo } from '../../../../src/core/model/token.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import type { Node } from '../../../../src/ui/tree/nodes.ts';
import { standInForVscode } from '../vscode.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const vscode = await import('vscode');
const { createLastTests } = await import('../../../../src/ui/tree/last-tests.ts');
const { createDestinationsView } = await import('../../../../src/ui/tree/tree.ts');
const { describeTime } = await import('../../../../src/ui/text/format.ts');

const ACCOUNT = 'a'.repeat(32);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const systemNow = Date.now;

describe('row of an account', () => {
  let time: number;
  beforeEach(() => {
    time = Date.UTC(2026, 10, 23, 12);
    Date.now = () => time;
  });
  afterEach(() => {
    Date.now = systemNow;
  });

  /** A window that shows one account with this token, whose refreshes never bring news. */
  async function open(token: Partial<TokenInfo> = {}, silences: readonly object[] = []) {
    const deferred: (() => void)[] = [];
    const store = createStore({
      now: () => time,
      toApiError: () => new ApiError({ kind: 'protocol' }),
      defer: (work) => deferred.push(work),
      log() {},
    });
    const quiet = makeDestination('d', { lastSuccess: '2026-01-01T00:00:00Z' });
    const connection = makeConnection(
      ACCOUNT,
      makeApi({
        listDestinations: async () => [quiet],
        listPolicies: async () => [],
        listAlertNames: async () => new Map(),
        request: async () => silences,
      }),
    );
    store.setConnections([{ ...connection, token: { id: 't', owner: 'user', ...token } }]);
    await store.refresh();
    for (const work of deferred.splice(0)) {
      work();
    }
    const tests = createLastTests();
    const view = createDestinationsView(store, createPolicyStore(), tests, {
      view: { onDidChangeSelection: () => ({ dispose() {} }), selection: [] } as never,
      documentOf: () => assert.fail(),
      describeOnHover: async () => undefined,
    });
    const { provider } = view;
    const [node = assert.fail()] = (await provider.getChildren()) ?? [];
    /** As VS Code does when it paints the row and those below it. */
    async function paint(): Promise<TreeItem> {
      const [row = assert.fail()] = (await provider.getChildren(node)) ?? [];
      await provider.getChildren(row);
      await provider.getTreeItem(row);
      return provider.getTreeItem(node);
    }
    async function hover(item: TreeItem): Promise<string> {
      await provider.resolveTreeItem?.(item, node, undefined as never);
      return item.tooltip instanceof vscode.MarkdownString ? item.tooltip.value : assert.fail();
    }
    const repainted: Node[] = [];
    provider.onDidChangeTreeData?.((nodes) => repainted.push(...[nodes ?? []].flat()));
    /** Passes the time, refreshes, and does what the clock of the window does each minute. */
    async function pass(milliseconds: number, isRefreshing = true): Promise<number> {
      time += milliseconds;
      if (isRefreshing) {
        await store.refresh();
      }
      for (const work of deferred.splice(0)) {
        work();
      }
      view.repaintAges();
      return repainted.splice(0).length;
    }
    async function hoverDestination(): Promise<void> {
      const [row = assert.fail()] = (await provider.getChildren(node)) ?? [];
      await provider.resolveTreeItem?.(await provider.getTreeItem(row), row, undefined as never);
    }
    return { paint, hover, hoverDestination, pass, tests };
  }

  const lastRefresh = (): string => `Last refresh: ${describeTime(new Date(time).toISOString())}`;
  /** Without the backslashes of Markdown. */
  const unescape = (markdown: string): string => markdown.replaceAll('\\', '');

  it('says on hover when the account was last refreshed, also after refreshes without news', async () => {
    const { paint, hover, pass } = await open();
    const item = await paint();
    assert.equal(item.tooltip, undefined);
    assert.equal(await pass(5 * MINUTE), 0, 'repainted without a reason');
    assert.ok(unescape(await hover(item)).includes(lastRefresh()));
    assert.equal(await pass(5 * MINUTE), 1, 'VS Code keeps the tooltip until the row is repainted');
    assert.ok(unescape(await hover(await paint())).includes(lastRefresh()));
    await paint();
    assert.equal(await pass(5 * MINUTE), 0);
  });

  it('is painted again when the age in a tooltip that was shown is no longer true, without a refresh', async () => {
    const { paint, hover, pass } = await open();
    const item = await paint();
    await hover(item);
    assert.equal(await pass(3 * 60 * MINUTE, false), 1);
    await paint();
    assert.equal(await pass(3 * 60 * MINUTE, false), 0, 'no tooltip was shown since');
  });

  it('is painted again when a silence begins or ends, and when a test in a tooltip that was shown ages', async () => {
    const at = (minutes: number): string => new Date(time + minutes * MINUTE).toISOString();
    const { paint, hoverDestination, pass, tests } = await open({}, [
      { policy_id: 'p', start_time: at(3), end_time: at(10) },
    ]);
    await paint();
    assert.deepEqual([await pass(2 * MINUTE), await pass(2 * MINUTE), await pass(2 * MINUTE)], [0, 1, 0]);
    assert.deepEqual([await pass(6 * MINUTE), await pass(6 * MINUTE)], [1, 0]);
    tests.set(ACCOUNT, 'd', { at: time, way: 'direct', result: 'worked', reason: '', url: '' });
    await paint();
    await pass(0);
    assert.equal(await pass(MINUTE), 0, 'no tooltip was shown');
    await hoverDestination();
    assert.equal(await pass(MINUTE), 1);
    assert.equal(await pass(MINUTE), 0, 'painted again although the row may be hidden');
  });

  it('warns of a token from the week before it expires on, without any other news', async () => {
    const { paint, pass } = await open({ expiresOn: new Date(time + 7 * DAY + 3 * MINUTE).toISOString() });
    assert.doesNotMatch(String((await paint()).description), /token/);
    assert.equal(await pass(MINUTE), 0);
    assert.equal(await pass(3 * MINUTE), 1);
    assert.match(String((await paint()).description), /token expires in/);
    assert.equal(await pass(8 * DAY), 1);
    assert.match(String((await paint()).description), /token expired/);
  });
});
