// Shards: whatever accounts are called, each shard gets its share of them.

import { expect, test } from 'vitest';
import { SHARDS, shardOf } from '../../src/ledger/shards.ts';

const IDS = 1_000_000;
/** By how much a shard may differ from its share. */
const DEVIATION_MAX = 0.01;
/** Pure chance would be beyond 1% in one shape of seven (its standard deviation is 0.39%, there are 16 shards). */
const CHANCE_MAX = 0.0125;

const SHAPES: readonly [string, (n: number) => string, number?][] = [
  ['acc:0, acc:1, …', (n) => `acc:${n}`],
  ['plain numbers', (n) => String(n)],
  ['numbers of eight digits', (n) => String(n).padStart(8, '0')],
  ['even numbers', (n) => `cust:${2 * n}`],
  ['hexadecimal, the number in front', (n) => `${n.toString(16)}:account`],
  ['long ids that differ in the middle', (n) => `${'x'.repeat(20)}${n}${'y'.repeat(20)}`, CHANCE_MAX],
  ['a shop and a till', (n) => `shop-${n % 1_000}.till-${Math.floor(n / 1_000)}`],
  ['ULIDs of one millisecond', (n) => `acc_01ARZ3NDEKTSV4RRFF${n.toString(32).toUpperCase().padStart(8, '0')}`],
];

test.each(SHAPES)('%s', (_, idOf, deviationMax = DEVIATION_MAX) => {
  const counts = new Uint32Array(SHARDS);
  for (let n = 0; n < IDS; n++) {
    const shard = shardOf('acme', idOf(n), SHARDS);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  const share = IDS / SHARDS;
  const deviations = [...counts].map((count) => Math.abs(count - share) / share);
  expect(Math.max(...deviations)).toBeLessThan(deviationMax);
});

test('a shard follows from the name alone, and merchant and id are not run together', () => {
  expect(shardOf('acme', 'a1', 1 << 16)).toBe(shardOf('acme', 'a1', 1 << 16));
  const same = Array.from({ length: 100 }, (_, n) => n).filter(
    (n) => shardOf(`m${n}`, 'x', 1 << 16) === shardOf('m', `${n}x`, 1 << 16),
  );
  expect(same.length).toBeLessThan(5);
  for (let n = 0; n < 1_000; n++) expect(shardOf('acme', `a${n}`, 1)).toBe(0);
});
