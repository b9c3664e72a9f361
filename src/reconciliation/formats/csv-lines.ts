// CSV lines. What the fields of a row mean, by the mapping of its file.

import type { Currency } from '../../domain/currencies.ts';
import { readDecimal } from './amount.ts';
import type { CsvColumns, CsvMapping } from './csv-mapping.ts';
import { CsvTimeReader } from './csv-time.ts';
import type { Refuser } from './format-error.ts';
import type { ReadOptions } from './read-options.ts';
import { StatementCheck } from './statement-check.ts';
import type { Position, StatementItem } from './statement.ts';

type Header = {
  readonly options: ReadOptions;
  readonly refuse: Refuser;
  readonly mapping: CsvMapping;
  readonly names: readonly string[];
  readonly position: Position;
};

/** Places of the columns in a row; -1 for one that the mapping does not name. */
type Places = { readonly [column in keyof CsvColumns]-?: number };

const SEPARATORS = { minor: '', point: '.', comma: ',' } as const;

export class CsvLines {
  private readonly options: ReadOptions;
  private readonly refuse: Refuser;
  private readonly mapping: CsvMapping;
  private readonly fields: number;
  private readonly places: Places;
  private readonly times: CsvTimeReader;
  private readonly separator: '' | '.' | ',';
  private readonly check: StatementCheck;
  private lastCurrencyText = '';
  private lastCurrency: Currency | null = null;

  /** @throws FormatError when the header lacks a column of the mapping */
  constructor({ options, refuse, mapping, names, position }: Header, out: StatementItem[]) {
    this.options = options;
    this.refuse = refuse;
    this.mapping = mapping;
    this.fields = names.length;
    this.places = placesOf(mapping.columns, names, (name) => {
      throw refuse.expected(position, '', `a column ${name}`, names.join(mapping.separator));
    });
    this.times = new CsvTimeReader(mapping.dates);
    this.separator = SEPARATORS[mapping.amounts];
    const currency = options.currency ?? '';
    this.check = new StatementCheck({ account: '', currency, reference: '', opening: null, position }, out);
  }

  /** @throws FormatError for a row that is not as the mapping says */
  take(fields: readonly string[], position: Position, out: StatementItem[]): void {
    if (fields.length !== this.fields) {
      throw this.refuse.expected(position, '', `a row of ${this.fields} fields`, `${fields.length} fields`);
    }
    const { places } = this;
    const type = textAt(fields, places.type);
    const currency = this.currencyOf(fields, position);
    const size = this.amountAt(fields, places.amount, currency, position, this.mapping.columns.amount);
    const bookedAt = this.timeAt(fields, places.bookedAt, position, this.mapping.columns.bookedAt);
    const { valueDate } = this.mapping.columns;
    const valued = valueDate === undefined ? bookedAt : this.timeAt(fields, places.valueDate, position, valueDate);
    this.check.line(
      {
        account: '',
        amount: this.signed(size, type, position),
        currency: currency.code,
        fee: this.feeOf(fields, currency, position),
        valueDate: valued.day,
        bookingDate: bookedAt.day,
        bookedAtMs: bookedAt.ms,
        type,
        booked: true,
        bankReference: textAt(fields, places.bankReference),
        ourReference: textAt(fields, places.ourReference),
        ownerReference: '',
        original: textAt(fields, places.original),
        endToEndId: textAt(fields, places.endToEndId),
        counterparty: textAt(fields, places.counterparty),
        text: textAt(fields, places.text),
        position,
      },
      out,
    );
  }

  close(position: Position, out: StatementItem[]): void {
    this.check.close(null, position, out);
  }

  private currencyOf(fields: readonly string[], position: Position): Currency {
    const text = this.places.currency < 0 ? (this.options.currency ?? '') : textAt(fields, this.places.currency);
    if (this.lastCurrency !== null && text === this.lastCurrencyText) return this.lastCurrency;
    const currency = this.options.currencies.get(text.toUpperCase());
    if (!currency) {
      const field = this.mapping.columns.currency ?? 'currency';
      throw this.refuse.expected(position, field, 'a currency that is configured', text);
    }
    this.lastCurrencyText = text;
    this.lastCurrency = currency;
    return currency;
  }

  private amountAt(
    fields: readonly string[],
    place: number,
    { digits }: Currency,
    position: Position,
    name: string,
  ): number {
    const text = textAt(fields, place);
    const amount = readDecimal(text, digits, this.separator);
    if (typeof amount === 'object') throw this.refuse.expected(position, name, amount.expected, text);
    return amount;
  }

  private feeOf(fields: readonly string[], currency: Currency, position: Position): number {
    const { fee } = this.mapping.columns;
    if (fee === undefined || textAt(fields, this.places.fee) === '') return 0;
    return this.amountAt(fields, this.places.fee, currency, position, fee);
  }

  private timeAt(
    fields: readonly string[],
    place: number,
    position: Position,
    name: string,
  ): { day: string; ms: number } {
    const text = textAt(fields, place);
    const time = this.times.read(text);
    if (time === null) throw this.refuse.expected(position, name, `a time written as ${this.mapping.dates}`, text);
    return time;
  }

  private signed(size: number, type: string, position: Position): number {
    const { signs, columns } = this.mapping;
    if (signs === undefined) return size;
    const sign = signs[type];
    if (sign === undefined) {
      throw this.refuse.expected(position, columns.type ?? 'type', `one of ${Object.keys(signs).join(', ')}`, type);
    }
    if (size < 0) throw this.refuse.expected(position, columns.amount, 'an amount without a sign', String(size));
    return size === 0 ? 0 : sign * size;
  }
}

function textAt(fields: readonly string[], place: number): string {
  return place < 0 ? '' : (fields[place] ?? '');
}

function placesOf(columns: CsvColumns, names: readonly string[], missing: (name: string) => never): Places {
  const place = (name: string | undefined): number => {
    if (name === undefined) return -1;
    const at = names.indexOf(name);
    return at < 0 ? missing(name) : at;
  };
  return {
    amount: place(columns.amount),
    fee: place(columns.fee),
    currency: place(columns.currency),
    bookedAt: place(columns.bookedAt),
    valueDate: place(columns.valueDate),
    type: place(columns.type),
    bankReference: place(columns.bankReference),
    ourReference: place(columns.ourReference),
    original: place(columns.original),
    endToEndId: place(columns.endToEndId),
    counterparty: place(columns.counterparty),
    text: place(columns.text),
  };
}
