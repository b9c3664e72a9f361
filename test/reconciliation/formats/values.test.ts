// What is read from a small file of each format, value by value.

import { describe, expect, test } from 'vitest';
import { BILL_COLUMNS } from '../../../src/channels/simulator-protocol.ts';
import { billOf } from '../../../src/channels/simulator/bills.ts';
import { FaultRules } from '../../../src/channels/simulator/fault-rules.ts';
import { STRIPE_BILL_COLUMNS } from '../../../src/channels/stripe-bill.ts';
import { SIMULATOR_BILL, STRIPE_BILL, type CsvMapping } from '../../../src/reconciliation/formats/csv-mapping.ts';
import { detectFormat } from '../../../src/reconciliation/formats/detect.ts';
import { findOurNumber } from '../../../src/reconciliation/formats/our-number.ts';
import { itemsOf, linesIn, read, summariesIn, warningsIn } from '../support/reading.ts';
import { BAI2, BILL, CAMT053, MT940, OUR_NUMBER } from '../support/samples.ts';

test('MT940', async () => {
  const items = await read(MT940);
  expect(linesIn(items)).toMatchObject([
    {
      account: '12345678/1020304050',
      amount: 2050,
      currency: 'EUR',
      valueDate: '2024-12-31',
      bookingDate: '2025-01-02',
      bookedAtMs: Number.NaN,
      type: 'NTRF',
      bankReference: 'BANK1',
      ownerReference: 'CUST1',
      ourReference: OUR_NUMBER,
      endToEndId: OUR_NUMBER,
      counterparty: 'MUELLER GMBH',
      text: `supplement\nEREF+${OUR_NUMBER}SVWZ+Grüße`,
      position: { line: 6, column: 1 },
    },
    { amount: -500, type: 'NMSC', ownerReference: '', endToEndId: 'E2E-7', counterparty: 'JOHN DOE', ourReference: '' },
    { account: '99', amount: -3, currency: 'JPY', valueDate: '2025-01-03', bookingDate: '2025-01-03' },
  ]);
  expect(summariesIn(items)).toMatchObject([
    { opening: { amount: 10_000, date: '2024-12-30', intermediate: false }, closing: { amount: 11_550 }, lines: 2 },
    { opening: { amount: -7, currency: 'JPY', intermediate: true }, closing: { amount: -10 }, lines: 1 },
  ]);
  expect(warningsIn(items)).toEqual([]);
});

test('MT940: years from 80 on are of the last century', async () => {
  const [line] = linesIn(await read(MT940.replace(':61:2412310102', ':61:991231')));
  expect(line?.valueDate).toBe('1999-12-31');
});

test('our number is found wherever a bank broke it', () => {
  const [head, tail] = [OUR_NUMBER.slice(0, 9), OUR_NUMBER.slice(9)];
  expect(findOurNumber('', `paid ${head}\n ${tail} thanks`)).toBe(OUR_NUMBER);
  expect(findOurNumber(OUR_NUMBER.replace('_', '').toUpperCase())).toBe(OUR_NUMBER);
  expect(findOurNumber('chn_too_short', 'nothing')).toBe('');
});

test('MT940 in windows-1252: from the first line that is no UTF-8 on', async () => {
  const text = MT940.replace('Grüße', 'Gr\u00FC\u00DFe 5 \u0080');
  const [line] = linesIn(await itemsOf([Buffer.from(text, 'latin1')]));
  expect(line?.text).toContain('Grüße 5 €');
});

test('BAI2', async () => {
  const items = await read(BAI2);
  expect(linesIn(items)).toMatchObject([
    {
      account: '0123456789',
      amount: 2000,
      currency: 'EUR',
      valueDate: '2025-01-02',
      bookingDate: '2024-12-31',
      type: '195',
      bankReference: 'BANKREF',
      ownerReference: 'CUSTREF',
      ourReference: OUR_NUMBER,
      endToEndId: OUR_NUMBER,
      counterparty: 'Jürgen',
      text: `INCOMING, WIRE\nEREF: ${OUR_NUMBER}\nDBNM: Jürgen`,
    },
    { amount: -500, type: '475', valueDate: '2024-12-31', text: 'CHECK' },
  ]);
  expect(summariesIn(items)).toMatchObject([{ opening: { amount: 10_000 }, closing: { amount: 11_500 }, lines: 2 }]);
  expect(warningsIn(items)).toEqual([]);
});

test.each([
  ['a control total', '49,26500,', '49,26501,', ['control_total', 'control_total']],
  ['a count', '99,26500,1,11/', '99,26500,1,12/', ['control_total']],
  ['a closing balance', '015,11500', '015,11501', ['control_total', 'balance_mismatch']],
  ['a deletion', ',BANK,1,', ',BANK,2,', ['not_final']],
])('BAI2: %s that is not met is a warning', async (_, from, to, codes) => {
  expect(warningsIn(await read(BAI2.replace(from, to))).map(({ code }) => code)).toEqual(codes);
});

test('camt.053: a collective entry becomes its details, what is pending is in no balance', async () => {
  const items = await read(CAMT053);
  expect(linesIn(items)).toMatchObject([
    {
      account: 'NL26VAYB8060476890',
      amount: 1000,
      valueDate: '2025-01-02',
      bookingDate: '2024-12-31',
      bookedAtMs: Date.parse('2024-12-31T12:15:00Z'),
      booked: true,
      bankReference: 'REF1',
      ourReference: OUR_NUMBER,
      endToEndId: OUR_NUMBER,
      counterparty: 'A & B',
    },
    { amount: 2000, endToEndId: '', text: 'Grüße\na < b', booked: true },
    { amount: -500, booked: false },
  ]);
  expect(summariesIn(items)).toMatchObject([{ opening: { amount: -100 }, closing: { amount: 2900 }, lines: 3 }]);
  expect(warningsIn(items)).toEqual([]);
});

test('camt.053: details that do not add up stay one line, and it is said', async () => {
  const items = await read(CAMT053.replace('>20.00<', '>20.01<'));
  expect(linesIn(items).map(({ amount }) => amount)).toEqual([3000, -500]);
  expect(warningsIn(items).map(({ code }) => code)).toEqual(['details_not_split']);
});

test('camt.053 in ISO-8859-1', async () => {
  const text = CAMT053.replace('UTF-8', 'ISO-8859-1');
  expect(linesIn(await itemsOf([Buffer.from(text, 'latin1')]))[1]?.text).toBe('Grüße\na < b');
});

describe('CSV', () => {
  test('the bill of the simulator, from the view of our account with it', async () => {
    const items = await read(BILL);
    expect(linesIn(items)).toMatchObject([
      {
        amount: 1250,
        fee: 13,
        currency: 'CZK',
        type: 'pay',
        bankReference: 'SIM1',
        ourReference: OUR_NUMBER,
        bookingDate: '2026-11-24',
        bookedAtMs: Date.parse('2026-11-24T10:11:12.345Z'),
      },
      { amount: -250, type: 'refund', ourReference: 'r,1', original: OUR_NUMBER },
      { amount: -7, currency: 'JPY', fee: 0, ourReference: 'quote " and\nnew line é', bookedAtMs: Number.NaN },
    ]);
    expect(linesIn(items)[2]?.position).toEqual({ line: 4, column: 1 });
    expect(warningsIn(items)).toEqual([]);
  });

  test('a bill as the simulator writes it', async () => {
    const movement = { tradeNumber: 'T', number: 'n', original: '', amount: 5, currency: 'CZK', fee: 1, atMs: 0 };
    const types = ['pay', 'return'] as const;
    const text = billOf(
      types.map((type) => ({ ...movement, type })),
      new FaultRules(1),
    );
    expect(linesIn(await read(text)).map(({ amount }) => amount)).toEqual([5, 5]);
    expect(Object.values(SIMULATOR_BILL.columns).sort()).toEqual([...BILL_COLUMNS].sort());
  });

  test('the bill of our Stripe adapter', async () => {
    expect(STRIPE_BILL_COLUMNS).toEqual(expect.arrayContaining(Object.values(STRIPE_BILL.columns)));
    const text = `${STRIPE_BILL_COLUMNS.join(',')}\ntxn_1,refund,re_1,chn_x,-500,0,-500,CZK,2026-11-24T10:00:00.000Z\n`;
    const expected = { amount: -500, bankReference: 'txn_1', ourReference: 'chn_x', text: 're_1', type: 'refund' };
    expect(linesIn(await read(text))).toMatchObject([expected]);
  });

  test("Stripe's own report", async () => {
    const text = [
      'balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,description,payment_metadata[florin_number]',
      'txn_1,2026-11-24 10:00:00,usd,-5.5,0.31,-5.81,refund,re_1,"a, b",chn_x',
      'txn_2,2026-11-24 10:00:01,jpy,500,0,500,charge,ch_1,,',
    ].join('\n');
    expect(linesIn(await read(text))).toMatchObject([
      { amount: -550, fee: 31, currency: 'USD', ourReference: 'chn_x', endToEndId: 're_1', bookingDate: '2026-11-24' },
      { amount: 500, fee: 0, currency: 'JPY', ourReference: '' },
    ]);
  });

  test('any other by its mapping: semicolons, a comma, days first, Latin-1, one currency', async () => {
    const csv: CsvMapping = {
      separator: ';',
      encoding: 'windows-1252',
      amounts: 'comma',
      dates: 'dmy.',
      columns: { amount: 'Betrag', bookedAt: 'Buchung', valueDate: 'Valuta', counterparty: 'Name' },
    };
    const text = 'Buchung;Valuta;Name;Betrag\r\n24.12.2026;27.12.2026;Müller;-1234,5\r\n';
    const items = await itemsOf([Buffer.from(text, 'latin1')], { csv, currency: 'EUR' });
    expect(linesIn(items)).toMatchObject([
      { amount: -123_450, currency: 'EUR', bookingDate: '2026-12-24', valueDate: '2026-12-27', counterparty: 'Müller' },
    ]);
  });

  test.each([
    ['2026-11-24T10:11', '2026-11-24T10:11:00Z'],
    ['2026-11-24 10:11:12', '2026-11-24T10:11:12Z'],
    ['2026-11-24T10:11:12.3456Z', '2026-11-24T10:11:12.345Z'],
    ['2026-11-24T00:30:00+01:00', '2026-11-23T23:30:00Z'],
    ['2026-11-24T10:11:12-0530', '2026-11-24T15:41:12Z'],
  ])('a time %s', async (written, time) => {
    const text = BILL.replace('2026-11-24T10:11:12.345Z', written);
    expect(linesIn(await read(text))[0]).toMatchObject({ bookedAtMs: Date.parse(time), bookingDate: '2026-11-24' });
  });
});

describe('the format', () => {
  test.each([
    ['<?xml version="1.0"?>', 'camt053'],
    ['\uFEFF\n <Document>', 'camt053'],
    ['01,0004,12345,', 'bai2'],
    ['{1:F01BANK}{4:\n:20:X', 'mt940'],
    ['BANK\n940\n:20:X', 'mt940'],
    [':61:1409010902DR1,62NTRF', 'mt940'],
    ['a;b;c\n1;2;3', 'csv'],
    ['hello world', null],
    ['', null],
  ])('of %j is %s', (text, format) => {
    expect(detectFormat(Buffer.from(text))).toBe(format);
  });
});
