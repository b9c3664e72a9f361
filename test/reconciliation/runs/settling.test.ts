// Settling: which bills a payment of a channel to the bank is for.

import { expect, test } from 'vitest';
import type { StatementLine } from '../../../src/reconciliation/formats/statement.ts';
import type { Clearing, Run } from '../../../src/reconciliation/runs/run.ts';
import { assignBills, dueBills, type Paid } from '../../../src/reconciliation/runs/settling.ts';

function bill(id: string, date: string, ...clearing: Clearing[]): Run {
  return { id, date, clearing, settled: [] } as unknown as Run;
}

const of = (amount: number, fee = 0, merchant = 'acme'): Clearing => ({ merchant, currency: 'EUR', amount, fee });

const paid = (id: string, amount: number): Paid => ({ id, line: { amount, currency: 'EUR' } as StatementLine });

test('what is due is payments less refunds less fees of all merchants, once', () => {
  const bills = [
    bill('a', '2026-01-01', of(100, 3), of(50, 1, 'shop')),
    bill('b', '2026-01-02', of(10)),
    bill('c', '2026-01-02', of(11)),
  ];
  const settled = { id: 's', settled: [{ bill: 'b', currency: 'EUR' }] } as unknown as Run;
  expect(dueBills(bills, [], '').map(({ run, net }) => [run, net])).toEqual([['a', 146], ['c', 11]]); // prettier-ignore
  // The day of b is settled: a later file for that day is not due again. The statement itself finds what it has found.
  expect(dueBills(bills, [settled], '').map(({ run }) => run)).toEqual(['a']);
  expect(dueBills(bills, [settled], 's').map(({ run }) => run)).toEqual(['a', 'c']);
  // A merchant who owes the channel: nobody can say from the sum how.
  expect(dueBills([bill('d', '2026-01-03', of(100), of(-5, 0, 'shop'))], [], '')).toEqual([]);
});

test('a line pays one bill exactly, or several in a row, or none; what is not paid in time is missing', () => {
  const due = [['a', 5], ['b', 7], ['c', 11], ['d', 7]].map(([run, net], day) => ({ run: run as string, currency: 'EUR', net: net as number, day })); // prettier-ignore
  const found = (lines: readonly Paid[], before = 0): readonly string[] =>
    assignBills(lines, due, before).settled.map(({ bill: { run }, by }) => `${by}:${run}`);
  expect(found([paid('x', 7), paid('y', 7)])).toEqual(['x:b', 'y:d']);
  expect(found([paid('weekend', 18)])).toEqual(['weekend:b', 'weekend:c']);
  expect(found([paid('odd', 6)])).toEqual([]);
  expect(assignBills([paid('x', 11)], due, 2).missing.map(({ run }) => run)).toEqual(['a', 'b']);
});
