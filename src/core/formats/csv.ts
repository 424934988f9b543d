/**
 * Formats a table as CSV (RFC 4180) with a byte order mark, without which Excel does not read it as UTF-8. A cell that a
 * spreadsheet would run as a formula starts with an apostrophe (OWASP, "CSV Injection"). So does what follows a semicolon
 * or a line break: in many languages, Excel splits at semicolons, and then no quotation mark keeps a text together.
 */
export function formatCsv(table: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${table.map((cells) => `${cells.map(formatCell).join(',')}\r\n`).join('')}`;
}

function formatCell(value: string | number): string {
  if (typeof value === 'number') {
    return String(value);
  }
  // Each match takes all white space, so that the time is proportional to the length.
  const safe = value.replaceAll(/([;\r\n][\s"]*)([=+\-@|]?)/g, (whole, before: string, formula: string) =>
    formula === '' ? whole : `${before}'${formula}`,
  );
  const text = /^\s*[=+\-@\t\r|]/.test(value) ? `'${safe}` : safe;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
