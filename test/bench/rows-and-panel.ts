import { CONTAINER } from '../e2e/session.ts';
import { ACCOUNTS, addAccounts, inObservedWindow, type Observed, type Painted } from './observed-window.ts';
import { medianOf, type Row } from './rows.ts';

const RUNS = 5;
const EDIT = 'Cloudflare Webhooks: Edit Destination…';
const OPEN_EMPTY = 'Bench: Open Empty Webview';

/** The first rows and the panel in a real VS Code, beside an empty extension in the same windows. */
export async function benchRowsAndPanel(): Promise<readonly Row[]> {
  return inObservedWindow(async (observed) => {
    await addAccounts(observed);
    return measureRowsAndPanel(observed);
  });
}

async function measureRowsAndPanel(observed: Observed): Promise<readonly Row[]> {
  const { session, reload, open, paintedAfter } = observed;
  const { workbench, view } = session;
  await workbench.openContainer(CONTAINER);
  const rows: Record<'account row' | 'destination row' | 'control row', number>[] = [];
  const panels: Record<'first' | 'again' | 'empty', number>[] = [];
  const openAndClose = async (title: string, painted: Painted): Promise<number> => {
    const time = await open(title, painted);
    await workbench.runCommand('View: Close All Editors');
    return time;
  };
  for (let index = 0; index < RUNS; index += 1) {
    await reload();
    rows.push({
      'account row': await paintedAfter('account row'),
      'destination row': await paintedAfter('destination row'),
      'control row': await paintedAfter('control row'),
    });
    await view.select('Destination 5');
    // The first webview of a window also loads what all webviews share.
    await openAndClose(OPEN_EMPTY, 'empty webview');
    // Alternating, so that neither is always first.
    const emptyBefore = index % 2 === 0 ? await openAndClose(OPEN_EMPTY, 'empty webview') : undefined;
    const first = await openAndClose(EDIT, 'panel');
    const empty = emptyBefore ?? (await openAndClose(OPEN_EMPTY, 'empty webview'));
    panels.push({ first, empty, again: await openAndClose(EDIT, 'panel') });
  }
  const row = (pick: (each: (typeof rows)[number]) => number): number => medianOf(rows.map(pick));
  const panel = (pick: (each: (typeof panels)[number]) => number): number => medianOf(panels.map(pick));
  const reloaded = `window reload, ${ACCOUNTS} accounts`;
  return [
    { name: `${reloaded}: first account row painted`, value: row((each) => each['account row']), unit: 'ms' },
    { name: `${reloaded}: first destination row painted`, value: row((each) => each['destination row']), unit: 'ms' },
    { name: `${reloaded}: the row of an empty extension`, value: row((each) => each['control row']), unit: 'ms' },
    {
      name: 'first destination row, over the row of an empty extension',
      value: row((each) => each['destination row'] / each['control row']),
      unit: '×',
    },
    { name: 'panel, from the command until filled: first of a window', value: panel(({ first }) => first), unit: 'ms' },
    { name: 'panel, from the command until filled: again', value: panel(({ again }) => again), unit: 'ms' },
    { name: 'an empty webview, from the command', value: panel(({ empty }) => empty), unit: 'ms' },
    { name: 'first panel, over an empty webview', value: panel(({ first, empty }) => first / empty), unit: '×' },
    { name: 'panel again, over an empty webview', value: panel(({ again, empty }) => again / empty), unit: '×' },
  ];
}
