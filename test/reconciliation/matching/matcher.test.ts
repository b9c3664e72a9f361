// Matching of a few rows, read like two ledgers side by side.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Difference } from '../../../src/reconciliation/matching/difference.ts';
import { matchSides } from '../../../src/reconciliation/matching/matcher.ts';
import type { MatchRow } from '../../../src/reconciliation/matching/row.ts';
import type { MatchingRules } from '../../../src/reconciliation/matching/rules.ts';
import { match, RULES, row, TODAY, told } from '../support/matching.ts';

describe('one to one', () => {
  test.each<[string, readonly MatchRow[], readonly MatchRow[], readonly string[]]>([
    ['both agree', [row('b1', 'k')], [row('l1', 'k')], []],
    ['only the channel has it', [row('b1', 'k')], [], ['CHANNEL_ONLY b1 CZK+100/+2']],
    ['only we have it', [], [row('l1', 'k')], ['LOCAL_ONLY l1 CZK-100/-2']],
    ['another amount', [row('b1', 'k', { amount: 103 })], [row('l1', 'k')], ['AMOUNT_DIFF b1 l1 CZK+3/+0']],
    ['another fee', [row('b1', 'k', { fee: 1 })], [row('l1', 'k')], ['FEE_DIFF b1 l1 CZK+0/-1']],
    ['another status', [row('b1', 'k')], [row('l1', 'k', { status: 'failed' })], ['STATUS_DIFF b1 l1']],
    [
      'another currency',
      [row('b1', 'k', { currency: 'EUR' })],
      [row('l1', 'k')],
      ['CURRENCY_DIFF b1 l1 CZK-100/-2 EUR+100/+2'],
    ],
    ['two days later', [row('b1', 'k')], [row('l1', 'k', { day: TODAY - 2 })], ['LATE b1 l1']],
    ['one day later is within the window', [row('b1', 'k')], [row('l1', 'k', { day: TODAY - 1 })], []],
    [
      'several things at once: the first kind counts, all are told',
      [row('b1', 'k', { amount: 90, fee: 0, day: TODAY + 9 })],
      [row('l1', 'k')],
      ['AMOUNT_DIFF+FEE_DIFF+LATE b1 l1 CZK-10/-2'],
    ],
    ['a line twice', [row('b1', 'k'), row('b2', 'k')], [row('l1', 'k')], ['DUPLICATE b2 CZK+100/+2']],
    ['an order twice', [row('b1', 'k')], [row('l1', 'k'), row('l2', 'k')], ['DUPLICATE l2 CZK-100/-2']],
    [
      'of two lines the one that agrees is the match',
      [row('b1', 'k', { amount: 7 }), row('b2', 'k')],
      [row('l1', 'k')],
      ['DUPLICATE b1 CZK+7/+2'],
    ],
    ['a line that was not understood', [row('b1', 'k', { unparsed: 'no type' })], [], ['UNPARSED b1 CZK+100/+2']],
    ['without any key', [row('b1', '')], [row('l1', '')], ['CHANNEL_ONLY b1 CZK+100/+2', 'LOCAL_ONLY l1 CZK-100/-2']],
    [
      'a row of both sides that has the same id and no key is not one',
      [row('same', '')],
      [row('same', '')],
      ['CHANNEL_ONLY same CZK+100/+2', 'LOCAL_ONLY same CZK-100/-2'],
    ],
  ])('%s', async (_, channel, local, expected) => {
    const { differences } = await match(channel, local);
    expect(differences.map(told).sort()).toEqual(expected);
  });

  test('what the first key leaves is matched by the next', async () => {
    const channel = [row('b1', 'x', { keys: ['unknown', 't1'] }), row('b2', 'x', { keys: ['', 't2'] })];
    const local = [row('l1', 'x', { keys: ['n1', 't1'] }), row('l2', 'x', { keys: ['n2', 't2'] })];
    const { differences, counts } = await match(channel, local);
    expect(differences).toEqual([]);
    expect(counts.matches).toBe(2);
  });

  test('within the tolerance it is a match, and the rest is told apart', async () => {
    const { differences, totals } = await match([row('b1', 'k', { amount: 102 })], [row('l1', 'k')], {
      amountTolerance: 2,
    });
    expect(differences).toEqual([]);
    expect(totals[0]?.explained).toEqual({ tolerated: { amount: 2n, fee: 0n } });
  });
});

describe('several for one', () => {
  const three = [row('1', 'k', { amount: 50, fee: 1 }), row('2', 'k', { amount: 30 }), row('3', 'k', { amount: 20 })];
  const one = (id: string, amount: number): MatchRow => row(id, 'k', { amount, fee: 5 });

  test.each<[MatchingRules['cardinality'], readonly MatchRow[], readonly MatchRow[], readonly string[]]>([
    ['1:N', [one('b', 100)], three, []],
    ['1:N', [one('b', 101)], three, ['AMOUNT_DIFF b 1 2 3 CZK+1/+0']],
    ['1:N', [one('b1', 7), one('b2', 100)], three, ['DUPLICATE b1 CZK+7/+5']],
    ['N:1', three, [one('l', 100)], []],
    ['N:1', three.slice(1), [one('l', 100)], ['AMOUNT_DIFF+FEE_DIFF 2 3 l CZK-50/-1']],
    ['N:1', three, [one('l1', 100), one('l2', 100)], ['DUPLICATE l2 CZK-100/-5']],
  ])('%s', async (cardinality, channel, local, expected) => {
    const { differences } = await match(channel, local, { cardinality });
    expect(differences.map(told)).toEqual(expected);
  });
});

describe('what waits for a later bill', () => {
  const overnight = row('l1', 'k', { day: TODAY });

  test('an order of the last minute is no difference yet', async () => {
    const { differences, waiting, counts } = await match([], [overnight], { waitDays: 1 });
    expect(differences).toEqual([]);
    expect(waiting).toEqual([{ side: 'local', row: overnight }]);
    expect(counts.waitingLocalRows).toBe(1);
  });

  test('given again with the next bill it is a match', async () => {
    const next = { asOfDay: TODAY + 1, waitDays: 1 };
    const { differences, waiting } = await match([row('b1', 'k', { day: TODAY + 1 })], [overnight], next);
    expect([...differences, ...waiting]).toEqual([]);
  });

  test('or a difference, when the time is over', async () => {
    const { differences, waiting } = await match([], [overnight], { asOfDay: TODAY + 1, waitDays: 1 });
    expect(differences.map(told)).toEqual(['LOCAL_ONLY l1 CZK-100/-2']);
    expect(waiting).toEqual([]);
  });
});

describe('the limits', () => {
  const many = (prefix: string, count: number): MatchRow[] =>
    Array.from({ length: count }, (_, index) => row(`${prefix}${index}`, `k${index % 30_000}`, { amount: index % 7 }));

  test('in files, in parts and in another order of rows it finds the same', async () => {
    const [channel, local] = [many('b', 31_000), many('l', 30_500)];
    const plain = await match(channel, local);
    expect(plain.counts.differences.DUPLICATE).toBe(500);
    expect(await match(channel.toReversed(), local.toReversed())).toEqual(plain);
    const parts = await match(channel, local, {}, { bucketRowsMax: 100 });
    expect(new Set(parts.differences)).toEqual(new Set(plain.differences));

    const spillFolder = mkdtempSync(join(tmpdir(), 'florin-spill-'));
    const found: Difference[] = [];
    let files = 0;
    await matchSides({
      channel: [channel],
      local: [local],
      rules: RULES,
      memoryBytes: 100_000,
      spillFolder,
      onDifference: (difference) => {
        if (found.length === 0) files = readdirSync(spillFolder, { recursive: true }).length;
        found.push(difference);
      },
      onWaiting: () => {},
    });
    expect(found).toEqual(plain.differences);
    expect(files).toBe(2);
    expect(readdirSync(spillFolder)).toEqual([]);
    rmSync(spillFolder, { recursive: true });
  });

  test('more rows of one key than fit are refused, not half matched', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(`b${index}`, 'k'));
    await expect(match(rows, [], {}, { bucketRowsMax: 20 })).rejects.toThrow('50 rows have one number');
  });

  test('sums above 2^53 are exact', async () => {
    const large = (id: string, key: string): MatchRow => row(id, key, { amount: Number.MAX_SAFE_INTEGER });
    const { totals } = await match([large('b1', 'k1'), large('b2', 'k2'), large('b3', 'k3')], [large('l1', 'k1')]);
    expect(totals[0]?.channel.amount).toBe(3n * BigInt(Number.MAX_SAFE_INTEGER));
    expect(totals[0]?.explained.CHANNEL_ONLY?.amount).toBe(2n * BigInt(Number.MAX_SAFE_INTEGER));
  });

  test.each<[Partial<MatchingRules>, string]>([
    [{ keys: [] }, 'at least one key'],
    [{ windowDays: -1 }, 'windowDays'],
    [{ amountTolerance: 0.5 }, 'amountTolerance'],
  ])('rules %o are refused', async (rules, message) => {
    await expect(match([], [], rules)).rejects.toThrow(message);
  });

  test('a row with other keys than the rules is refused', async () => {
    await expect(match([row('b1', 'k', { keys: ['k'] })], [])).rejects.toThrow(
      `b1 has 1 keys, not ${RULES.keys.length}`,
    );
  });
});
