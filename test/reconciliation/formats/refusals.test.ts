// What each format refuses, and that it says where and what it expected.

import { describe, expect, test } from 'vitest';
import { LINE_BYTES_MAX } from '../../../src/reconciliation/formats/line-cutter.ts';
import { readStatements } from '../../../src/reconciliation/formats/read-statements.ts';
import { CURRENCIES, itemsOf, linesIn, read, refusalOf, type Options } from '../support/reading.ts';
import { BAI2, BILL, CAMT053, MT940 } from '../support/samples.ts';

/** A sample with one text in it replaced by another. */
function changed(sample: string, from: string, to: string): string {
  expect(sample).toContain(from);
  return sample.replace(from, to);
}

test.each<[string, string, string, string, string]>([
  [
    'MT940: a day that is none',
    MT940,
    ':60F:C241230',
    ':60F:C241330',
    'file:5:1: :60F:: a day of the calendar as YYMMDD',
  ],
  ['MT940: no mark', MT940, ':60F:C241230', ':60F:X241230', 'file:5:1: :60F:: C or D, YYMMDD, a currency'],
  ['MT940: a currency of nowhere', MT940, 'EUR100,00', 'QQQ100,00', 'file:5:1: :60F:: a currency that is configured'],
  ['MT940: a point', MT940, 'CR20,5', 'CR20.5', 'file:6:1: :61:: YYMMDD, MMDD or nothing'],
  ['MT940: three digits of a euro', MT940, 'CR20,5N', 'CR20,505N', 'file:6:1: :61:: an amount with at most 2 digits'],
  ['MT940: a fraction of a yen', MT940, 'D3,NCHG', 'D3,5NCHG', 'file:17:1: :61:: an amount with at most 0 digits'],
  ['MT940: no comma', MT940, 'D3,NCHG', 'D3NCHG', 'file:17:1: :61:: an amount with a comma'],
  ['MT940: a day 0', MT940, ':61:250103', ':61:250200', 'file:17:1: :61:: a day of the calendar as YYMMDD'],
  ['MT940: February 31', MT940, ':61:250103', ':61:250231', 'file:17:1: :61:: a day of the calendar as YYMMDD'],
  [
    'MT940: a line behind the end',
    MT940,
    '-\r\n:20:SECOND',
    ':61:250103C1,00NMSC',
    'file:13:1: :20: of another message',
  ],
  ['BAI2: version 3', BAI2, '1,80,,2/', '1,80,,3/', 'file:1:1: version: version 2 was expected, found "3"'],
  ['BAI2: a decimal amount', BAI2, '16,475,500', '16,475,5.00', 'file:8:1: amount: an integer in minor units'],
  ['BAI2: a type of nowhere', BAI2, '16,475', '16,075', 'file:8:1: type code: a type code of a credit'],
  ['BAI2: funds of nowhere', BAI2, '16,475,500,', '16,475,500,Q', 'file:8:1: funds type: 0, 1, 2, V, S, D or Z'],
  ['BAI2: a record in the wrong place', BAI2, '98,26500', '16,26500', 'file:10:1: a record 03 or 98 was expected'],
  [
    'BAI2: a record more',
    BAI2,
    '99,26500,1,11/\n',
    '99,26500,1,11/\n01,/',
    'file:12:1: nothing more after the record 99',
  ],
  ['BAI2: no end mark', BAI2, '49,26500,7/', '49,26500,7', "file:9:1: a line that ends with '/' was expected"],
  ['BAI2: a value date that is none', BAI2, 'V,250102', 'V,251302', 'file:5:1: value date: a day as YYMMDD'],
  [
    'camt: another message',
    CAMT053,
    'camt.053.001.08',
    'camt.052.001.08',
    'file:3:1: Document: a Document of camt.053',
  ],
  ['camt: version 1', CAMT053, 'camt.053.001.08', 'camt.053.001.01', 'file:3:1: Document: a Document of camt.053'],
  ['camt: no sign', CAMT053, '>DBIT<', '>DEBIT<', 'file:6:1: Bal/CdtDbtInd: CRDT or DBIT was expected, found "DEBIT"'],
  ['camt: a comma', CAMT053, '>5.00<', '>5,00<', "file:12:1: Ntry/Amt: an amount with '.' before its minor units"],
  ['camt: a sign in the amount', CAMT053, '>5.00<', '>-5.00<', 'file:12:1: Ntry/Amt: an amount without a sign'],
  [
    'camt: no currency',
    CAMT053,
    '<c:Amt Ccy="EUR">5',
    '<c:Amt>5',
    'file:12:1: Ntry/Amt/@Ccy: a currency that is configured',
  ],
  ['camt: no status', CAMT053, 'PDNG', '', 'file:12:1: Ntry/Sts: a status like BOOK was expected'],
  ['camt: a day that is none', CAMT053, '2025-01-02', '2025-02-30', 'file:8:1: ValDt: a day as YYYY-MM-DD'],
  ['camt: no account', CAMT053, 'NL26VAYB8060476890', '', 'file:5:1: Stmt/Acct/Id: an account was expected'],
  ['camt: an open element', CAMT053, '</c:Ntry>\n</c:Stmt>', '</c:Stmt>', 'file:12:110: unexpected close tag.'],
  ['camt: an entity of nowhere', CAMT053, 'A &amp; B', 'A &bank; B', 'file:10:'],
  [
    'a bill: an unknown type',
    BILL,
    ',pay,',
    ',fee,',
    'file:2:1: type: one of pay, refund, payout, return was expected',
  ],
  ['a bill: a sign', BILL, ',pay,1250', ',pay,-1250', 'file:2:1: amount: an amount without a sign'],
  [
    'a bill: a fraction',
    BILL,
    '1250',
    '12.50',
    'file:2:1: amount: an integer in minor units was expected, found "12.50"',
  ],
  ['a bill: too large', BILL, '1250', '9007199254740992', 'file:2:1: amount: an amount of at most 2^53 − 1'],
  [
    'a bill: no amount',
    BILL,
    ',1250,',
    ',,',
    'file:2:1: amount: an integer in minor units was expected, found nothing',
  ],
  ['a bill: a currency of nowhere', BILL, ',JPY,', ',QQQ,', 'file:4:1: currency: a currency that is configured'],
  ['a bill: a field more', BILL, ',CZK,13', ',CZK,13,', 'file:2:1: a row of 8 fields was expected, found "9 fields"'],
  ['a bill: an hour 24', BILL, 'T10:11', 'T24:11', 'file:2:1: booked_at: a time written as iso was expected'],
  ['a bill: February 30', BILL, '2026-11-24T23', '2026-02-30T23', 'file:3:1: booked_at: a time written as iso'],
  ['a bill: a quote that stays open', BILL, 'line é"', 'line é', 'file:4:1: a closing quote was expected'],
  ['a bill: text behind a quote', BILL, '"r,1"', '"r,1"x', 'file:3:1: a separator after a closing quote'],
  ['a bill: a quote in a field', BILL, 'SIM1', 'SI"M1', 'file:2:1: quotes around a whole field'],
  ['a bill: a column less', BILL, ',booked_at', ',at', 'file:1:1: the columns of a known bill, or a mapping'],
])('%s', async (_, sample, from, to, message) => {
  const text = changed(sample, from, to);
  expect(await refusalOf(read(text))).toContain(message);
});

describe('what no reader takes', () => {
  test.each<[string, Options, string]>([
    ['', {}, 'file:1:1: camt.053, MT940, BAI2 or CSV was expected'],
    ['hello', {}, 'file:1:1: camt.053, MT940, BAI2 or CSV was expected'],
    ['', { format: 'mt940' }, 'file:1:1: a field of MT940'],
    [':20:X\n:25:Y\n', {}, 'file:1:1: a message with a balance :60F: or a line :61: was expected'],
    ['', { format: 'bai2' }, 'file:1:1: a record 01 after this line was expected'],
    ['', { format: 'csv' }, 'file:1:1: a line with the names of the columns'],
    ['', { format: 'camt053' }, 'file:1:1: document must contain a root element.'],
  ])('%j as %o', async (text, options, message) => {
    expect(await refusalOf(read(text, options))).toContain(message);
  });

  test('bytes that are no UTF-8, in the line that has them', async () => {
    const bytes = Buffer.from(BILL.replace('SIM2', 'S\u00E9'), 'latin1');
    expect(await refusalOf(itemsOf([bytes]))).toBe('file:3:1: UTF-8 was expected');
    const camt = Buffer.from(CAMT053.replace('Grüße', 'Gr\u00FCn'), 'latin1');
    expect(await refusalOf(itemsOf([camt]))).toMatch(/^file:11:[0-9]+: UTF-8 was expected$/);
  });

  test('a document type definition: no entity is expanded, nothing is fetched', async () => {
    const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>';
    const text = changed(CAMT053, '<!-- a comment -->', bomb);
    expect(await refusalOf(read(text))).toMatch(/^file:2:[0-9]+: DOCTYPE: a document without a type definition/);
  });
});

describe('records without an end', () => {
  const endless = (start: string, piece: string): Uint8Array[] => [
    Buffer.from(start),
    ...Array.from({ length: 40 }, () => Buffer.from(piece.repeat(10_000))),
  ];

  test.each<[string, Options, Uint8Array[], string]>([
    ['a line', { format: 'mt940' }, endless(':20:', 'x'), `file:1:1: a line of more than ${LINE_BYTES_MAX} bytes`],
    ['a line', { format: 'bai2' }, endless('01,', 'x'), `file:1:1: a line of more than ${LINE_BYTES_MAX} bytes`],
    ['a line', { format: 'csv' }, endless('a,', 'x'), `file:1:1: a line of more than ${LINE_BYTES_MAX} bytes`],
    ['a quoted field', { format: 'csv' }, endless(`${BILL}"`, 'x\n'), 'file:6:1: a row of at most 65536 characters'],
    ['a field', { format: 'mt940' }, endless(':86:', 'x\n'), 'a field :86: of more than 200 lines'],
    [
      'a record',
      { format: 'bai2' },
      endless(BAI2.slice(0, BAI2.indexOf('49,')), '88,x\n'),
      'a record of more than 500 lines',
    ],
    ['a text', {}, endless('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">', 'x'), 'characters'],
    ['a comment', {}, endless('<!--', 'x'), 'a text or tag of more than 65536 characters'],
    ['a tag', {}, endless('<D', ' a="b"'), 'a text or tag of more than 65536 characters'],
    ['a definition', {}, endless('<!DOCTYPE d [', 'x'), 'a text or tag of more than 65536 characters'],
    [
      'a nesting',
      { format: 'camt053' },
      endless('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">', '<a>'),
      'a nesting of more than 40 elements',
    ],
    [
      'an entry',
      {},
      endless(CAMT053.slice(0, CAMT053.indexOf('<c:TxDtls>')), `<c:TxDtls><c:a>${'x'.repeat(60)}</c:a></c:TxDtls>`),
      'an entry of more than 8388608 characters',
    ],
  ])('%s of %o', async (_, options, chunks, message) => {
    expect(await refusalOf(itemsOf(chunks, options))).toContain(message);
  });
});

test('a line without an end is refused when it is too long, not when the file ends', async () => {
  let given = 0;
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (; given < 100; given++) yield Buffer.from('a,'.repeat(5_000));
  };
  const reading = readStatements(chunks(), { file: 'file', currencies: CURRENCIES });
  expect(await refusalOf(reading.next())).toContain('a line of more than');
  expect(given).toBeLessThan(10);
});

test('February 29 and 30 are the last of February in any year, and an entry date may be in the next one', async () => {
  const text = changed(MT940, ':61:250103D3', ':61:2302291231D3');
  expect(linesIn(await read(text)).at(-1)).toMatchObject({ valueDate: '2023-02-28', bookingDate: '2022-12-31' });
});
