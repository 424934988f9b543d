/** One line of the result. An empty unit is an exact count. */
export type Row = { readonly name: string; readonly value: number; readonly unit: 'ms' | 'MB' | 'bytes' | '×' | '' };

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function printRows(rows: readonly Row[]): void {
  const widest = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, value, unit } of rows) {
    const digits = unit === '' || unit === 'bytes' ? 0 : unit === '×' ? 2 : 1;
    console.log(`${name.padEnd(widest)}  ${value.toFixed(digits).padStart(9)} ${unit}`);
  }
}
