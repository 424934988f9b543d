import { isUnreadable } from '../model/timestamp.ts';
import { ApiError } from './api-error.ts';

/**
 * The problems of a list: the number of entries that cannot be shown, and the places of malformed fields
 * (`3.last_success`). Never a value, which may be a secret.
 */
export type Oddities = { readonly skipped: number; readonly places: readonly string[] };

/** In the place of a timestamp of a wrong type: a text from which nothing follows. */
const UNREADABLE = 'unreadable';

/** Records an oddity while a list is decoded. */
type Note = (place: string) => void;

/** The fields of one entry. Each may be missing, null or of an unexpected type. */
export type Entry = {
  /** A string; empty if missing. */
  text(key: string): string;
  /** An ID; undefined if missing or unusable, and the entry then cannot be shown. */
  id(key: string): string | undefined;
  /**
   * A timestamp as the API writes it. A number of seconds or milliseconds is converted, also as text. See {@link isUnreadable}.
   */
  time(key: string): string | undefined;
  flag(key: string, otherwise: boolean): boolean;
  /** A list of objects. A single object counts as a list of one. */
  list(key: string): readonly Entry[];
  /** The keys and fields of an object of lists. */
  object(key: string): { readonly keys: readonly string[]; readonly entry: Entry };
};

/**
 * Decodes a list entry by entry, so that a malformed entry never hides the others. No result counts as an empty list,
 * which the API reference allows. Throws {@link ApiError} if it is not a list, or if no entry can be shown.
 */
export function decodeList<T>(
  result: unknown,
  what: string,
  toItem: (entry: Entry, raw: Readonly<Record<string, unknown>>) => T | undefined,
): { readonly items: readonly T[]; readonly oddities: Oddities } {
  const list: unknown = result ?? [];
  if (!Array.isArray(list)) {
    throw new ApiError({
      kind: 'protocol',
      answer: 'otherForm',
      forLog: `expected ${what}, but result should be Array`,
    });
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
      answer: 'otherForm',
      forLog: `expected ${what}, but cannot read ${places.slice(0, 3).join(', ')}`,
    });
  }
  return { items, oddities: { skipped, places } };
}

function toEntry(raw: Readonly<Record<string, unknown>>, place: string, note: Note): Entry {
  // Own properties only: `constructor` is a possible key.
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
      return typeof value === 'string' && isUsableId(value) ? value : noteField(key);
    },
    time(key) {
      const value = get(key);
      if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) {
        return toTime(Number(value)) ?? noteField(key) ?? UNREADABLE;
      }
      if (typeof value !== 'string') {
        return value === undefined ? undefined : (noteField(key) ?? UNREADABLE);
      }
      if (isUnreadable(value)) {
        noteField(key);
      }
      return value || undefined;
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

/** Seconds or milliseconds since the epoch, in this century. */
function toTime(value: number): string | undefined {
  const milliseconds = value > 1e11 ? value : value * 1000;
  return milliseconds > 9e11 && milliseconds < 5e12 ? new Date(milliseconds).toISOString() : undefined;
}

/** Whether an ID can be part of a path or a file name: `encodeURIComponent` throws for a lone surrogate. */
export function isUsableId(id: string): boolean {
  return id !== '' && id.isWellFormed();
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
