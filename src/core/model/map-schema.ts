import * as v from 'valibot';

/**
 * A JSON object as a Map of its own properties. Unlike `v.record` it keeps every key: `v.record` drops `constructor`,
 * `prototype` and `__proto__`, which an ID or a name from outside may be.
 */
export function mapOf<T extends v.GenericSchema>(values: T) {
  return v.pipe(
    v.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
    v.transform((value): readonly (readonly [string, unknown])[] => Object.entries(value)),
    v.array(v.tuple([v.string(), values])),
    v.transform((entries): ReadonlyMap<string, v.InferOutput<T>> => new Map(entries)),
  );
}
