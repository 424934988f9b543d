/** What a key does in the grid. */
export type GridKey =
  | { readonly kind: 'move'; readonly index: number; readonly isExtending: boolean }
  | { readonly kind: 'find'; readonly letter: string }
  | { readonly kind: 'open' | 'toggle' | 'selectAll' | 'clear' | 'delete' };

export type GridPosition = {
  /** The row with the focus, and the last row. */
  readonly at: number;
  readonly last: number;
  /** The rows that PageUp and PageDown move by. */
  readonly page: number;
  /** Whether a word is being typed, which may contain spaces. */
  readonly isTyping: boolean;
  readonly hasSelection: boolean;
};

/** The part of a `KeyboardEvent` that decides. */
export type KeyPress = {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
};

/** Undefined if the grid does not use the key. An index may be outside of the rows. */
export function readKey(
  { key, shiftKey, altKey, ctrlKey, metaKey }: KeyPress,
  { at, last, page, isTyping, hasSelection }: GridPosition,
): GridKey | undefined {
  const isControl = ctrlKey || metaKey;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: last,
  };
  const index = targets[key];
  if (altKey) {
    return undefined;
  }
  if (index !== undefined) {
    return { kind: 'move', index, isExtending: shiftKey };
  }
  if (isControl) {
    return key.toLowerCase() === 'a' ? { kind: 'selectAll' } : undefined;
  }
  switch (key) {
    case 'Enter':
      return { kind: 'open' };
    case 'Delete':
      return { kind: 'delete' };
    case 'Escape':
      return hasSelection ? { kind: 'clear' } : undefined;
    case ' ':
      return isTyping ? { kind: 'find', letter: key } : { kind: 'toggle' };
    default:
      return key.length === 1 ? { kind: 'find', letter: key } : undefined;
  }
}

/** Letters that are typed faster than this, in milliseconds, are one word. */
const TYPING = 800;

/** Finds rows by the first letters of their names, as lists of VS Code do. */
export type TypeAhead = {
  isTyping(time: number): boolean;
  /** The index of the next name that starts with what was typed; -1 if there is none. `time`: in milliseconds. */
  find(letter: string, time: number, names: readonly string[], at: number): number;
};

export function createTypeAhead(): TypeAhead {
  let typed = '';
  let typedAt = -Infinity;
  const isTyping = (time: number): boolean => time - typedAt < TYPING;
  return {
    isTyping,
    find(letter, time, names, at) {
      typed = (isTyping(time) ? typed : '') + letter.toLowerCase();
      typedAt = time;
      // One letter goes on to the next row; a longer word may stay on this one.
      const start = at + Number(typed.length === 1);
      const order = names.map((_, index) => (start + index) % names.length);
      return order.find((index) => names[index]?.toLowerCase().startsWith(typed)) ?? -1;
    },
  };
}
