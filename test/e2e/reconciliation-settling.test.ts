// What a channel owes, and what comes of it: a bank statement settles bills once, and a run that is killed comes to the same.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../../src/reconciliation/runs/run.ts';
import { florin } from './support/program.ts';
import { Reconciling } from './support/reconciling.ts';

const today = (): string => new Date().toISOString().slice(0, 10);

/** MT940 with these amounts (minor units of EUR), each said to be of the channel. */
function statement(date: string, amounts: readonly number[]): string {
  const day = date.slice(2).replaceAll('-', '');
  const text = (amount: number): string => (amount / 100).toFixed(2).replace('.', ',');
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  const lines = amounts.flatMap((amount) => [
    `:61:${day}${day.slice(2)}C${text(amount)}NTRFNONREF`,
    ':86:CARD settlement',
  ]);
  const head = [':20:STATEMENT', ':25:37040044/0532013000', ':28C:1/1', `:60F:C${day}EUR0,00`];
  return [...head, ...lines, `:62F:C${day}EUR${text(sum)}`, '-', ''].join('\r\n');
}

function reconcile(desk: Reconciling, ...words: string[]) {
  return florin('reconcile', ...words, '--channel', 'card', '--port', String(desk.site.port));
}

test('a bank statement books what the channel has paid, once; what it does not owe is a case', async () => {
  const desk = await Reconciling.open({ wait_days: 0 });
  const { business } = desk;
  for (const amount of [1_000, 2_000]) await business.pay(await business.trade('sale', amount), [{ type: 'channel' }]);
  const date = today();
  const bill = await desk.fetchBill(date);
  expect(bill).toMatchObject({ status: 'succeeded', differences: 0, matched: 2 });

  const json = await reconcile(desk, '--date', date, '--json');
  expect([json.code, JSON.parse(json.out)]).toMatchObject([0, { id: bill.id, differences: 0 }]);
  const file = join(desk.site.folder, 'statement.sta');
  writeFileSync(file, statement(date, [1]));
  const shown = await reconcile(desk, file, '--date', date, '--kind', 'bank_statement');
  expect([shown.code, shown.out]).toEqual([1, expect.stringMatching(/CHANNEL_ONLY +1\n/)]);
  const refused = await reconcile(desk, file, '--date', 'tomorrow');
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('query_invalid')]);

  const first = await desk.bring(`date=${date}&kind=bank_statement`, statement(date, [2_991, 500]));
  expect(first.status, first.text).toBe(201);
  const run = await desk.ended(first.body.id);
  expect(run).toMatchObject({ status: 'succeeded', settled: [{ run: bill.id, currency: 'EUR' }], differences: 1 });
  expect(run.totals[0]).toMatchObject({ channel: { amount: 3_491 }, local: { amount: 2_991 }, explained: { CHANNEL_ONLY: { amount: 500 } } }); // prettier-ignore
  const books = { '1001 bank': 2_991, '5001 channel fee': 9 };
  expect(await business.trialBalance()).toMatchObject(books);
  expect(Object.keys(await business.trialBalance())).not.toContain('1110 channel clearing');
  const [found] = await desk.differences(run.id);
  const path = `/differences/${found?.id}/resolve`;
  // Money at the bank is none of the channel's account: people look for whose it is.
  expect((await desk.ask<Run & { code: string }>('POST', path, { decision: 'book' })).body.code).toBe(
    'decision_not_possible',
  );

  const again = await desk.bring(`date=${date}&kind=bank_statement`, statement(date, [2_991, 500]));
  expect([again.status, again.body.id]).toEqual([200, run.id]);
  const other = await desk.ended(
    (await desk.bring(`date=${date}&kind=bank_statement`, statement(date, [2_991]))).body.id,
  );
  expect(other).toMatchObject({ settled: [], by_kind: { CHANNEL_ONLY: 1 } });
  expect(await business.trialBalance()).toMatchObject(books);
  await desk.verified();
}, 120_000);

test('a run that is killed while it is read, and while its cases are opened, comes to the same', async () => {
  const desk = await Reconciling.open({ wait_days: 0 });
  const strangers = 4_000;
  const header = 'trade_number,number,type,amount,currency,fee,original,booked_at';
  const date = today();
  const lines = Array.from(
    { length: strangers },
    (_, at) => `t${at},other-${at},pay,${at + 1},EUR,0,,${date}T10:00:00.000Z`,
  );
  const brought = await desk.bring(`date=${date}&kind=channel_bill`, [header, ...lines, ''].join('\r\n'));
  expect(brought.status, brought.text).toBe(201);
  const { id } = brought.body;
  await desk.crash();
  await desk.until(async () => {
    const { body } = await desk.ask<{ cases: number }>('GET', `/runs/${id}`);
    expect(body.cases).toBeGreaterThan(0);
  });
  await desk.crash();
  const { body } = await desk.ask<{ cases: number }>('GET', `/runs/${id}`);
  expect(body.cases).toBeLessThan(strangers);
  const run = await desk.ended(id);
  expect(run).toMatchObject({ status: 'succeeded', differences: strangers, cases: strangers, by_kind: { CHANNEL_ONLY: strangers } }); // prettier-ignore
  const sum = (strangers * (strangers + 1)) / 2;
  expect(run.totals).toEqual([{ currency: 'EUR', channel: { amount: sum, fee: 0 }, local: { amount: 0, fee: 0 }, explained: { CHANNEL_ONLY: { amount: sum, fee: 0 } } }]); // prettier-ignore
  const { text } = await desk.ask('GET', `/runs/${id}/differences?format=csv`);
  const cases = text
    .split('\r\n')
    .slice(1, -1)
    .map((row) => row.split(',').at(-1));
  expect(new Set(cases).size).toBe(strangers);
  // One case a difference, although some were opened twice.
  expect(await desk.metrics()).toContain(`recon_breaks{type="channel_only",age="1d"} ${strangers}`);
  await desk.verified();
}, 120_000);
