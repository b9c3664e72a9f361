// MT940 reader. Lines to fields, fields to statements. Holds one field and one statement line.
//
// M1. A message begins at its first field and ends at a line with '-', at :20: or at the end of the file; what is around it
// (envelopes of networks, names of banks) is left out. M2. A message may be a part of one: lines without balances are lines.

import { digitsOf, readDecimal } from './amount.ts';
import { Refuser } from './format-error.ts';
import { LINE_BYTES_MAX, LineCutter, type LineFault } from './line-cutter.ts';
import { readBalanceField, readLineField, type LineField } from './mt940-fields.ts';
import { counterpartyOf, endToEndOf, plainText } from './mt940-text.ts';
import { findOurNumber } from './our-number.ts';
import type { ReadOptions } from './read-options.ts';
import { StatementCheck, warn } from './statement-check.ts';
import type { Balance, FormatReader, Position, StatementItem } from './statement.ts';

/** Lines of one field. The standard has 6 of 65 characters; banks write up to some dozens. */
const FIELD_LINES_MAX = 200;

/** Lines in front of a message. Banks write up to three; a file of something else should not be read to its end. */
const ENVELOPE_LINES_MAX = 8;

/** Alone; before the trailer of the network; and as one bank writes it. */
const MESSAGE_END = /^-(?:$|\}|XXX$)/;

type Field = { readonly tag: string; readonly lines: string[]; readonly position: Position };

type PendingLine = {
  readonly field: LineField;
  readonly amount: number;
  readonly supplement: string;
  readonly position: Position;
};

/** What the fields before the first line said. */
type Head = { account: string; reference: string; opening: Balance | null; position: Position };

/** @throws FormatError from feed and end */
export function mt940Reader(options: ReadOptions): FormatReader {
  const reader = new Mt940Reader(options);
  return { feed: (bytes, out) => reader.feed(bytes, out), end: (out) => reader.end(out) };
}

class Mt940Reader {
  private readonly options: ReadOptions;
  private readonly refuse: Refuser;
  private readonly cutter = new LineCutter('auto');
  private envelopeLines = 0;
  private fields = 0;
  private field: Field | null = null;
  private head: Head | null = null;
  private statement: StatementCheck | null = null;
  private pending: PendingLine | null = null;
  private closing: Balance | null = null;
  /** Behind the closing balance :86: is about the statement. */
  private closed = false;

  constructor(options: ReadOptions) {
    this.options = options;
    this.refuse = new Refuser(options.file);
  }

  feed(bytes: Uint8Array, out: StatementItem[]): void {
    this.cutter.feed(bytes, (text) => this.takeLine(text, out), this.fault);
  }

  end(out: StatementItem[]): void {
    this.cutter.end((text) => this.takeLine(text, out), this.fault);
    this.endMessage(out);
    if (this.fields > 0) return;
    throw this.refuse.expected({ line: 1, column: 1 }, '', 'a field of MT940 (:20:, :25:, :60F:, :61: …)');
  }

  private readonly fault = (why: LineFault): never => {
    const position = { line: this.cutter.count + 1, column: 1 };
    if (why === 'too_long') throw this.refuse.tooLong(position, 'a line', LINE_BYTES_MAX, 'bytes');
    throw this.refuse.expected(position, '', 'UTF-8');
  };

  private takeLine(raw: string, out: StatementItem[]): void {
    const text = raw.trimEnd();
    const position = { line: this.cutter.count, column: 1 };
    const tag = /^:([0-9]{2}[A-Z]?):/.exec(text);
    if (tag?.[1] !== undefined) return this.beginField(tag[1], text.slice(tag[0].length), position, out);
    if (MESSAGE_END.test(text)) return this.endMessage(out);
    if (text === '') return;
    if (this.field !== null) return this.continueField(raw, position);
    this.envelopeLines += 1;
    if (this.envelopeLines > ENVELOPE_LINES_MAX || !/^[\x20-\x7E]+$/.test(text)) {
      throw this.refuse.expected(position, '', 'a field of MT940 (:20:, :25:, :60F:, :61: …)', text);
    }
  }

  private continueField(raw: string, position: Position): void {
    if (this.field === null) return;
    this.field.lines.push(raw.replace(/[\r\n]+$/, ''));
    if (this.field.lines.length > FIELD_LINES_MAX) {
      throw this.refuse.tooLong(position, `a field :${this.field.tag}:`, FIELD_LINES_MAX, 'lines');
    }
  }

  private beginField(tag: string, first: string, position: Position, out: StatementItem[]): void {
    this.endField(out);
    if (tag === '20') this.endMessage(out);
    this.envelopeLines = 0;
    this.field = { tag, lines: [first], position };
  }

  /** Fields that the reading does not need (:21:, :28C:, :34F:, :64:, :65:, :90D:, :NS: …) are left out. */
  private endField(out: StatementItem[]): void {
    const field = this.field;
    if (field === null) return;
    this.field = null;
    this.fields += 1;
    const first = (field.lines[0] ?? '').trim();
    switch (field.tag) {
      case '20':
        this.headAt(field.position).reference = first;
        return;
      case '25':
      case '25P':
        this.headAt(field.position).account = first;
        return;
      case '60F':
      case '60M':
        if (this.statement !== null) throw this.refuse.expected(field.position, '', ':20: of another message');
        this.headAt(field.position).opening = this.balanceOf(field);
        return;
      case '61':
        if (this.closed) throw this.refuse.expected(field.position, '', ':20: of another message');
        return this.takeStatementLine(field, out);
      case '86':
        return this.takeText(field, out);
      case '62F':
      case '62M':
        this.givePending([], out);
        this.closing = this.balanceOf(field);
        this.closed = true;
        this.openStatement(field.position, out);
    }
  }

  private headAt(position: Position): Head {
    this.head ??= { account: '', reference: '', opening: null, position };
    return this.head;
  }

  private balanceOf(field: Field): Balance {
    const tag = `:${field.tag}:`;
    const text = field.lines.join('').trim();
    const read = readBalanceField(text);
    if ('expected' in read) throw this.refuse.expected(field.position, tag, read.expected, text);
    const amount = this.amountOf(read.amount, read.currency, read.negative, field, tag);
    return { amount, currency: read.currency, date: read.date, intermediate: field.tag.endsWith('M') };
  }

  private amountOf(text: string, currency: string, negative: boolean, { position }: Field, tag: string): number {
    const digits = digitsOf(this.options.currencies, currency);
    if (digits === null) throw this.refuse.expected(position, tag, 'a currency that is configured', currency);
    const amount = text.includes(',') ? readDecimal(text, digits, ',') : { expected: 'an amount with a comma' };
    if (typeof amount === 'object') throw this.refuse.expected(position, tag, amount.expected, text);
    return negative && amount !== 0 ? -amount : amount;
  }

  private takeStatementLine(field: Field, out: StatementItem[]): void {
    this.givePending([], out);
    const { read, rest } = this.lineFieldOf(field);
    const statement = this.openStatement(field.position, out);
    const amount = this.amountOf(read.amount, statement.header.currency, read.negative, field, ':61:');
    if (read.adjustedFrom !== '') {
      const detail = `value date ${read.adjustedFrom} was read as ${read.valueDate}`;
      warn(out, 'date_adjusted', field.position, detail);
    }
    const supplement = rest.map((line) => line.trim()).join('\n');
    this.pending = { field: read, amount, supplement, position: field.position };
  }

  /** Some banks break the first line in two; what follows it otherwise is a supplement. */
  private lineFieldOf({ lines, position }: Field): { read: LineField; rest: readonly string[] } {
    const [first = '', second, ...rest] = lines;
    const read = readLineField(first.trimEnd());
    if (!('expected' in read)) return { read, rest: lines.slice(1) };
    const both = second === undefined ? read : readLineField((first.trimEnd() + second).trimEnd());
    if ('expected' in both) throw this.refuse.expected(position, ':61:', read.expected, first);
    return { read: both, rest: rest.filter((line) => line.trim() !== ':') };
  }

  private takeText(field: Field, out: StatementItem[]): void {
    if (this.pending !== null && !this.closed) this.givePending(field.lines, out);
  }

  private givePending(text: readonly string[], out: StatementItem[]): void {
    const { pending, statement } = this;
    if (pending === null || statement === null) return;
    this.pending = null;
    const { field, amount, supplement, position } = pending;
    const plain = plainText(text);
    const endToEndId = endToEndOf(text);
    statement.line(
      {
        account: statement.header.account,
        amount,
        currency: statement.header.currency,
        fee: 0,
        valueDate: field.valueDate,
        bookingDate: field.bookingDate === '' ? field.valueDate : field.bookingDate,
        bookedAtMs: Number.NaN,
        type: field.type,
        booked: true,
        bankReference: field.bankReference,
        ourReference: findOurNumber(endToEndId, field.customerReference, plain, supplement),
        ownerReference: field.customerReference,
        original: '',
        endToEndId,
        counterparty: counterpartyOf(text),
        text: [supplement, plain].filter((part) => part !== '').join('\n'),
        position,
      },
      out,
    );
  }

  private openStatement(position: Position, out: StatementItem[]): StatementCheck {
    if (this.statement !== null) return this.statement;
    const head = this.headAt(position);
    const currency = head.opening?.currency ?? this.closing?.currency ?? this.options.currency;
    if (currency === undefined) {
      throw this.refuse.expected(position, '', 'a balance :60F: with the currency, or the currency as an option');
    }
    this.statement = new StatementCheck({ ...head, currency }, out);
    return this.statement;
  }

  private endMessage(out: StatementItem[]): void {
    this.endField(out);
    this.givePending([], out);
    if (this.head !== null || this.statement !== null) this.closeStatement(out);
    this.head = null;
    this.statement = null;
    this.closing = null;
    this.closed = false;
    this.envelopeLines = 0;
  }

  private closeStatement(out: StatementItem[]): void {
    const position = { line: Math.max(this.cutter.count, 1), column: 1 };
    if (this.statement === null && this.head?.opening === null) {
      throw this.refuse.expected(this.head.position, '', 'a message with a balance :60F: or a line :61:');
    }
    this.openStatement(position, out).close(this.closing, position, out);
  }
}
