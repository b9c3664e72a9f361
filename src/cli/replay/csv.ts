// CSV reader. Owns the way from a file to rows: memory holds one row and one block of the file, however long the file.
//
// C1. Every row has as many fields as the header, or reading ends with an Error that names the line.
// C2. Quotes follow RFC 4180: a field is quoted as a whole or not at all, and "" inside quotes is one quote.

import { createReadStream } from 'node:fs';

export type CsvRow<Column extends string> = {
  /** Line on which the row ends, counted from 1 (the header). */
  readonly line: number;
  readonly fields: Readonly<Record<Column, string>>;
};

/** Characters of one row. Without it an unclosed quote would gather the rest of the file in memory. */
const ROW_CHARACTERS_MAX = 65_536;

type Place = 'field_start' | 'plain' | 'quoted' | 'quote_in_quoted';

/** Rows of a UTF-8 file with a header line; `columns` must all be there, others are ignored. */
export async function* readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
): AsyncGenerator<CsvRow<Column>> {
  let header: Header<Column> | undefined;
  for await (const { line, values } of readRows(path)) {
    if (header === undefined) header = readHeader(path, values, columns);
    else yield { line, fields: namedFields(path, line, header, values) };
  }
  if (header === undefined) throw new Error(`${path}: empty, a header line was expected`);
}

type Header<Column extends string> = { readonly names: readonly string[]; readonly columns: readonly Column[] };

function readHeader<Column extends string>(
  path: string,
  names: readonly string[],
  columns: readonly Column[],
): Header<Column> {
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new Error(`${path}: no column ${missing.join(', ')} among ${names.join(', ')}`);
  return { names, columns };
}

function namedFields<Column extends string>(
  path: string,
  line: number,
  { names, columns }: Header<Column>,
  values: readonly string[],
): Record<Column, string> {
  const fields = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  if (values.length !== names.length || !hasAll(fields, columns)) {
    throw new Error(`${path}:${line}: ${values.length} fields, the header has ${names.length}`);
  }
  return fields;
}

function hasAll<Column extends string>(
  fields: Readonly<Record<string, string | undefined>>,
  columns: readonly Column[],
): fields is Record<Column, string> {
  return columns.every((column) => fields[column] !== undefined);
}

async function* readRows(path: string): AsyncGenerator<{ line: number; values: string[] }> {
  const parser = new RowParser(path);
  const chunks: AsyncIterable<string> = createReadStream(path, { encoding: 'utf8', highWaterMark: 65_536 });
  let first = true;
  for await (const chunk of chunks) {
    yield* parser.feed(first && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk);
    first = false;
  }
  yield* parser.end();
}

/** Cuts characters into rows; state lives across the blocks of the file. */
class RowParser {
  private readonly path: string;
  private place: Place = 'field_start';
  private line = 1;
  private characters = 0;
  private field = '';
  private values: string[] = [];

  constructor(path: string) {
    this.path = path;
  }

  *feed(chunk: string): Generator<{ line: number; values: string[] }> {
    for (const character of chunk) {
      if (++this.characters > ROW_CHARACTERS_MAX)
        throw this.error(`a row of more than ${ROW_CHARACTERS_MAX} characters`);
      if (character === '\n' && this.place !== 'quoted') yield this.endRow();
      else this.take(character);
      if (character === '\n') this.line += 1;
    }
  }

  /** The last row may lack its line end. */
  *end(): Generator<{ line: number; values: string[] }> {
    if (this.place === 'quoted') throw this.error('the file ends inside quotes');
    if (this.characters > 0) yield this.endRow();
  }

  private take(character: string): void {
    switch (this.place) {
      case 'quoted':
        if (character === '"') this.place = 'quote_in_quoted';
        else this.field += character;
        return;
      case 'quote_in_quoted':
        return this.takeAfterQuote(character);
      case 'field_start':
        if (character === '"') this.place = 'quoted';
        else this.takePlain(character);
        return;
      case 'plain':
        if (character === '"') throw this.error('a quote inside an unquoted field');
        return this.takePlain(character);
    }
  }

  private takePlain(character: string): void {
    if (character === ',') return this.endField();
    this.place = 'plain';
    this.field += character;
  }

  private takeAfterQuote(character: string): void {
    if (character === '"') {
      this.field += character;
      this.place = 'quoted';
    } else if (character === ',') this.endField();
    else if (character !== '\r') throw this.error('characters after a closing quote');
  }

  private endField(): void {
    this.values.push(this.field);
    this.field = '';
    this.place = 'field_start';
  }

  private endRow(): { line: number; values: string[] } {
    if (this.place === 'plain' && this.field.endsWith('\r')) this.field = this.field.slice(0, -1);
    this.endField();
    const row = { line: this.line, values: this.values };
    this.values = [];
    this.characters = 0;
    return row;
  }

  private error(what: string): Error {
    return new Error(`${this.path}:${this.line}: ${what}`);
  }
}
