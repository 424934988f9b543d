/**
 * An `instanceof` that goes by the name. The extension is two bundles, the second loaded when it is first needed, and
 * each has its own copy of an error class.
 */
export function isNamed(name: string): (value: unknown) => boolean {
  return (value) => value instanceof Error && value.name === name;
}
