// BAI2 reader. File (01 … 99), groups (02 … 98), accounts (03 … 49), transactions (16). Holds one record.
//
// B1. Records stand inside each other as the format says, or the file is refused; a file without its 99 is cut off.
// B2. Control totals and counts that are not met are warnings: whoever wrote the file may be wrong about it, and the
// transactions are still what it says.

import { digitsOf, readDecimal } from './amount.ts';
import {
  FieldCursor,
  mayLackEnd,
  RECORD_LINES_MAX,
  signOfType,
  skipFunds,
  splitLine,
  type BaiRecord,
} from './bai2-record.ts';
import { ControlTotals } from './bai2-totals.ts';
import { readShortDate } from './calendar.ts';
import { Refuser } from './format-error.ts';
import { LINE_BYTES_MAX, LineCutter, type LineFault } from './line-cutter.ts';
import { findOurNumber } from './our-number.ts';
import type { ReadOptions } from './read-options.ts';
import { StatementCheck, warn } from './statement-check.ts';
import type { Balance, FormatReader, Position, StatementItem } from './statement.ts';

/** What may come after a record, within it or beside it. */
type Place = 'start' | 'file' | 'group' | 'account' | 'done';

const EXPECTED: Readonly<{ [place in Place]: readonly string[] }> = {
  start: ['01'],
  file: ['02', '99'],
  group: ['03', '98'],
  account: ['16', '49'],
  done: [],
};

/** The standard's own default. */
const DEFAULT_CURRENCY = 'USD';

const GROUP_STATUS: Readonly<{ [status: string]: string }> = { '2': 'a deletion', '3': 'a correction', '4': 'a test' };

type Account = { readonly check: StatementCheck; readonly digits: number; readonly closing: Balance | null };

/** @throws FormatError from feed and end */
export function bai2Reader(options: ReadOptions): FormatReader {
  const reader = new Bai2Reader(options);
  return { feed: (bytes, out) => reader.feed(bytes, out), end: (out) => reader.end(out) };
}

class Bai2Reader {
  private readonly options: ReadOptions;
  private readonly refuse: Refuser;
  private readonly cutter = new LineCutter('auto');
  private readonly totals = new ControlTotals();
  private place: Place = 'start';
  private record: BaiRecord | null = null;
  private group = { date: '', currency: '' };
  private account: Account | null = null;

  constructor(options: ReadOptions) {
    this.options = options;
    this.refuse = new Refuser(options.file);
  }

  feed(bytes: Uint8Array, out: StatementItem[]): void {
    this.cutter.feed(bytes, (text) => this.takeLine(text, out), this.fault);
  }

  end(out: StatementItem[]): void {
    this.cutter.end((text) => this.takeLine(text, out), this.fault);
    this.endRecord(out);
    if (this.place === 'done') return;
    const position = { line: Math.max(this.cutter.count, 1), column: 1 };
    throw this.refuse.expected(position, '', `a record ${EXPECTED[this.place].join(' or ')} after this line`);
  }

  private readonly fault = (why: LineFault): never => {
    const position = { line: this.cutter.count + 1, column: 1 };
    if (why === 'too_long') throw this.refuse.tooLong(position, 'a line', LINE_BYTES_MAX, 'bytes');
    throw this.refuse.expected(position, '', 'UTF-8');
  };

  private takeLine(raw: string, out: StatementItem[]): void {
    if (raw.trim() === '') return;
    const position = { line: this.cutter.count, column: 1 };
    const { code, rest, ended } = splitLine(raw);
    if (code === '88' && this.record !== null) {
      this.record.lines.push(rest);
      this.totals.line(code);
      if (this.record.lines.length <= RECORD_LINES_MAX) return;
      throw this.refuse.tooLong(position, 'a record', RECORD_LINES_MAX, 'lines');
    }
    this.endRecord(out);
    const expected = EXPECTED[this.place];
    if (!expected.includes(code)) {
      const wanted = expected.length === 0 ? 'nothing more after the record 99' : `a record ${expected.join(' or ')}`;
      throw this.refuse.expected(position, '', wanted, raw);
    }
    if (!ended && !mayLackEnd(code)) throw this.refuse.expected(position, '', "a line that ends with '/'", raw);
    this.record = { code, lines: [rest], position };
    this.totals.line(code);
  }

  private endRecord(out: StatementItem[]): void {
    const { record } = this;
    if (record === null) return;
    this.record = null;
    switch (record.code) {
      case '01':
        return this.openFile(record);
      case '02':
        return this.openGroup(record, out);
      case '03':
        return this.openAccount(record, out);
      case '16':
        return this.takeTransaction(record, out);
      case '49':
        return this.closeAccount(record, out);
      case '98':
        return this.trailer(record, 'group', 'file', out);
      case '99':
        return this.trailer(record, 'file', 'done', out);
    }
  }

  private openFile(record: BaiRecord): void {
    const fields = new FieldCursor(record);
    for (let field = 0; field < 7; field++) fields.next();
    const version = fields.next();
    if (version !== '2') throw this.refuse.expected(record.position, 'version', 'version 2', version);
    this.place = 'file';
  }

  private openGroup(record: BaiRecord, out: StatementItem[]): void {
    const fields = new FieldCursor(record);
    fields.next();
    fields.next();
    const status = fields.next();
    const day = fields.next();
    fields.next();
    const currency = fields.next();
    const date = readShortDate(day);
    if (date === null) throw this.refuse.expected(record.position, 'as-of date', 'a day as YYMMDD', day);
    if (!/^[1-4]$/.test(status)) throw this.refuse.expected(record.position, 'group status', '1, 2, 3 or 4', status);
    const special = GROUP_STATUS[status];
    if (special !== undefined) warn(out, 'not_final', record.position, `group status ${status}: ${special}`);
    this.group = { date, currency };
    this.place = 'group';
  }

  private openAccount(record: BaiRecord, out: StatementItem[]): void {
    const fields = new FieldCursor(record);
    const account = fields.next();
    const currency = fields.next() || this.group.currency || this.options.currency || DEFAULT_CURRENCY;
    const digits = digitsOf(this.options.currencies, currency);
    if (account === '') throw this.refuse.expected(record.position, 'account', 'an account number', '');
    if (digits === null)
      throw this.refuse.expected(record.position, 'currency', 'a currency that is configured', currency);
    const summaries = this.summariesOf(fields, record, digits);
    const { opening, closing } = balancesOf(summaries, (amount) => this.balance(amount, currency));
    const header = { account, currency, reference: '', opening, position: record.position };
    this.account = { check: new StatementCheck(header, out), digits, closing };
    this.place = 'account';
  }

  /** Amounts by type code. An empty code or amount is a default that says nothing. */
  private summariesOf(fields: FieldCursor, record: BaiRecord, digits: number): ReadonlyMap<string, number> {
    const summaries = new Map<string, number>();
    while (!fields.done) {
      const code = fields.next();
      const text = fields.next();
      const count = fields.next();
      const field = `summary ${code}`;
      if (!/^([0-9]{3})?$/.test(code)) throw this.refuse.expected(record.position, 'type code', 'three digits', code);
      if (!/^[0-9]*$/.test(count)) throw this.refuse.expected(record.position, field, 'a number of items', count);
      if (!skipFunds(fields).known)
        throw this.refuse.expected(record.position, field, 'a funds type (0, 1, 2, V, S, D, Z)');
      if (text === '') continue;
      const amount = this.amountOf(text, digits, record.position, field);
      this.totals.amount(amount);
      summaries.set(code, amount);
    }
    return summaries;
  }

  private balance(amount: number, currency: string): Balance {
    return { amount, currency, date: this.group.date, intermediate: false };
  }

  private amountOf(text: string, digits: number, position: Position, field: string): number {
    const amount = readDecimal(text, digits, '');
    if (typeof amount === 'object') throw this.refuse.expected(position, field, amount.expected, text);
    return amount;
  }

  private takeTransaction(record: BaiRecord, out: StatementItem[]): void {
    const { account } = this;
    if (account === null) return;
    const fields = new FieldCursor(record);
    const type = fields.next();
    const sign = signOfType(type);
    if (sign === null) {
      const expected = 'a type code of a credit (100-399, 920-959) or a debit (400-699, 960-999)';
      throw this.refuse.expected(record.position, 'type code', expected, type);
    }
    const text = fields.next();
    const size = text === '' ? 0 : this.amountOf(text, account.digits, record.position, 'amount');
    this.totals.amount(size);
    const funds = skipFunds(fields);
    if (!funds.known) throw this.refuse.expected(record.position, 'funds type', '0, 1, 2, V, S, D or Z');
    const valueDate = funds.valueDate === '' ? this.group.date : readShortDate(funds.valueDate);
    if (valueDate === null)
      throw this.refuse.expected(record.position, 'value date', 'a day as YYMMDD', funds.valueDate);
    const bankReference = fields.next();
    const ownerReference = fields.next();
    const remittance = fields.rest();
    const endToEndId = /^EREF: *(.*)$/m.exec(remittance)?.[1]?.trim() ?? '';
    account.check.line(
      {
        account: account.check.header.account,
        amount: size === 0 ? 0 : sign * size,
        currency: account.check.header.currency,
        fee: 0,
        valueDate,
        bookingDate: this.group.date,
        bookedAtMs: Number.NaN,
        type,
        booked: true,
        bankReference,
        ourReference: findOurNumber(endToEndId, ownerReference, remittance),
        ownerReference,
        original: '',
        endToEndId,
        counterparty: counterpartyOf(remittance, sign),
        text: remittance,
        position: record.position,
      },
      out,
    );
  }

  private closeAccount(record: BaiRecord, out: StatementItem[]): void {
    const { account } = this;
    if (account === null) return;
    this.account = null;
    this.checkTotals('account', record, new FieldCursor(record), out);
    account.check.close(account.closing, record.position, out);
    this.place = 'group';
  }

  private trailer(record: BaiRecord, level: 'group' | 'file', next: Place, out: StatementItem[]): void {
    this.checkTotals(level, record, new FieldCursor(record), out);
    this.place = next;
  }

  private checkTotals(
    level: 'account' | 'group' | 'file',
    record: BaiRecord,
    fields: FieldCursor,
    out: StatementItem[],
  ): void {
    const sum = this.amountOf(fields.next(), 0, record.position, 'control total');
    const parts = level === 'account' ? null : this.countOf(fields.next(), record, 'number of parts');
    const records = this.countOf(fields.next(), record, 'number of records');
    for (const detail of this.totals.close(level, sum, parts, records)) {
      warn(out, 'control_total', record.position, detail);
    }
  }

  private countOf(text: string, { position }: BaiRecord, field: string): number {
    if (!/^[0-9]{1,9}$/.test(text)) throw this.refuse.expected(position, field, 'a number', text);
    return Number(text);
  }
}

/** Ledger balances (010, 015) if both are there, else the available ones (040, 045) if both are, else the ledger's. */
function balancesOf(
  summaries: ReadonlyMap<string, number>,
  balance: (amount: number) => Balance,
): { readonly opening: Balance | null; readonly closing: Balance | null } {
  const has = (...codes: readonly string[]): boolean => codes.every((code) => summaries.has(code));
  const [open, close] = !has('010', '015') && has('040', '045') ? ['040', '045'] : ['010', '015'];
  const at = (code: string): Balance | null => {
    const amount = summaries.get(code);
    return amount === undefined ? null : balance(amount);
  };
  return { opening: at(open ?? ''), closing: at(close ?? '') };
}

/** As some banks write it into the text: the debtor of a credit, the creditor of a debit. */
function counterpartyOf(text: string, sign: 1 | -1 | 0): string {
  const label = sign < 0 ? /^CRNM: *(.*)$/m : /^DBNM: *(.*)$/m;
  return label.exec(text)?.[1]?.trim() ?? '';
}
