import * as v from 'valibot';

/** Makes a function that validates a value, such as a message. It returns undefined if the value is not of the schema. */
export function parserOf<Schema extends v.GenericSchema>(
  schema: Schema,
): (value: unknown) => v.InferOutput<Schema> | undefined {
  return (value) => {
    const result = v.safeParse(schema, value);
    return result.success ? result.output : undefined;
  };
}
