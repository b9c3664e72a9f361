// Statements of banks in camt.053 and BAI2 through a whole run: the file comes, what it pays is booked, what nobody owes is a
// difference with a case, and two keys decide it.

import { expect, test } from 'vitest';
import { Reconciling } from './support/reconciling.ts';

const today = (): string => new Date().toISOString().slice(0, 10);

/** Amounts in minor units of EUR, each said to be of the channel. */
type Statement = (date: string, amounts: readonly number[]) => string;

const camt053: Statement = (date, amounts) => {
  const money = (amount: number): string =>
    `<Amt Ccy="EUR">${(amount / 100).toFixed(2)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`;
  const balance = (code: string, amount: number): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${money(amount)}<Dt><Dt>${date}</Dt></Dt></Bal>`;
  const entry = (amount: number, at: number): string =>
    `<Ntry>${money(amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt>` +
    `<AcctSvcrRef>REF${at}</AcctSvcrRef><AddtlNtryInf>CARD settlement</AddtlNtryInf></Ntry>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>',
    '<Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>',
    balance('OPBD', 0),
    balance('CLBD', sumOf(amounts)),
    ...amounts.map(entry),
    '</Stmt></BkToCstmrStmt></Document>',
    '',
  ].join('\n');
};

const bai2: Statement = (date, amounts) => {
  const day = date.slice(2).replaceAll('-', '');
  const lines = amounts.map((amount, at) => `16,195,${amount},Z,REF${at},,CARD settlement/`);
  const sum = sumOf(amounts);
  // Control totals: the balances of the account, and its lines.
  const control = sum + sum;
  return [
    `01,BANK,US,${day},0200,1,80,,2/`,
    `02,US,BANK,1,${day},,EUR,2/`,
    `03,0123456789,EUR,010,0,,,015,${sum},,/`,
    ...lines,
    `49,${control},${lines.length + 2}/`,
    `98,${control},1,${lines.length + 4}/`,
    `99,${control},1,${lines.length + 6}/`,
    '',
  ].join('\n');
};

const sumOf = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

test.each([
  ['camt053', camt053],
  ['bai2', bai2],
] as const)(
  'a bank statement in %s settles the bill, and what nobody owes is decided by two keys',
  async (_, write) => {
    const desk = await Reconciling.open({ wait_days: 0 });
    const { business } = desk;
    for (const amount of [1_000, 2_000])
      await business.pay(await business.trade('sale', amount), [{ type: 'channel' }]);
    const date = today();
    const bill = await desk.fetchBill(date);
    expect(bill).toMatchObject({ status: 'succeeded', differences: 0, matched: 2 });
    const brought = await desk.bring(`date=${date}&kind=bank_statement`, write(date, [2_991, 500]));
    expect(brought.status, brought.text).toBe(201);
    const run = await desk.ended(brought.body.id);
    expect(run).toMatchObject({
      status: 'succeeded',
      failure: null,
      warnings: [],
      differences: 1,
      cases: 1,
      refused: [],
    });
    expect(run).toMatchObject({ settled: [{ run: bill.id, currency: 'EUR' }], by_kind: { CHANNEL_ONLY: 1 } });
    expect(await business.trialBalance()).toMatchObject({ '1001 bank': 2_991, '5001 channel fee': 9 });
    const [found] = await desk.differences(run.id);
    expect(found).toMatchObject({ amount: 500, currency: 'EUR' });
    const [open] = await desk.openCases();
    expect(open).toMatchObject({ id: found?.case, type: 'channel_only', status: 'open' });
    const decided = await desk.resolve(found?.id ?? '', { decision: 'ignore', reason: 'a refund of bank fees' });
    expect(decided).toMatchObject({ status: 'resolved', decision: 'ignore: a refund of bank fees' });
    expect(await desk.openCases()).toEqual([]);
    await desk.verified();
  },
  120_000,
);
