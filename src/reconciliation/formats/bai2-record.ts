// Records of BAI2 (BAI Cash Management Balance Reporting, version 2). A logical record is a line and the 88 lines after it;
// a cursor goes through its fields.

import type { Position } from './statement.ts';

/** Lines of one record. Banks write a dozen for the details of a payment. */
export const RECORD_LINES_MAX = 500;

/** A logical record; `lines` without their codes and end marks. */
export type BaiRecord = { readonly code: string; readonly lines: string[]; readonly position: Position };

/** A line's code and the rest of it without its end mark, and whether it has one. */
export function splitLine(raw: string): { readonly code: string; readonly rest: string; readonly ended: boolean } {
  const text = raw.trimEnd();
  const ended = text.endsWith('/');
  const rest = ended ? text.slice(3, -1) : text.slice(3);
  return { code: text.charAt(2) === ',' ? text.slice(0, 2) : '', rest, ended };
}

/** True for lines that end with a text, which banks write without an end mark. */
export function mayLackEnd(code: string): boolean {
  return code === '16' || code === '88';
}

/** Goes through the fields of a record; past its end they are ''. */
export class FieldCursor {
  private readonly lines: readonly string[];
  private line = 0;
  private at = 0;

  constructor({ lines }: BaiRecord) {
    this.lines = lines;
  }

  get done(): boolean {
    return this.line >= this.lines.length;
  }

  next(): string {
    const line = this.lines[this.line];
    if (line === undefined) return '';
    const comma = line.indexOf(',', this.at);
    const field = comma < 0 ? line.slice(this.at) : line.slice(this.at, comma);
    if (comma >= 0) this.at = comma + 1;
    else this.nextLine();
    return field.trim();
  }

  /** All that is left, commas included: a text is the last field and may have them. */
  rest(): string {
    const [first = '', ...others] = this.lines.slice(this.line);
    const parts = this.done ? [] : [first.slice(this.at), ...others];
    this.line = this.lines.length;
    return parts
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join('\n');
  }

  private nextLine(): void {
    this.line += 1;
    this.at = 0;
  }
}

/** The funds type of an amount and what belongs to it: V a value date and a time, S three amounts, D pairs of days and amounts. */
export function skipFunds(cursor: FieldCursor): { readonly valueDate: string; readonly known: boolean } {
  const type = cursor.next();
  switch (type) {
    case 'V': {
      const valueDate = cursor.next();
      cursor.next();
      return { valueDate, known: true };
    }
    case 'S':
      for (let field = 0; field < 3; field++) cursor.next();
      return { valueDate: '', known: true };
    case 'D': {
      const pairs = Number(cursor.next());
      for (let field = 0; field < pairs * 2 && !cursor.done; field++) cursor.next();
      return { valueDate: '', known: Number.isInteger(pairs) };
    }
    case '':
    case '0':
    case '1':
    case '2':
    case 'Z':
      return { valueDate: '', known: true };
    default:
      return { valueDate: '', known: false };
  }
}

/** Which way a type code moves money; 0 for one that moves none; null for one that does not say. */
export function signOfType(code: string): 1 | -1 | 0 | null {
  if (!/^[0-9]{3}$/.test(code)) return null;
  const type = Number(code);
  if (type === 890) return 0;
  if ((type >= 100 && type <= 399) || (type >= 920 && type <= 959)) return 1;
  if ((type >= 400 && type <= 699) || (type >= 960 && type <= 999)) return -1;
  return null;
}
