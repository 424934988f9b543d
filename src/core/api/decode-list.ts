import { ApiError } from './api-error.ts';

/**
 * What could not be read of a list: its entries that cannot be shown at all, and the places of what is odd in them or in
 * the others (`3.last_success`). Never a value, which may be a secret.
 */
export type Oddities = { readonly skipped: number; readonly places: readonly string[] };

/** Gathers what is odd while a list is decoded. */
type Note = (place: string) => void;

/** The fields of one entry, each of which may be missing, null or of another type than promised. */
export type Entry = {
  /** A text; empty where there is none. */
  text(key: string): string;
  /** An ID; undefined where there is none, and the entry cannot be shown. */
  id(key: string): string | undefined;
  /** A time as the API writes it. One written as a number of seconds or milliseconds is converted. */
  time(key: string): string | undefined;
  flag(key: string, otherwise: boolean): boolean;
  /** A list of objects; one object alone counts as such a list. */
  list(key: string): readonly Entry[];
  /** The keys and fields of an object of lists. */
  object(key: string): { readonly keys: readonly string[]; readonly entry: Entry };
};

/**
 * Decodes a list entry by entry: one that is malformed never hides the others. No result is how the reference allows an
 * empty list to look. Throws {@link ApiError} where it is no list, or nothing of it can be shown.
 */
export function decodeList<T>(
  result: unknown,
  what: string,
  toItem: (entry: Entry, raw: Readonly<Record<string, unknown>>) => T | undefined,
): { readonly items: readonly T[]; readonly oddities: Oddities } {
  const list: unknown = result ?? [];
  if (!Array.isArray(list)) {
    throw new ApiError({ kind: 'protocol', reason: `expected ${what}, but result should be Array` });
  }
  const places: string[] = [];
  const items = list.flatMap((raw: unknown, index): readonly T[] => {
    if (!isObject(raw)) {
      places.push(String(index));
      return [];
    }
    const item = toItem(
      toEntry(raw, `${index}`, (place) => places.push(place)),
      raw,
    );
    return item === undefined ? [] : [item];
  });
  const skipped = list.length - items.length;
  if (skipped > 0 && items.length === 0) {
    throw new ApiError({
      kind: 'protocol',
      reason: `expected ${what}, but cannot read ${places.slice(0, 3).join(', ')}`,
    });
  }
  return { items, oddities: { skipped, places } };
}

function toEntry(raw: Readonly<Record<string, unknown>>, place: string, note: Note): Entry {
  // An own property only: `constructor` is a possible key.
  const get = (key: string): unknown => (Object.hasOwn(raw, key) ? (raw[key] ?? undefined) : undefined);
  const noteField = (key: string): undefined => {
    note(`${place}.${key}`);
  };
  return {
    text(key) {
      const value = get(key);
      if (typeof value === 'string') {
        return value;
      }
      return value === undefined ? '' : (noteField(key) ?? '');
    },
    id(key) {
      const value = get(key);
      return typeof value === 'string' && value !== '' ? value : noteField(key);
    },
    time(key) {
      const value = get(key);
      if (typeof value === 'number') {
        return toTime(value) ?? noteField(key);
      }
      return typeof value === 'string' ? value || undefined : value === undefined ? undefined : noteField(key);
    },
    flag(key, otherwise) {
      const value = get(key);
      if (typeof value === 'boolean') {
        return value;
      }
      return value === undefined ? otherwise : (noteField(key) ?? otherwise);
    },
    list(key) {
      const value = get(key);
      const list: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
      return list.flatMap((each, index) => {
        const at = Array.isArray(value) ? `${place}.${key}.${index}` : `${place}.${key}`;
        if (isObject(each)) {
          return [toEntry(each, at, note)];
        }
        note(at);
        return [];
      });
    },
    object(key) {
      const value = get(key);
      if (value !== undefined && !isObject(value)) {
        noteField(key);
      }
      const object = isObject(value) ? value : {};
      return { keys: Object.keys(object), entry: toEntry(object, `${place}.${key}`, note) };
    },
  };
}

/** Seconds or milliseconds since the epoch, of this century. */
function toTime(value: number): string | undefined {
  const milliseconds = value > 1e11 ? value : value * 1000;
  return milliseconds > 9e11 && milliseconds < 5e12 ? new Date(milliseconds).toISOString() : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
