import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { make, setAttribute } from '../dom.ts';
import { keysBetween, type Row } from './rows.ts';

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
  /** The cells of a row, and a text that changes if they do. */
  readonly draw: (
    row: Row,
    isSelected: boolean,
  ) => { readonly signature: string; readonly cells: () => readonly Node[] };
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
/** Letters that are typed faster than this, in milliseconds, are one word. */
const TYPING = 800;

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
  const drawn = new Map<string, { readonly element: HTMLElement; signature: string }>();
  const body = make('div', { role: 'rowgroup', class: 'rows' });
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
    const kept = new Set(shown.map((index) => rows[index]?.key));
    for (const [key, { element: old }] of drawn) {
      if (!kept.has(key)) {
        old.remove();
        drawn.delete(key);
      }
    }
    body.style.height = `${rows.length * rowHeight}px`;
    // Without a row that had the focus, a visible one is the tab stop.
    const tabStop = activeIndex >= 0 ? activeIndex : shown[0];
    let next = body.firstElementChild;
    for (const index of shown) {
      const row = rows[index];
      if (row) {
        const each = paintRow(row, index, index === tabStop);
        // Screen readers read in the order of the page. The row with the focus must not be moved, or it loses the focus.
        if (each !== next && each === document.activeElement) {
          while (next && next !== each) {
            const after: Element | null = next.nextElementSibling;
            body.append(next);
            next = after;
          }
        } else if (each !== next) {
          body.insertBefore(each, next);
        }
        next = each.nextElementSibling;
      }
    }
    setAttribute(element, 'aria-rowcount', String(rows.length + 1));
    onMoved();
  }

  function paintRow(row: Row, index: number, isTabStop: boolean): HTMLElement {
    const isSelected = selected.has(row.key);
    const { signature, cells } = draw(row, isSelected);
    let known = drawn.get(row.key);
    if (!known) {
      const added = make('div', { role: 'row', class: 'row', 'data-key': row.key });
      known = { element: added, signature: '' };
      drawn.set(row.key, known);
    }
    if (known.signature !== signature) {
      known.signature = signature;
      known.element.replaceChildren(...cells());
    }
    const { element: shown } = known;
    shown.style.transform = `translateY(${index * rowHeight}px)`;
    setAttribute(shown, 'aria-rowindex', String(index + 2));
    setAttribute(shown, 'aria-selected', String(isSelected));
    setAttribute(shown, 'tabindex', isTabStop ? '0' : '-1');
    return shown;
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
    drawn.get(active)?.element.focus({ preventScroll: true });
  }

  let typed = '';
  let typedAt = 0;
  function find(letter: string, time: number): void {
    typed = time - typedAt < TYPING ? typed + letter : letter;
    typedAt = time;
    const word = typed.toLowerCase();
    const start = Math.max(0, indexOf(active));
    // One letter goes on to the next row; a longer word may stay on this one.
    const order = [...rows.slice(start + Number(word.length === 1)), ...rows.slice(0, start + 1)];
    const match = order.find(({ name }) => name.toLowerCase().startsWith(word));
    if (match) {
      moveTo(indexOf(match.key));
    }
  }

  const pageRows = (): number => Math.max(1, Math.floor((element.clientHeight - HEAD_HEIGHT) / rowHeight) - 1);

  function onKey(event: KeyboardEvent): void {
    const { key, shiftKey, altKey } = event;
    const isControl = event.ctrlKey || event.metaKey;
    const at = Math.max(0, indexOf(active));
    const row = rows[at];
    const target: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + pageRows(),
      PageUp: at - pageRows(),
      Home: 0,
      End: rows.length - 1,
    };
    const index = target[key];
    if (altKey || !row) {
      return;
    }
    if (index !== undefined) {
      moveTo(index, shiftKey);
    } else if (key === 'Enter') {
      onOpen(row);
    } else if (key === ' ' && typed !== '' && event.timeStamp - typedAt < TYPING) {
      find(key, event.timeStamp);
    } else if (key === ' ') {
      toggle(row.key);
    } else if (isControl && key.toLowerCase() === 'a') {
      setSelected(rows.map((each) => each.key));
    } else if (key === 'Escape' && selected.size > 0) {
      setSelected([]);
    } else if (key === 'Delete') {
      if (chosen().length === 0) {
        setSelected([row.key]);
      }
      onDelete();
    } else if (key.length === 1 && !isControl) {
      find(key, event.timeStamp);
    } else {
      return;
    }
    event.preventDefault();
  }

  const rowAt = (target: EventTarget | null): Row | undefined => {
    const key = target instanceof Element ? target.closest('.row')?.getAttribute('data-key') : undefined;
    return rows[indexOf(key ?? '')];
  };

  // The user scrolls, so the saved position must not come back with the next rows.
  for (const event of ['wheel', 'pointerdown', 'keydown']) {
    element.addEventListener(event, () => (scrollLater = 0), { passive: true });
  }
  body.addEventListener('keydown', onKey);
  body.addEventListener('focusin', ({ target }) => {
    const row = rowAt(target);
    if (row && row.key !== active) {
      active = row.key;
      anchor = active;
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
      onOpen(row);
    } else {
      setSelected([row.key]);
      anchor = row.key;
    }
    active = row.key;
    paint();
    drawn.get(active)?.element.focus({ preventScroll: true });
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
        }
        drawn.get(row.key)?.element.setAttribute('data-vscode-context', toContext(row));
      }
    },
    true,
  );

  function toContext({ accountId, destinationId }: Row): string {
    const nodes = chosen().map((each) => ({
      kind: 'destination',
      accountId: each.accountId,
      destinationId: each.destinationId,
    }));
    return JSON.stringify({
      webviewSection: 'destination',
      preventDefaultContextMenuItems: true,
      kind: 'destination',
      accountId,
      destinationId,
      several: nodes.length > 1,
      selection: nodes,
    });
  }

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
