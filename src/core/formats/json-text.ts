/** JSON with two-space indentation and a final newline, for a document of VS Code. */
export function toJsonText(value: unknown): string {
  // VS Code offers to remove these line separators from a document, which would change names.
  const json = JSON.stringify(value, undefined, 2)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
  return `${json}\n`;
}
