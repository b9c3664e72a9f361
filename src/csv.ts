// CSV (RFC 4180). Rows of plain values under the names of their columns.

export type CsvRow<Column extends string = string> = Readonly<Record<Column, string | number>>;

/** One line a row after the line of names, which is there without any row too; `names`: false where rows go on. */
export function csvOf<Column extends string>(
  columns: readonly Column[],
  rows: readonly CsvRow<Column>[],
  names = true,
): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [...(names ? [columns.join(',')] : []), ...lines, ''].join('\r\n');
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
