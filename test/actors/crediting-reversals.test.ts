// Reversals where an account has a rule of crediting: what is on its way counts, and what went by way of transit stays.

import { expect, test } from 'vitest';
import { MONEY_MAX } from '../../src/domain/money.ts';
import { refusalOf } from '../../src/domain/refusals.ts';
import { expectProven, shopWith } from '../support/crediting.ts';
import type { Engine } from '../support/engine.ts';

async function reverse(engine: Engine, transfer: string): Promise<string> {
  const { verdict } = await engine.reverse({ transfer });
  return verdict === 0 ? 'done' : refusalOf(verdict);
}

test.each(['buffered', 'segmented'] as const)('a %s transfer is refused on its way and after it', async (way) => {
  const engine = await shopWith(way, 100);
  await engine.batch(['t1', 'alice', 'shop', 10]);
  expect(await reverse(engine, 't1')).toBe('transfer_not_reversible');
  await engine.advance(200);
  expect((await engine.account('shop')).available).toBe(10);
  expect(await reverse(engine, 't1')).toBe('transfer_not_reversible');
  expect((await engine.account('alice')).available).toBe(990);
  await expectProven(engine);
});

test('what has gathered for the payer counts before money goes back to it, and goes on unharmed', async () => {
  const engine = await shopWith('buffered', 100);
  await engine.open({ id: 'rich', creditLimit: Infinity });
  expect(await engine.batch(['pay', 'shop', 'alice', 5])).not.toEqual([0]);
  await engine.batch(['in1', 'alice', 'shop', 50]);
  await engine.advance(200);
  expect(await engine.batch(['pay1', 'shop', 'alice', 40])).toEqual([0]);
  expect(await engine.batch(['much', 'rich', 'shop', MONEY_MAX - 20])).toEqual([0]);
  // 10 are there, all but 20 of what can be counted are on their way: 40 more cannot come back.
  expect(await reverse(engine, 'pay1')).toBe('balance_overflow');
  expect((await engine.account('shop')).available).toBe(10);
  await engine.advance(200);
  expect((await engine.account('shop')).available).toBe(MONEY_MAX - 10);
  await expectProven(engine);
});
