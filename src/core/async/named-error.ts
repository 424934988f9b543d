/**
 * Returns a check for errors with the given `name`. The extension consists of several bundles, each with its own copy of an
 * error class, so `instanceof` fails for an error from the other bundle.
 */
export function isNamed(name: string): (value: unknown) => boolean {
  return (value) => value instanceof Error && value.name === name;
}
