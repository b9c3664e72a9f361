// CSV rows (RFC 4180 with any separator). From lines to fields; holds one row.
//
// R1. A field is quoted as a whole or not at all; "" inside quotes is one quote, and line ends inside them belong to it.

/** Characters of one row. Without it an unclosed quote would gather the rest of the file in memory. */
export const ROW_CHARACTERS_MAX = 65_536;

/** Why a text is no row: completes "… was expected". */
export type RowFault = { readonly expected: string };

export class RowCutter {
  private readonly separator: string;
  private pending = '';

  constructor(separator: string) {
    this.separator = separator;
  }

  /** True while a quoted field goes over the end of a line. */
  get open(): boolean {
    return this.pending !== '';
  }

  /** The fields of a row; null when the row goes on in the next line. */
  take(line: string): readonly string[] | RowFault | null {
    if (this.pending === '' && !line.includes('"')) return line.split(this.separator);
    const row = this.pending === '' ? line : `${this.pending}\n${line}`;
    if (row.length > ROW_CHARACTERS_MAX) return { expected: `a row of at most ${ROW_CHARACTERS_MAX} characters` };
    const fields = this.fieldsOf(row);
    this.pending = fields === null ? row : '';
    return fields;
  }

  private fieldsOf(row: string): readonly string[] | RowFault | null {
    const fields: string[] = [];
    for (let at = 0; at <= row.length;) {
      if (row[at] !== '"') {
        const end = this.separatorFrom(row, at);
        const field = row.slice(at, end);
        if (field.includes('"')) return { expected: 'quotes around a whole field' };
        fields.push(field);
        at = end + 1;
        continue;
      }
      const close = closingQuote(row, at + 1);
      if (close < 0) return null;
      if (close + 1 < row.length && row[close + 1] !== this.separator) {
        return { expected: 'a separator after a closing quote' };
      }
      fields.push(row.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 2;
    }
    return fields;
  }

  private separatorFrom(row: string, at: number): number {
    const end = row.indexOf(this.separator, at);
    return end < 0 ? row.length : end;
  }
}

/** -1 when the quotes are not closed. */
function closingQuote(row: string, from: number): number {
  for (let at = row.indexOf('"', from); at >= 0; at = row.indexOf('"', at + 2)) {
    if (row[at + 1] !== '"') return at;
  }
  return -1;
}
