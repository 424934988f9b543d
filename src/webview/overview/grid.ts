import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { make, setAttribute } from '../dom.ts';
import { createTypeAhead, readKey } from './grid-keys.ts';
import { createRowPool, type DrawRow } from './row-pool.ts';
import { contextOf, keysBetween, type Row } from './rows.ts';

/** A grid of rows, of which only the visible ones are in the page. */
export type Grid = {
  readonly element: HTMLElement;
  /** Replaces the rows. Selection and focus stay with the rows that are still there. */
  show(rows: readonly Row[]): void;
  /** The selected rows, in their order. */
  selected(): readonly Row[];
  select(keys: Iterable<string>): void;
  visible(): readonly Row[];
  place(): Place;
  restore(place: Place): void;
  focus(): void;
};

/** The keys of the selected rows and of the row with the focus, and the scroll position in pixels. */
export type Place = { readonly selected: readonly string[]; readonly active: string; readonly scroll: number };

export type GridParts = {
  readonly label: string;
  readonly head: HTMLElement;
  readonly columns: number;
  readonly draw: DrawRow;
  readonly onOpen: (row: Row) => void;
  readonly onDelete: () => void;
  /** The selection, the visible rows or the scroll position changed. */
  readonly onMoved: () => void;
};

/** In pixels, as in `media/overview/overview.css`. In a narrow tab, a row has two lines. */
const HEAD_HEIGHT = 28;
const ROW_HEIGHT = 28;
const TWO_LINES_HEIGHT = 44;
const NARROW = '(width < 880px)';
/** Rows that are drawn above and below the visible ones. */
const OVERSCAN = 8;

export function createGrid({ label, head, columns, draw, onOpen, onDelete, onMoved }: GridParts): Grid {
  let rows: readonly Row[] = [];
  let indexes: ReadonlyMap<string, number> = new Map();
  let selected: ReadonlySet<string> = new Set();
  let active = '';
  let anchor = '';
  /** Where the row with the focus was, for when it is deleted. */
  let activeAt = 0;
  let scrollLater = 0;
  const narrow = window.matchMedia(NARROW);
  let rowHeight = heightOf(narrow);
  const body = make('div', { role: 'rowgroup', class: 'rows' });
  const pool = createRowPool(body, draw);
  const element = make(
    'div',
    {
      role: 'grid',
      class: 'grid',
      'aria-label': label,
      'aria-multiselectable': 'true',
      'aria-colcount': String(columns),
    },
    head,
    body,
  );

  const toOptions = () => ({
    count: rows.length,
    getScrollElement: () => element,
    estimateSize: () => rowHeight,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    overscan: OVERSCAN,
    getItemKey: (index: number) => rows[index]?.key ?? index,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => paint(),
  });
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(toOptions());
  // oxlint-disable-next-line no-underscore-dangle -- its interface for use without a framework
  virtualizer._didMount();
  narrow.addEventListener('change', () => {
    rowHeight = heightOf(narrow);
    virtualizer.measure();
  });

  const indexOf = (key: string): number => indexes.get(key) ?? -1;

  function paint(): void {
    const items = virtualizer.getVirtualItems().map(({ index }) => index);
    const activeIndex = indexOf(active);
    activeAt = activeIndex < 0 ? activeAt : activeIndex;
    // The row with the focus stays in the page, so that the focus is not lost while the user scrolls.
    const shown = [...new Set(activeIndex >= 0 ? [...items, activeIndex] : items)].toSorted((a, b) => a - b);
    body.style.height = `${rows.length * rowHeight}px`;
    // Without a row that had the focus, a visible one is the tab stop.
    const tabStop = activeIndex >= 0 ? activeIndex : shown[0];
    pool.show(
      shown.flatMap((index) => {
        const row = rows[index];
        return row ? [{ row, index, isTabStop: index === tabStop, isSelected: selected.has(row.key) }] : [];
      }),
      rowHeight,
    );
    setAttribute(element, 'aria-rowcount', String(rows.length + 1));
    onMoved();
  }

  function setSelected(keys: Iterable<string>): void {
    selected = new Set(keys);
    paint();
  }

  function selectRange(from: string, to: string): void {
    anchor = indexes.has(from) ? from : to;
    setSelected(keysBetween(rows, anchor, to));
  }

  function toggle(key: string): void {
    setSelected(selected.has(key) ? [...selected].filter((each) => each !== key) : [...selected, key]);
  }

  /** Moves the focus to a row and scrolls to it. */
  function moveTo(index: number, isExtending = false): void {
    const row = rows[Math.min(Math.max(0, index), rows.length - 1)];
    if (!row) {
      return;
    }
    const before = active;
    active = row.key;
    virtualizer.scrollToIndex(indexOf(row.key), { align: 'auto' });
    if (isExtending) {
      // The row where the range began may have been deleted, or hidden by the filter.
      selectRange(indexes.has(anchor) ? anchor : before, row.key);
    } else {
      anchor = row.key;
      paint();
    }
    const focused = pool.elementOf(active);
    focused?.focus({ preventScroll: true });
    // In a low window, the page scrolls too.
    focused?.scrollIntoView({ block: 'nearest' });
  }

  const typeAhead = createTypeAhead();
  const pageRows = (): number => Math.max(1, Math.floor((element.clientHeight - HEAD_HEIGHT) / rowHeight) - 1);

  function onKey(event: KeyboardEvent): void {
    const at = Math.max(0, indexOf(active));
    const row = rows[at];
    const isTyping = typeAhead.isTyping(event.timeStamp);
    const read = readKey(event, {
      at,
      last: rows.length - 1,
      page: pageRows(),
      isTyping,
      hasSelection: selected.size > 0,
    });
    if (!row || !read) {
      return;
    }
    event.preventDefault();
    switch (read.kind) {
      case 'move':
        moveTo(read.index, read.isExtending);
        break;
      case 'find': {
        const names = rows.map(({ name }) => name);
        const found = typeAhead.find(read.letter, event.timeStamp, names, at);
        if (found >= 0) {
          moveTo(found);
        }
        break;
      }
      case 'open':
        onOpen(row);
        break;
      case 'toggle':
        toggle(row.key);
        break;
      case 'selectAll':
        setSelected(rows.map(({ key }) => key));
        break;
      case 'clear':
        setSelected([]);
        break;
      case 'delete':
        if (chosen().length === 0) {
          setSelected([row.key]);
        }
        onDelete();
        break;
      default:
        read satisfies never;
    }
  }

  const rowAt = (target: EventTarget | null): Row | undefined => {
    const key = target instanceof Element ? target.closest('.row')?.getAttribute('data-key') : undefined;
    return rows[indexOf(key ?? '')];
  };

  // The user scrolls, so the saved position must not come back with the next rows.
  for (const event of ['wheel', 'pointerdown', 'keydown']) {
    element.addEventListener(event, () => (scrollLater = 0), { passive: true });
  }
  let isShiftPress = false;
  for (const event of ['pointerdown', 'keydown'] as const) {
    body.addEventListener(event, ({ shiftKey }) => (isShiftPress = event === 'pointerdown' && shiftKey), true);
  }
  body.addEventListener('keydown', onKey);
  body.addEventListener('focusin', ({ target }) => {
    const row = rowAt(target);
    if (row && row.key !== active) {
      active = row.key;
      // The press of the mouse focuses the row before a click with Shift selects from the anchor to it.
      anchor = isShiftPress && indexes.has(anchor) ? anchor : active;
      paint();
    }
  });
  body.addEventListener('click', (event) => {
    const row = rowAt(event.target);
    if (!row) {
      return;
    }
    const isOnName = event.target instanceof Element && event.target.closest('.name') !== null;
    const isOnCheck = event.target instanceof Element && event.target.closest('.check') !== null;
    if (event.shiftKey) {
      selectRange(anchor, row.key);
    } else if (event.ctrlKey || event.metaKey || isOnCheck) {
      toggle(row.key);
      anchor = row.key;
    } else if (isOnName) {
      anchor = row.key;
      onOpen(row);
    } else {
      setSelected([row.key]);
      anchor = row.key;
    }
    active = row.key;
    paint();
    pool.elementOf(active)?.focus({ preventScroll: true });
  });
  body.addEventListener('dblclick', (event) => {
    // A click on the name has opened the row, and one on the check box has selected it.
    const isHandled = event.target instanceof Element && event.target.closest('.name, .check') !== null;
    const row = rowAt(event.target);
    if (row && !isHandled) {
      onOpen(row);
    }
  });
  // VS Code reads the context of the row after this listener.
  body.addEventListener(
    'contextmenu',
    (event) => {
      const row = rowAt(event.target);
      if (row) {
        if (!selected.has(row.key)) {
          setSelected([row.key]);
          anchor = row.key;
        }
        pool.elementOf(row.key)?.setAttribute('data-vscode-context', contextOf(row, chosen()));
      }
    },
    true,
  );

  const chosen = (): readonly Row[] => rows.filter(({ key }) => selected.has(key));

  return {
    element,
    show(next) {
      rows = next;
      indexes = new Map(next.map(({ key }, index) => [key, index]));
      virtualizer.setOptions(toOptions());
      // oxlint-disable-next-line no-underscore-dangle -- as above
      virtualizer._willUpdate();
      if (scrollLater > 0 && rows.length > 0) {
        body.style.height = `${rows.length * rowHeight}px`;
        element.scrollTop = scrollLater;
        // The rows may still be arriving.
        scrollLater = Math.abs(element.scrollTop - scrollLater) < rowHeight ? 0 : scrollLater;
      }
      const hadFocus = body.contains(document.activeElement);
      paint();
      if (hadFocus && !body.contains(document.activeElement)) {
        moveTo(indexes.has(active) ? indexOf(active) : activeAt);
      }
    },
    selected: chosen,
    select: setSelected,
    visible: () => virtualizer.getVirtualItems().flatMap(({ index }) => rows[index] ?? []),
    place: () => ({ selected: [...selected], active, scroll: scrollLater || element.scrollTop }),
    restore(place) {
      selected = new Set(place.selected);
      active = place.active;
      anchor = active;
      scrollLater = place.scroll;
    },
    focus() {
      (body.querySelector<HTMLElement>('[tabindex="0"]') ?? head.querySelector('button'))?.focus();
    },
  };
}

function heightOf(narrow: MediaQueryList): number {
  return narrow.matches ? TWO_LINES_HEIGHT : ROW_HEIGHT;
}
