import { readFile } from 'node:fs/promises';
import { chromium, type Page } from 'playwright-core';
import type { OverviewRow, OverviewTexts, ToOverview } from '../../src/core/overview-protocol.ts';
import { browserFlags } from '../vscode-host/browser-flags.ts';
import { ensureChromium } from '../vscode-host/chromium.ts';
import { medianOf, type Row } from './rows.ts';

const SIZES = [100, 1_000, 5_000] as const;
const ROWS_PER_ACCOUNT = 40;
const RUNS = 5;
const DAY = 86_400_000;

/**
 * The page of the health overview in a real browser, with a stand-in for VS Code: from the last message with rows until
 * they are painted, and the frames of two seconds of scrolling, during which the details of the visible rows arrive.
 */
export async function benchOverview(): Promise<readonly Row[]> {
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: [...browserFlags] });
  try {
    const rows: Row[] = [];
    for (const size of SIZES) {
      const paints: number[] = [];
      const longest: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        await load(page);
        paints.push(await page.evaluate<number>(`measurePaint(${JSON.stringify(makeMessages(size))})`));
        longest.push(await page.evaluate<number>('measureScrolling()'));
        await page.close();
      }
      rows.push(
        { name: `overview of ${size} destinations, until painted`, value: medianOf(paints), unit: 'ms' },
        { name: `overview of ${size} destinations, longest frame of scrolling`, value: medianOf(longest), unit: 'ms' },
      );
    }
    return rows;
  } finally {
    await browser.close();
  }
}

async function load(page: Page): Promise<void> {
  const styles = await Promise.all(
    ['media/shared/page.css', 'media/shared/strip.css', 'media/overview/overview.css'].map(async (file) =>
      readFile(file, 'utf8'),
    ),
  );
  await page.setContent(`<!doctype html><style>${styles.join('\n')}</style><body></body>`);
  await page.addScriptTag({ content: await readFile('test/bench/overview-page.js', 'utf8') });
  await page.addScriptTag({ content: await readFile('dist/overview/overview.js', 'utf8') });
}

function makeMessages(size: number): readonly ToOverview[] {
  const now = Date.now();
  const rows = Array.from({ length: size }, (_, index): OverviewRow => ({
    destinationId: `d${index}`,
    name: `Destination ${index}`,
    type: ['slack', 'generic', 'discord', 'gchat'][index % 4] ?? 'slack',
    host: 'hooks.example.com',
    health: index % 9 === 0 ? 'failing' : index % 7 === 0 ? 'unused' : 'healthy',
    created: now - 400 * DAY,
    success: now - index * 60_000,
    failure: now - (index % 90) * DAY,
  }));
  const accounts = Array.from({ length: Math.ceil(size / ROWS_PER_ACCOUNT) }, (_, index) => ({
    accountId: `a${index}`,
    name: `Account ${index}`,
  }));
  return [
    { kind: 'texts', texts: TEXTS },
    { kind: 'settings', unprovenAfterDays: 45 },
    { kind: 'accounts', accountIds: accounts.map(({ accountId }) => accountId), isComplete: true },
    ...accounts.map((account, index) => ({
      kind: 'account' as const,
      account,
      rows: rows.slice(index * ROWS_PER_ACCOUNT, (index + 1) * ROWS_PER_ACCOUNT),
    })),
  ];
}

const TEXTS: OverviewTexts = {
  language: 'en',
  title: 'Webhook Health Overview',
  refresh: 'Refresh All',
  exportCsv: 'Export as CSV…',
  testUnproven: 'Test All Unproved ({0})…',
  filter: 'Filter',
  allAccounts: 'All accounts ({0})',
  allTypes: 'All types ({0})',
  accounts: 'Account',
  types: 'Type',
  states: { failing: 'failing', healthy: 'healthy', unused: 'never used', unknown: 'unknown' },
  filters: { all: 'All', failing: 'Failing', healthy: 'Healthy', unused: 'Never used', unproven: 'Not proved' },
  columns: {
    name: 'Name',
    account: 'Account',
    type: 'Type',
    host: 'Host',
    health: 'Health',
    success: 'Last success',
    failure: 'Last failure',
    policies: 'Policies',
    alerts: 'Alerts',
  },
  timeline: 'Last 30 days',
  selection: 'Selection',
  never: 'never',
  now: 'now',
  loading: 'Loading…',
  unknown: 'Could not be loaded',
  unknownTime: 'unknown',
  count: '{0} ({1})',
  countFailing: '{0} ({1}, {2} failing)',
  shownOne: '{0} of 1 destination',
  shown: '{0} of {1} destinations',
  selectedOne: '1 selected',
  selected: '{0} selected',
  clear: 'Clear Selection',
  actions: { test: 'Test…', policies: 'Policies…', export: 'Export…', delete: 'Delete…' },
  unprovenOne: 'not proved for 1 day',
  unproven: 'not proved for {0} days',
  noMatch: 'No destination matches the filter.',
  clearFilter: 'Clear Filter',
  noDestination: 'No destinations.',
  noAccount: 'No account.',
  addAccount: 'Add Account…',
};
