import { make, setAttribute } from '../dom.ts';
import type { Row } from './rows.ts';

/** A row to show. `index`: among all rows. */
export type PlacedRow = {
  readonly row: Row;
  readonly index: number;
  readonly isTabStop: boolean;
  readonly isSelected: boolean;
};

/** The cells of a row, and a text that changes if they do. */
export type DrawRow = (row: Row) => { readonly signature: string; readonly cells: () => readonly Node[] };

/** The rows that are in the page. */
export type RowPool = {
  /** Shows exactly these rows. A row that was shown keeps its element. `height`: of a row, in pixels. */
  show(placed: readonly PlacedRow[], height: number): void;
  elementOf(key: string): HTMLElement | undefined;
};

export function createRowPool(body: HTMLElement, draw: DrawRow): RowPool {
  const drawn = new Map<string, { readonly element: HTMLElement; signature: string }>();

  function paint({ row, index, isTabStop, isSelected }: PlacedRow, height: number): HTMLElement {
    const { signature, cells } = draw(row);
    let known = drawn.get(row.key);
    if (!known) {
      known = { element: make('div', { role: 'row', class: 'row', 'data-key': row.key }), signature: '' };
      drawn.set(row.key, known);
    }
    if (known.signature !== signature) {
      known.signature = signature;
      known.element.replaceChildren(...cells());
    }
    const { element } = known;
    element.style.transform = `translateY(${index * height}px)`;
    setAttribute(element, 'aria-rowindex', String(index + 2));
    setAttribute(element, 'aria-selected', String(isSelected));
    setAttribute(element, 'tabindex', isTabStop ? '0' : '-1');
    return element;
  }

  return {
    show(placed, height) {
      const kept = new Set(placed.map(({ row }) => row.key));
      for (const [key, { element }] of drawn) {
        if (!kept.has(key)) {
          element.remove();
          drawn.delete(key);
        }
      }
      placeInOrder(
        body,
        placed.map((each) => paint(each, height)),
      );
    },
    elementOf: (key) => drawn.get(key)?.element,
  };
}

/**
 * Gives an element these children, in this order, because screen readers read in the order of the page. An element with
 * the focus must not be moved, or it loses the focus, so what is in front of it moves behind it.
 */
function placeInOrder(parent: HTMLElement, children: readonly HTMLElement[]): void {
  let next = parent.firstElementChild;
  for (const each of children) {
    while (next && next !== each && each === document.activeElement) {
      const after: Element | null = next.nextElementSibling;
      parent.append(next);
      next = after;
    }
    if (next !== each) {
      parent.insertBefore(each, next);
    }
    next = each.nextElementSibling;
  }
}
