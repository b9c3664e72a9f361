// A bill with a known mix of all nine kinds of difference: all are found, none is invented, the sums are explained to the
// last minor unit, and a second run finds the same. FLORIN_BILL_LINES=1000000 is the size that the figures are of.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { DIFFERENCE_KINDS, type Difference } from '../../../src/reconciliation/matching/difference.ts';
import { matchSides, type MatchResult } from '../../../src/reconciliation/matching/matcher.ts';
import type { CurrencyTotals } from '../../../src/reconciliation/matching/totals.ts';
import { BILL_DAY, PlantedSides } from '../support/planted.ts';

const LINES = Number(process.env['FLORIN_BILL_LINES'] ?? 50_000);
const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);

/** Asked for at full size only: a machine that runs all tests at once says nothing of speed. */
const FULL = 1_000_000;
const LINES_PER_SECOND_MIN = 200_000;
const RSS_BYTES_MAX = 700_000_000;

/** Of some 200 that a line and its order have: most of both sides lies in a file, at any size. */
const MEMORY_BYTES_PER_LINE = 60;

type Run = MatchResult & { readonly found: Map<string, string>; readonly order: string; readonly cpuMs: number };

async function run(sides: PlantedSides): Promise<Run> {
  const found = new Map<string, string>();
  const order = createHash('sha256');
  const before = process.cpuUsage();
  const result = await matchSides({
    channel: sides.channel(),
    local: sides.local(),
    memoryBytes: LINES * MEMORY_BYTES_PER_LINE,
    rules: {
      keys: ['number'],
      amountTolerance: 1,
      feeTolerance: 0,
      windowDays: 1,
      cardinality: '1:1',
      asOfDay: BILL_DAY,
      waitDays: 1,
    },
    onDifference: (difference) => {
      found.set(told(difference), difference.id);
      order.update(difference.id);
    },
    onWaiting: (side, { id }) => order.update(side + id),
  });
  const { user, system } = process.cpuUsage(before);
  return { ...result, found, order: order.digest('hex'), cpuMs: (user + system) / 1_000 };
}

function told({ kind, also, channel, local, deltas }: Difference): string {
  const sums = deltas.map(({ currency, amount, fee }) => `${currency},${amount},${fee}`).join(';');
  return [[kind, ...also].join('+'), channel.join(), local.join(), sums].join('|');
}

/** The sums of both sides, counted from the rows once more. */
function sumsOf(sides: PlantedSides): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [rows, sign] of [
    [sides.channel(), 1n],
    [sides.local(), -1n],
  ] as const) {
    for (const batch of rows) {
      for (const { currency, amount } of batch) sums.set(currency, (sums.get(currency) ?? 0n) + sign * BigInt(amount));
    }
  }
  return sums;
}

function explainedBy({ explained }: CurrencyTotals): bigint {
  return Object.values(explained).reduce((sum, { amount }) => sum + amount, 0n);
}

test(`${LINES} lines, seed ${SEED}`, async () => {
  const sides = new PlantedSides(SEED, LINES);
  const started = performance.now();
  const first = await run(sides);
  const wallMs = performance.now() - started;
  const rss = process.memoryUsage.rss();

  const expected = Array.from({ length: LINES }, (_, index) => sides.expectedOf(index)).filter((one) => one !== null);
  const planted = expected.filter(({ told: text }) => text !== '').map(({ told: text }) => text);
  expect(new Set(first.found.keys())).toEqual(new Set(planted));
  for (const kind of DIFFERENCE_KINDS) {
    expect(first.counts.differences[kind]).toBe(expected.filter((one) => one.kind === kind).length);
    expect(first.counts.differences[kind]).toBeGreaterThan(0);
  }
  const waiting = expected.filter(({ kind }) => kind === 'waiting').length;
  expect(first.counts.waitingChannelRows + first.counts.waitingLocalRows).toBe(waiting);

  const sums = sumsOf(sides);
  expect(first.totals.map(({ currency }) => currency)).toEqual(['CZK', 'EUR', 'JPY', 'USD']);
  for (const totals of first.totals) {
    expect(totals.channel.amount - totals.local.amount).toBe(sums.get(totals.currency));
    expect(explainedBy(totals)).toBe(sums.get(totals.currency));
  }

  const second = await run(sides);
  expect(second.order).toBe(first.order);
  expect(second.found).toEqual(first.found);
  expect(second.totals).toEqual(first.totals);

  const perSecond = Math.round(LINES / (Math.min(first.cpuMs, second.cpuMs) / 1_000));
  const figures = `${Math.round(wallMs)} ms, ${perSecond} lines a second of one core, RSS ${Math.round(rss / 1e6)} MB`;
  console.log(`matched ${LINES} lines with ${LINES} orders in ${figures}`);
  expect(rss).toBeLessThan(RSS_BYTES_MAX);
  if (LINES >= FULL) expect(perSecond).toBeGreaterThan(LINES_PER_SECOND_MIN);
}, 120_000);
