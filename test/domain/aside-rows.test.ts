// How facts about accounts with sub-accounts lie in the journal: never to change (L1).

import { expect, test } from 'vitest';
import { readAside } from '../../src/domain/aside-rows.ts';
import { creditingOf } from '../../src/domain/crediting.ts';
import { factRow, readFact } from '../../src/domain/fact-rows.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { sampleContext as context, samplePost, sampleReversal } from '../support/samples.ts';

const legsOf = (via: string, to: string) => ({
  via: { account: via, version: 3, available: 0 },
  to: { account: to, version: 9, available: 70 },
});

const aside = { version: 7, available: 500 };
const state = { version: 2, status: 'active', creditLimit: 5, metadata: {}, key: 'k', fingerprint: 'f' } as const;
const changed = { context, account: 'shop', fixed: [7, 'EUR', 'merchant', 99], balances: [1, 2, 3], ...state } as const;
const gathered = { kind: 10, context, step: 'gathered', account: 'shop', ...legsOf('*01:shop', 'shop'), currency: 'EUR', amount: 70, key: '', fingerprint: '' } as const; // prettier-ignore

function lies(fact: Fact, row: readonly unknown[]): void {
  expect(factRow(fact, 0)).toEqual(row);
  expect(readFact(row, [context])).toEqual(fact);
}

test('what a sub-account gave', () => {
  lies(gathered, [10, 0, 'shop', ['*01:shop', 3, 0], ['shop', 9, 70], 'EUR', 70]);
});

test.each([
  ['debit', [7, 500], null],
  ['credit', null, [7, 500]],
] as const)('a post of which the %s account has sub-accounts', (side, debit, credit) => {
  const within = factRow(samplePost, 0);
  expect(within).toHaveLength(12);
  lies({ ...samplePost, [side]: { ...samplePost[side], aside } }, [12, 0, debit, credit, null, within]);
});

test('a reversal', () => {
  const fact = { ...sampleReversal, credit: { ...sampleReversal.credit, aside } };
  lies(fact, [12, 0, null, [7, 500], null, factRow(sampleReversal, 0)]);
});

test('a post to a sub-account: the step is 5', () => {
  const via = { account: '*02:shop', version: 3, available: 70 };
  const own = { kind: 7, step: 'spread', status: 'posted', via, suspense: null, dueMs: 0, reason: 0 } as const;
  const routed = { ...samplePost, ...own };
  const within = factRow(routed, 0);
  expect(within.slice(0, 3)).toEqual([7, 0, 5]);
  lies({ ...routed, credit: { ...routed.credit, aside } }, [12, 0, null, [7, 500], null, within]);
});

test('a sum that reached an account with sub-accounts', () => {
  const sum = { id: 'sum_1', account: 'shop', ...legsOf('+shop', 'shop'), currency: 'EUR', amount: 70, reason: 0 };
  const fact = { kind: 8, context, step: 'applied', ...sum, key: '', fingerprint: '' } as const;
  lies({ ...fact, to: { ...fact.to, aside } }, [12, 0, null, [7, 500], null, factRow(fact, 0)]);
});

test('a rule of eight sub-accounts, of which there are nine; the way is 3', () => {
  const fact = { kind: 9, ...changed, crediting: creditingOf('shop', 'spread', 0, 8, 9), onTheWay: 0, aside } as const;
  const within = [9, 0, 'shop', 2, 0, 5, {}, [7, 'EUR', 'merchant', 99], [1, 2, 3], 3, 0, 0, 'k', 'f'];
  lies(fact, [12, 0, null, [7, 500], [8, 9], within]);
});

test('a rule that went, and left nine', () => {
  const fact = { kind: 9, ...changed, crediting: creditingOf('shop', 'direct', 0, 0, 9), onTheWay: 0, aside } as const;
  expect(factRow(fact, 0)[4]).toEqual([0, 9]);
  expect(readFact(factRow(fact, 0), [context])).toEqual(fact);
});

test('a fact that can have none beside it is not guessed at', () => {
  expect(() => readAside(gathered, [12, 0, [7, 500], null, null, []])).toThrow('kind 10');
});
