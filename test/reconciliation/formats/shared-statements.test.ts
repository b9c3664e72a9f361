// The files of banks that others collected, against what an independent parser read from them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { StatementItem } from '../../../src/reconciliation/formats/statement.ts';
import { itemsOf, linesIn, refusalOf, summariesIn, warningsIn, type Options } from '../support/reading.ts';

const FOLDER = new URL('../../../../shared/data/statements/', import.meta.url).pathname;
const isThere = existsSync(FOLDER);

function filesOf(format: string, ending: string): string[] {
  return isThere
    ? readdirSync(`${FOLDER}${format}`)
        .filter((name) => name.endsWith(ending))
        .sort()
    : [''];
}

function bytesOf(path: string): Uint8Array {
  return readFileSync(`${FOLDER}${path}`);
}

type ExpectedBalance = { readonly amount: string; readonly currency: string; readonly mark: string } | null;

type Expected = {
  readonly account: string | null;
  readonly opening: ExpectedBalance;
  readonly closing: ExpectedBalance;
  readonly transactions: readonly {
    readonly amount: string;
    readonly currency: string | null;
    readonly date: string;
    readonly customer_reference: string | null;
    readonly bank_reference: string | null;
  }[];
};

/** "-6800" and "40.00" in minor units; all currencies of these files have two digits. */
function minor(amount: string): number {
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.');
  const value = Number(whole + fraction.padEnd(2, '0'));
  return amount.startsWith('-') && value !== 0 ? -value : value;
}

/** The account's currency, which these pieces of statements do not say. */
const WITHOUT_CURRENCY = ['cmxl-statement_details.sta', 'self-provided-multiline.sta', 'self-provided-sparkassen.sta'];

function optionsFor(name: string): Options {
  return WITHOUT_CURRENCY.includes(name) ? { file: name, currency: 'EUR' } : { file: name };
}

/** The other parser takes NONREF for a reference and finds none in a few lines that have one. */
function referenceOf(text: string | null): string | undefined {
  return text === null ? undefined : text === 'NONREF' ? '' : text;
}

/** It keeps the last of several balances, and looks at final ones only. */
function lastBalances(items: readonly StatementItem[]): { opening: ExpectedBalance; closing: ExpectedBalance } {
  const summaries = summariesIn(items);
  const last = (of: 'opening' | 'closing'): ExpectedBalance => {
    const balance = summaries.map((summary) => summary[of]).findLast((one) => one !== null && !one.intermediate);
    if (!balance) return null;
    return { amount: String(balance.amount), currency: balance.currency, mark: balance.amount < 0 ? 'D' : 'C' };
  };
  return { opening: last('opening'), closing: last('closing') };
}

describe.skipIf(!isThere)('MT940 (skipped where the shared data is not)', () => {
  const readable = filesOf('mt940', '.sta').filter((name) => name !== 'self-provided-invalid_statement.sta');

  test.each(readable)('%s is read as another parser reads it', async (name) => {
    const expected = JSON.parse(Buffer.from(bytesOf(`mt940/${name.replace('.sta', '.expected.json')}`)).toString());
    const { account, opening, closing, transactions } = expected as Expected;
    const items = await itemsOf([bytesOf(`mt940/${name}`)], optionsFor(name));

    const inMinor = (balance: ExpectedBalance): ExpectedBalance =>
      balance && { ...balance, amount: String(minor(balance.amount)) };
    expect(lastBalances(items)).toEqual({ opening: inMinor(opening), closing: inMinor(closing) });
    // It cuts accounts at 35 characters, which is what the standard allows.
    const accounts = summariesIn(items).map((summary) => summary.account.slice(0, 35));
    expect(accounts.findLast((one) => one !== '') ?? null).toBe(account);

    const lines = linesIn(items);
    expect(lines.map(({ amount, valueDate }) => [amount, valueDate])).toEqual(
      transactions.map(({ amount, date }) => [minor(amount), date]),
    );
    for (const [index, line] of lines.entries()) {
      const { currency, customer_reference, bank_reference } = transactions[index] ?? {};
      expect(line.currency).toBe(currency ?? 'EUR');
      expect(line.ownerReference).toBe(referenceOf(customer_reference ?? null) ?? line.ownerReference);
      expect(line.bankReference).toBe(bank_reference ?? '');
    }
  });

  test('a file of something else is refused', async () => {
    const bytes = bytesOf('mt940/self-provided-invalid_statement.sta');
    expect(await refusalOf(itemsOf([bytes], { file: 'f.sta' }))).toMatch(/^f\.sta:1:1: .* was expected/);
    const refusal = await refusalOf(itemsOf([bytes], { file: 'f.sta', format: 'mt940' }));
    expect(refusal).toBe('f.sta:9:1: a field of MT940 (:20:, :25:, :60F:, :61: …) was expected, found "9"');
  });

  test('February 30, which banks write that count 30 days a month, is read as its last day, and said', async () => {
    const items = await itemsOf([bytesOf('mt940/self-provided-february_30.sta')]);
    expect(linesIn(items)[0]).toMatchObject({ valueDate: '2016-02-29', bookingDate: '2016-03-01', amount: -600 });
    expect(warningsIn(items)).toEqual([
      {
        code: 'date_adjusted',
        position: { line: 6, column: 1 },
        detail: 'value date 160230 was read as 2016-02-29',
      },
    ]);
  });

  test.each(WITHOUT_CURRENCY)('%s is refused where nobody says the currency', async (name) => {
    const refusal = await refusalOf(itemsOf([bytesOf(`mt940/${name}`)], { file: name }));
    expect(refusal).toMatch(/:[0-9]+:1: a balance :60F: with the currency, or the currency as an option was expected/);
  });
});

/** Opening + lines against closing, counted here once more. */
function doesAddUp(items: readonly StatementItem[]): (boolean | null)[] {
  const sums: (boolean | null)[] = [];
  let sum = 0n;
  for (const item of items) {
    if (item.kind === 'opened') sum = BigInt(item.header.opening?.amount ?? 0);
    if (item.kind === 'line' && item.line.booked) sum += BigInt(item.line.amount);
    if (item.kind !== 'closed') continue;
    const { opening, closing } = item.summary;
    if (opening === null || closing === null) sums.push(null);
    else sums.push(opening.currency === closing.currency && sum === BigInt(closing.amount));
  }
  return sums;
}

describe.skipIf(!isThere)('camt.053 (skipped where the shared data is not)', () => {
  test.each([
    ['camt053.v2.multi.statement.xml', [true, true], [885, -700], []],
    ['camt053.v2.minimal.xml', [false], [885], ['balance_currency']],
    ['camt053.v4.xml', [false], [885], ['balance_currency']],
    ['camt053.v8.xml', [false], [885], ['balance_currency']],
  ])('%s', async (name, sums, amounts, warnings) => {
    const items = await itemsOf([bytesOf(`camt053/${name}`)]);
    expect(doesAddUp(items)).toEqual(sums);
    expect(linesIn(items).map(({ amount }) => amount)).toEqual(amounts);
    expect(warningsIn(items).map(({ code }) => code)).toEqual(warnings);
    expect(linesIn(items)[0]).toMatchObject({
      account: 'NL26VAYB8060476890',
      currency: 'EUR',
      bookingDate: '2014-12-31',
      valueDate: '2015-01-02',
    });
  });

  test('one without a statement is refused', async () => {
    const refusal = await refusalOf(itemsOf([bytesOf('camt053/camt053.v2.wrong.xml')], { file: 'w.xml' }));
    expect(refusal).toBe('w.xml:8:21: BkToCstmrStmt: at least one Stmt was expected');
  });
});

describe.skipIf(!isThere)('BAI2 (skipped where the shared data is not)', () => {
  test.each([
    ['sample1.txt', [true, true], 17, []],
    ['sample2.txt', [null, null, null, null, null], 4, ['balance_incomplete', 'not_final']],
    [
      'sample4-continuations-newline-delimited.txt',
      [null, null, false, null, null],
      17,
      ['balance_mismatch', 'control_total'],
    ],
  ])('%s', async (name, sums, lines, warnings) => {
    const items = await itemsOf([bytesOf(`bai2/${name}`)]);
    expect(doesAddUp(items)).toEqual(sums);
    expect(linesIn(items)).toHaveLength(lines);
    expect([...new Set(warningsIn(items).map(({ code }) => code))].sort()).toEqual(warnings);
  });

  test('one that begins with another record is refused', async () => {
    const refusal = await refusalOf(itemsOf([bytesOf('bai2/sample-parseError.txt')], { file: 'p.txt' }));
    expect(refusal).toMatch(/^p\.txt:1:1: a record 01 was expected, found "00,0004/);
  });
});

const EVERY = ['mt940', 'camt053', 'bai2'].flatMap((format) =>
  filesOf(format, '')
    .filter((name) => !name.endsWith('.json'))
    .map((name) => `${format}/${name}`),
);

describe.skipIf(!isThere)('every file (skipped where the shared data is not)', () => {
  test.each(EVERY)('%s says the same in blocks of 7 bytes', async (path) => {
    const bytes = bytesOf(path);
    const blocks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7));
    const options = { currency: 'EUR' };
    const outcome = async (chunks: readonly Uint8Array[]): Promise<unknown> =>
      itemsOf(chunks, options).catch((error: unknown) => String(error));
    expect(await outcome(blocks)).toEqual(await outcome([bytes]));
  });
});
