// camt.053 reader (ISO 20022 bank to customer statement, versions 2 to 8). Elements to statements. Holds the header of one
// statement and one entry with its details.
//
// X1. A document type definition is refused, so no entity is ever expanded and nothing outside the file is read.
// X2. What the schema asks for is asked for: at least one statement, an amount, a sign and a status in each entry.

import { digitsOf, readDecimal } from './amount.ts';
import { readIsoDate } from './calendar.ts';
import { lineOf, textAt, type Detail, type EntryHead, type Gathered, type Money } from './camt-entry.ts';
import { Refuser } from './format-error.ts';
import type { ReadOptions } from './read-options.ts';
import { StatementCheck, warn } from './statement-check.ts';
import type { Balance, FormatReader, Position, StatementItem } from './statement.ts';
import { XmlElements, type Element } from './xml-elements.ts';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.0[2-8]$/;

/** Characters of an entry with all of its details, or of a header. A collective entry has some thousands of details, which
 * are held until their sum is known. */
const CHARACTERS_MAX = 8_388_608;

const STATEMENT = 'Document/BkToCstmrStmt/Stmt';
const BALANCE = `${STATEMENT}/Bal`;
const ENTRY = `${STATEMENT}/Ntry`;
const DETAIL = `${ENTRY}/NtryDtls/TxDtls`;

/** @throws FormatError from feed and end */
export function camt053Reader(options: ReadOptions): FormatReader {
  const reader = new Camt053Reader(options);
  const elements = new XmlElements(options.file, {
    open: (path, uri, position) => reader.open(path, uri, position),
    close: (element, out) => reader.close(element, out),
  });
  return {
    feed: (bytes, out) => elements.feed(bytes, out),
    end: (out) => elements.end(out),
  };
}

class Camt053Reader {
  private readonly options: ReadOptions;
  private readonly refuse: Refuser;
  private stmt: Gathered | null = null;
  private balance: Gathered | null = null;
  private entry: Gathered | null = null;
  private detail: Detail | null = null;
  private details: Detail[] = [];
  private opening: Balance | null = null;
  private closing: Balance | null = null;
  private check: StatementCheck | null = null;
  private statements = 0;

  constructor(options: ReadOptions) {
    this.options = options;
    this.refuse = new Refuser(options.file);
  }

  open(path: string, uri: string, position: Position): void {
    if (!path.includes('/')) this.openDocument(path, uri, position);
    const gathered = { texts: new Map<string, string>(), characters: 0, position };
    if (path === STATEMENT) this.stmt = gathered;
    else if (path === BALANCE) this.balance = gathered;
    else if (path === ENTRY) this.entry = gathered;
    else if (path === DETAIL) this.detail = gathered;
  }

  close(element: Element, out: StatementItem[]): void {
    switch (element.path) {
      case DETAIL:
        return this.closeDetail();
      case ENTRY:
        return this.closeEntry(out);
      case BALANCE:
        return this.closeBalance();
      case STATEMENT:
        return this.closeStatement(out);
      case 'Document':
        return;
      case 'Document/BkToCstmrStmt':
        if (this.statements > 0) return;
        throw this.refuse.expected(element.position, 'BkToCstmrStmt', 'at least one Stmt');
    }
    this.gather(element);
  }

  private openDocument(path: string, uri: string, position: Position): void {
    if (path === 'Document' && NAMESPACE.test(uri)) return;
    throw this.refuse.expected(position, path, 'a Document of camt.053.001.02 to camt.053.001.08', uri);
  }

  /** Texts go to the innermost of what is open, under the path below it. */
  private gather({ path, text, attributes, position }: Element): void {
    const [to, prefix] = this.innermost(path);
    if (to === null) return;
    const below = path.slice(prefix.length + 1);
    const before = to.texts.get(below);
    const held = this.entry ?? to;
    held.characters += below.length + text.length;
    if (held.characters > CHARACTERS_MAX) throw this.refuse.tooLong(position, 'an entry', CHARACTERS_MAX, 'characters');
    const isRepeated = before !== undefined && below.endsWith('Ustrd');
    if (before === undefined || isRepeated) to.texts.set(below, isRepeated ? `${before}\n${text.trim()}` : text.trim());
    const currency = attributes.get('Ccy');
    if (currency !== undefined && before === undefined) to.texts.set(`${below}@Ccy`, currency);
  }

  private innermost(path: string): [Gathered | null, string] {
    if (this.detail !== null && path.startsWith(DETAIL)) return [this.detail, DETAIL];
    if (this.entry !== null && path.startsWith(ENTRY)) return [this.entry, ENTRY];
    if (this.balance !== null && path.startsWith(BALANCE)) return [this.balance, BALANCE];
    return [path.startsWith(`${STATEMENT}/`) ? this.stmt : null, STATEMENT];
  }

  private closeDetail(): void {
    if (this.detail === null) return;
    this.details.push(this.detail);
    this.detail = null;
  }

  private closeBalance(): void {
    const { balance } = this;
    if (balance === null) return;
    this.balance = null;
    const code = textAt(balance, 'Tp/CdOrPrtry/Cd');
    if (code !== 'OPBD' && code !== 'PRCD' && code !== 'CLBD') return;
    const date = this.dateOf(balance, 'Dt');
    const intermediate = textAt(balance, 'Tp/SubTp/Cd') === 'INTM';
    const read = { ...this.moneyOf(balance, 'Bal'), date: date.day, intermediate };
    if (code === 'CLBD') this.closing = read;
    else this.opening ??= read;
  }

  private closeEntry(out: StatementItem[]): void {
    const { entry, details } = this;
    if (entry === null) return;
    const check = this.statementCheck(out);
    this.entry = null;
    this.details = [];
    const head = this.entryHead(entry, check.header.account);
    const moneys = details.length > 1 ? this.moneysOf(details, head.money) : null;
    if (moneys !== null) {
      for (const [index, detail] of details.entries()) {
        check.line(lineOf(head, entry, detail, moneys[index] ?? head.money), out);
      }
      return;
    }
    if (details.length > 1) warn(out, 'details_not_split', entry.position, `${details.length} details`);
    check.line(lineOf(head, entry, details.length === 1 ? (details[0] ?? null) : null, head.money), out);
  }

  private entryHead(entry: Gathered, account: string): EntryHead {
    const status = textAt(entry, 'Sts', 'Sts/Cd');
    if (status === '') throw this.refuse.expected(entry.position, 'Ntry/Sts', 'a status like BOOK', '');
    const money = this.moneyOf(entry, 'Ntry');
    const booking = this.dateOf(entry, 'BookgDt');
    const value = this.dateOf(entry, 'ValDt');
    return {
      account,
      money,
      booked: status === 'BOOK',
      valueDate: value.day === '' ? booking.day : value.day,
      bookingDate: booking.day,
      bookedAtMs: booking.ms,
    };
  }

  /** What each detail moved, where all of them say so and it is what the entry moved; null otherwise. */
  private moneysOf(details: readonly Detail[], total: Money): readonly Money[] | null {
    let sum = 0;
    const moneys: Money[] = [];
    for (const detail of details) {
      const field = textAt(detail, 'Amt') === '' ? 'AmtDtls/TxAmt/Amt' : 'Amt';
      if (textAt(detail, field) === '' || detail.texts.get(`${field}@Ccy`) !== total.currency) return null;
      const size = this.sizeOf(detail, 'TxDtls', field);
      const mark = textAt(detail, 'CdtDbtInd');
      const negative = mark === '' ? total.amount < 0 : this.isDebit(detail, 'TxDtls');
      const amount = negative && size.amount !== 0 ? -size.amount : size.amount;
      sum += amount;
      moneys.push({ amount, currency: size.currency });
    }
    return Number.isSafeInteger(sum) && sum === total.amount ? moneys : null;
  }

  private moneyOf(of: Gathered, element: string): Money {
    const size = this.sizeOf(of, element, 'Amt');
    const negative = this.isDebit(of, element);
    return { amount: negative && size.amount !== 0 ? -size.amount : size.amount, currency: size.currency };
  }

  private isDebit(of: Gathered, element: string): boolean {
    const mark = textAt(of, 'CdtDbtInd');
    if (mark === 'DBIT' || mark === 'CRDT') return mark === 'DBIT';
    throw this.refuse.expected(of.position, `${element}/CdtDbtInd`, 'CRDT or DBIT', mark);
  }

  private sizeOf(of: Gathered, element: string, field: string): Money {
    const name = `${element}/${field}`;
    const currency = of.texts.get(`${field}@Ccy`) ?? '';
    const digits = digitsOf(this.options.currencies, currency);
    if (digits === null) {
      throw this.refuse.expected(of.position, `${name}/@Ccy`, 'a currency that is configured', currency);
    }
    const text = textAt(of, field);
    const amount = /^[-+]/.test(text) ? { expected: 'an amount without a sign' } : readDecimal(text, digits, '.');
    if (typeof amount === 'object') throw this.refuse.expected(of.position, name, amount.expected, text);
    return { amount, currency };
  }

  /** A date, or the day that a date and time is written with. */
  private dateOf(of: Gathered, element: string): { readonly day: string; readonly ms: number } {
    const text = textAt(of, `${element}/Dt`, `${element}/DtTm`);
    if (text === '') return { day: '', ms: Number.NaN };
    const day = readIsoDate(text.slice(0, 10));
    const isTime = text.length > 10;
    const ms = isTime ? Date.parse(/(Z|[+-][0-9]{2}:[0-9]{2})$/.test(text) ? text : `${text}Z`) : Number.NaN;
    if (day === null || (isTime && Number.isNaN(ms))) {
      throw this.refuse.expected(of.position, element, 'a day as YYYY-MM-DD', text);
    }
    return { day, ms };
  }

  private statementCheck(out: StatementItem[]): StatementCheck {
    if (this.check !== null) return this.check;
    const stmt = this.stmt ?? { texts: new Map<string, string>(), characters: 0, position: { line: 1, column: 1 } };
    const entryCurrency = this.entry?.texts.get('Amt@Ccy');
    const currency = textAt(stmt, 'Acct/Ccy') || (this.opening?.currency ?? this.closing?.currency ?? entryCurrency);
    const header = {
      account: textAt(stmt, 'Acct/Id/IBAN', 'Acct/Id/Othr/Id'),
      currency: currency ?? this.options.currency ?? '',
      reference: textAt(stmt, 'Id'),
      opening: this.opening,
      position: stmt.position,
    };
    if (header.account === '') throw this.refuse.expected(stmt.position, 'Stmt/Acct/Id', 'an account', '');
    this.check = new StatementCheck(header, out);
    return this.check;
  }

  private closeStatement(out: StatementItem[]): void {
    const { stmt } = this;
    if (stmt === null) return;
    this.statementCheck(out).close(this.closing, stmt.position, out);
    this.statements += 1;
    this.stmt = null;
    this.check = null;
    this.opening = null;
    this.closing = null;
  }
}
