import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const { window, workspace } = await import('vscode');
const { createStatusItem } = await import('../../../../src/ui/monitoring/status-item.ts');
const { createMinuteClock } = await import('../../../../src/ui/monitoring/minute-clock.ts');

const HOUR = 3_600_000;
const SUCCESS = '2026-01-01T00:00:00Z';

/** A window that has read one destination, whose time passes only as a test says. */
async function open(times: { readonly lastSuccess?: string; readonly lastFailure?: string }, interval: number) {
  const item = { show() {}, hide() {}, dispose() {} } as unknown as vscode.StatusBarItem;
  window.createStatusBarItem = () => item;
  let time = Date.now();
  const now = (): number => time;
  Date.now = now;
  const store = createStore({
    now,
    toApiError: () => new ApiError({ kind: 'protocol' }),
    defer: (work) => work(),
    log() {},
  });
  store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1', times)] }))]);
  await store.refresh();
  const { repaintAges } = createStatusItem(store, () => interval);
  const tooltip = (): string => (item.tooltip as vscode.MarkdownString).value;
  return { item, store, tooltip, repaintAges, pass: (milliseconds: number) => void (time += milliseconds) };
}

describe('status item', () => {
  const { now } = Date;
  const { setInterval } = globalThis;
  const { getConfiguration } = workspace;
  before(() => {
    workspace.getConfiguration = () =>
      ({ get: (key: string, fallback: unknown) => (key === 'statusBar' ? 'always' : fallback) }) as never;
  });
  afterEach(() => {
    Date.now = now;
    globalThis.setInterval = setInterval;
  });
  after(() => {
    workspace.getConfiguration = getConfiguration;
  });

  it('says how old its data is in a window that has lost the focus', async () => {
    const every: (() => void)[] = [];
    globalThis.setInterval = ((work: () => void) => every.push(work)) as never;
    const { item, repaintAges, pass } = await open({ lastSuccess: SUCCESS }, 5 * 60_000);
    createMinuteClock(repaintAges);
    assert.equal(item.text, 'Webhooks: 1 healthy');
    pass(3 * HOUR);
    for (const work of every) {
      work();
    }
    assert.equal(item.text, 'Webhooks: 1 healthy (3 hours ago)');
  });

  it('says how old its data is also where a destination is failing', async () => {
    const { item, tooltip, repaintAges, pass } = await open({ lastFailure: SUCCESS }, 0);
    assert.equal(item.text, '$(warning) 1 webhook failing');
    pass(72 * HOUR);
    repaintAges();
    assert.equal(item.text, '$(warning) 1 webhook failing (3 days ago)');
    assert.match(tooltip(), /^Last refreshed 3 days ago$/m);
  });

  it('says no age any more after a refresh without news, also where a destination is failing', async () => {
    const { item, store, repaintAges, pass } = await open({ lastFailure: SUCCESS }, 0);
    pass(72 * HOUR);
    repaintAges();
    await store.refresh();
    assert.equal(item.text, '$(warning) 1 webhook failing');
  });

  it('says no time in the future where the clock was set back', async () => {
    const { item, tooltip, repaintAges, pass } = await open({ lastSuccess: SUCCESS }, 5 * 60_000);
    pass(-3 * HOUR);
    repaintAges();
    assert.equal(item.text, 'Webhooks: 1 healthy (stale)');
    assert.doesNotMatch(tooltip(), /Last refreshed/);
  });
});
