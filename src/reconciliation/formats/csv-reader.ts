// CSV reader. A file of one statement without balances: its header, then a line a row.
//
// V1. Every row has as many fields as the header, and every column that the mapping names is there.

import { CsvLines } from './csv-lines.ts';
import { knownMapping } from './csv-mapping.ts';
import { RowCutter } from './csv-row.ts';
import { Refuser } from './format-error.ts';
import { LINE_BYTES_MAX, LineCutter, type LineFault } from './line-cutter.ts';
import type { ReadOptions } from './read-options.ts';
import type { FormatReader, Position, StatementItem } from './statement.ts';

/** @throws FormatError from feed and end */
export function csvReader(options: ReadOptions): FormatReader {
  const reader = new CsvReader(options);
  return { feed: (bytes, out) => reader.feed(bytes, out), end: (out) => reader.end(out) };
}

class CsvReader {
  private readonly options: ReadOptions;
  private readonly refuse: Refuser;
  private readonly cutter: LineCutter;
  private readonly rowCutter: RowCutter;
  private rowLine = 1;
  private body: CsvLines | null = null;

  constructor(options: ReadOptions) {
    this.options = options;
    this.refuse = new Refuser(options.file);
    this.cutter = new LineCutter(options.csv?.encoding ?? 'utf-8');
    this.rowCutter = new RowCutter(options.csv?.separator ?? ',');
  }

  feed(bytes: Uint8Array, out: StatementItem[]): void {
    this.cutter.feed(bytes, (text) => this.takeLine(text, out), this.fault);
  }

  end(out: StatementItem[]): void {
    this.cutter.end((text) => this.takeLine(text, out), this.fault);
    const position = { line: Math.max(this.cutter.count, 1), column: 1 };
    if (this.rowCutter.open) throw this.refuse.expected({ line: this.rowLine, column: 1 }, '', 'a closing quote');
    if (this.body === null) throw this.refuse.expected(position, '', 'a line with the names of the columns');
    this.body.close(position, out);
  }

  private readonly fault = (why: LineFault): never => {
    const position = { line: this.cutter.count + 1, column: 1 };
    if (why === 'too_long') throw this.refuse.tooLong(position, 'a line', LINE_BYTES_MAX, 'bytes');
    throw this.refuse.expected(position, '', 'UTF-8');
  };

  private takeLine(text: string, out: StatementItem[]): void {
    if (!this.rowCutter.open) this.rowLine = this.cutter.count;
    const fields = this.rowCutter.take(text);
    if (fields === null) return;
    const position = { line: this.rowLine, column: 1 };
    if ('expected' in fields) throw this.refuse.expected(position, '', fields.expected);
    if (this.body === null) this.body = this.openBody(fields, position, out);
    else if (fields.length > 1 || fields[0] !== '') this.body.take(fields, position, out);
  }

  private openBody(names: readonly string[], position: Position, out: StatementItem[]): CsvLines {
    const mapping = this.options.csv ?? knownMapping(names);
    if (mapping === null) {
      throw this.refuse.expected(position, '', 'the columns of a known bill, or a mapping', names.join(','));
    }
    return new CsvLines({ options: this.options, refuse: this.refuse, mapping, names, position }, out);
  }
}
