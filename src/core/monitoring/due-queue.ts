/** Keys ordered by due time, then by insertion. A binary heap that also indexes the position of each key. */
export type DueQueue<K> = {
  /** Adds a key, or moves it. O(log n). */
  set(key: K, at: number): void;
  delete(key: K): void;
  first(): { readonly key: K; readonly at: number } | undefined;
  size(): number;
  clear(): void;
};

type Item<K> = { readonly key: K; readonly at: number; readonly order: number };

export function createDueQueue<K>(): DueQueue<K> {
  let heap: Item<K>[] = [];
  const places = new Map<K, number>();
  let order = 0;

  function put(item: Item<K>, place: number): void {
    heap[place] = item;
    places.set(item.key, place);
  }

  /** Moves an item towards the root until its parent is not later. Returns its position. */
  function rise(item: Item<K>, from: number): number {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || isBefore(parent, item)) {
        break;
      }
      put(parent, place);
      place = above;
    }
    put(item, place);
    return place;
  }

  function sink(item: Item<K>, from: number): void {
    let place = from;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || isBefore(item, child)) {
        break;
      }
      const below = child === left ? 2 * place + 1 : 2 * place + 2;
      put(child, place);
      place = below;
    }
    put(item, place);
  }

  function remove(key: K): void {
    const place = places.get(key);
    const last = heap.at(-1);
    if (place === undefined || !last) {
      return;
    }
    places.delete(key);
    heap.pop();
    if (last.key !== key) {
      sink(last, rise(last, place));
    }
  }

  return {
    set(key, at) {
      remove(key);
      order += 1;
      rise({ key, at, order }, heap.length);
    },
    delete: remove,
    first: () => heap[0],
    size: () => heap.length,
    clear() {
      heap = [];
      places.clear();
    },
  };
}

function isBefore<K>(a: Item<K>, b: Item<K>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
