import {
  type FromOverview,
  type OverviewFilter,
  type OverviewSort,
  type OverviewTarget,
  type OverviewTexts,
  parseSavedOverview,
  parseToOverview,
  type SavedOverview,
  type ToOverview,
} from '../../core/overview-protocol.ts';
import { createFocusKeeper, make } from '../dom.ts';
import { COLUMN_COUNT, createCellTexts, createHead, drawCells, signatureOf } from './cells.ts';
import { createControls } from './controls.ts';
import { createGrid } from './grid.ts';
import { createRows, filterRows, matchesState, reduceUrls, type Row, sortRows, whyEmpty } from './rows.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromOverview): void;
  getState(): unknown;
  setState(state: SavedOverview): void;
};

const NO_FILTER: OverviewFilter = { text: '', accountId: '', type: '', state: 'all' };
const FIRST_SORT: OverviewSort = { column: 'health', descending: false };
/** How long the page waits before it asks for the details of visible rows, in milliseconds: rows that only fly by need none. */
const SETTLING = 120;
const MINUTE = 60_000;

const host = acquireVsCodeApi();
const focusAgain = createFocusKeeper();
let page: ReturnType<typeof createPage> | undefined;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = parseToOverview(data);
  if (message?.kind === 'texts') {
    page ??= createPage(message.texts);
  } else if (message?.kind === 'takeFocus') {
    focusAgain();
    host.postMessage({ kind: 'tookFocus' });
  } else if (message) {
    page?.receive(message);
  }
});
host.postMessage({ kind: 'ready' });

function createPage(texts: OverviewTexts) {
  const saved = parseSavedOverview(host.getState());
  let filter = saved?.filter ?? NO_FILTER;
  let sort = saved?.sort ?? FIRST_SORT;
  let unprovenAfterDays = 0;
  let isComplete = false;
  let problem: string | undefined;
  const rows = createRows();
  /** The destinations of each account whose details were requested, and are not out of date. */
  const requested = new Map<string, Set<string>>();
  const collator = new Intl.Collator(texts.language, { numeric: true, sensitivity: 'base' });
  const words = createCellTexts(texts, Date.now);

  const head = createHead(texts, (column) => {
    sort = {
      column,
      descending: sort.column === column ? !sort.descending : column === 'success' || column === 'failure',
    };
    update();
  });
  const grid = createGrid({
    label: texts.title,
    head: head.element,
    columns: COLUMN_COUNT,
    draw: (row) => ({ signature: signatureOf(words, row), cells: () => drawCells(texts, words, row) }),
    onOpen: (row) => host.postMessage({ kind: 'open', row: toTarget(row) }),
    onDelete: () => act('delete'),
    onMoved: () => later(),
  });
  const act = (action: Extract<FromOverview, { kind: 'act' }>['action']): void =>
    host.postMessage({ kind: 'act', action, rows: grid.selected().map(toTarget) });
  const controls = createControls(texts, {
    onFilter(change) {
      filter = { ...filter, ...change };
      update();
    },
    onAct: act,
    onClear() {
      grid.select([]);
      grid.focus();
    },
    onRefresh: () => host.postMessage({ kind: 'refresh' }),
    onExport: () => host.postMessage({ kind: 'exportCsv', rows: shown.map(toTarget) }),
    onTestUnproven: () => host.postMessage({ kind: 'testUnproven' }),
  });
  const emptyText = make('p', {});
  const emptyButton = make('button', { type: 'button' });
  emptyButton.addEventListener('click', () => {
    if (rows.accounts().length === 0) {
      host.postMessage({ kind: 'addAccount' });
    } else {
      filter = NO_FILTER;
      update();
    }
  });
  const empty = make('div', { class: 'empty' }, emptyText, emptyButton);
  document.title = texts.title;
  document.body.append(make('main', {}, ...controls.elements, empty, grid.element));
  if (saved) {
    grid.restore(saved);
  }

  let shown: readonly Row[] = [];
  let all: readonly Row[] = [];
  let narrowed: readonly Row[] = [];
  let frame = 0;
  let isOrderOld = true;
  /** Paints once per frame, whatever arrives in between. Filters and sorts only if the order may have changed. */
  function update(change: 'order' | 'details' = 'order'): void {
    isOrderOld ||= change === 'order' || isSortedByDetails();
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      all = rows.all(unprovenAfterDays, Date.now());
      if (isOrderOld) {
        isOrderOld = false;
        narrowed = filterRows(all, filter);
        shown = sortRows(
          narrowed.filter((row) => matchesState(row, filter.state)),
          sort,
          collator,
        );
        head.show(sort);
        keepingFocus(() => {
          // Before the rows: a hidden grid cannot scroll.
          showEmpty();
          grid.show(shown);
          showControls();
        });
        if (isSortedByDetails()) {
          ask(shown);
        }
      } else {
        const now = new Map(all.map((row) => [row.key, row]));
        shown = shown.map((row) => now.get(row.key) ?? row);
        grid.show(shown);
      }
    });
  }

  /** Moves the focus if its element is gone or hidden, such as the last row, or a button that acts on a selection. */
  function keepingFocus(work: () => void): void {
    const focused = document.activeElement;
    work();
    const isGone = document.activeElement === document.body && focused !== document.body;
    if (isGone || focused?.closest('[hidden]')) {
      (!grid.element.hidden ? grid : emptyButton.closest('[hidden]') ? controls : emptyButton).focus();
    }
  }

  /** Sorting by a number that is loaded on demand needs it for all rows. */
  const isSortedByDetails = (): boolean => sort.column === 'policies' || sort.column === 'alerts';

  function showControls(): void {
    controls.show({
      filter,
      accounts: rows.accounts(),
      all,
      narrowed,
      shown: shown.length,
      selected: grid.selected().length,
      isMarking: unprovenAfterDays > 0,
    });
  }

  function showEmpty(): void {
    const why = whyEmpty(rows.accounts(), all);
    empty.hidden = shown.length > 0 || !isComplete || why === undefined;
    grid.element.hidden = shown.length === 0;
    grid.element.classList.toggle('marking', unprovenAfterDays > 0);
    const unknown = why === 'noAccount' ? problem : undefined;
    emptyText.textContent = unknown ?? (why === undefined ? '' : texts[why]);
    emptyButton.textContent = why === 'noAccount' ? texts.addAccount : texts.clearFilter;
    emptyButton.hidden = why === 'noDestination' || why === undefined || unknown !== undefined;
  }

  function ask(wanted: readonly Row[]): void {
    const missing = wanted.filter(({ accountId, destinationId }) => !requested.get(accountId)?.has(destinationId));
    for (const { accountId, destinationId } of missing) {
      requested.set(accountId, (requested.get(accountId) ?? new Set()).add(destinationId));
    }
    if (missing.length > 0) {
      host.postMessage({ kind: 'visible', rows: missing.map(toTarget) });
    }
  }

  let settling = 0;
  let lastSelected = -1;
  /** After a move: shows the new selection at once; asks for details and persists the place once it has settled. */
  function later(): void {
    const selected = grid.selected().length;
    if (selected !== lastSelected) {
      lastSelected = selected;
      keepingFocus(showControls);
    }
    clearTimeout(settling);
    settling = window.setTimeout(() => {
      ask(grid.visible());
      const { selected: kept, active, scroll } = grid.place();
      host.setState({
        version: 1,
        filter: { ...filter, text: reduceUrls(filter.text) },
        sort,
        selected: [...kept],
        active,
        scroll,
      });
    }, SETTLING);
  }

  let today = new Date().toDateString();
  window.setInterval(() => {
    const day = new Date().toDateString();
    if (day !== today) {
      // The days of all timelines have moved.
      today = day;
      requested.clear();
    }
    update();
  }, MINUTE);

  /** The details of a removed account are gone from the page. They are requested again if the account comes back. */
  function forgetRequests(kept: ReadonlySet<string>): void {
    for (const id of requested.keys()) {
      if (!kept.has(id)) {
        requested.delete(id);
      }
    }
  }

  function receive(message: Exclude<ToOverview, { kind: 'texts' | 'takeFocus' }>): void {
    switch (message.kind) {
      case 'settings':
        ({ unprovenAfterDays } = message);
        break;
      case 'accounts':
        rows.setAccounts(message.accountIds);
        forgetRequests(new Set(message.accountIds));
        ({ isComplete, problem } = message);
        break;
      case 'account':
        rows.setAccount(message.account, message.rows);
        break;
      case 'details':
        rows.setDetails(message.accountId, message.details);
        update('details');
        return undefined;
      case 'outdated':
        requested.delete(message.accountId);
        break;
      default:
        return message satisfies never;
    }
    update();
    return undefined;
  }

  return { receive };
}

function toTarget({ accountId, destinationId }: Row): OverviewTarget {
  return { accountId, destinationId };
}
