/**
 * Formats a table as CSV (RFC 4180) with a byte order mark, without which Excel does not read it as UTF-8. A cell that a
 * spreadsheet would run as a formula starts with an apostrophe (OWASP, "CSV Injection").
 */
export function formatCsv(table: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${table.map((cells) => `${cells.map(formatCell).join(',')}\r\n`).join('')}`;
}

function formatCell(value: string | number): string {
  const text = typeof value === 'string' && /^[\s]*[=+\-@\t\r|]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
