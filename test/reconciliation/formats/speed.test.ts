// A long bill as a stream. FLORIN_BILL_LINES=1000000 is the size that the figures are of.

import { expect, test } from 'vitest';
import { readStatements } from '../../../src/reconciliation/formats/read-statements.ts';
import { CURRENCIES } from '../support/reading.ts';

const LINES = Number(process.env['FLORIN_BILL_LINES'] ?? 100_000);

/** Asked for at full size only: a machine that runs all tests at once says nothing of speed. */
const FULL = 1_000_000;
const LINES_PER_SECOND_MIN = 500_000;

/** A bill of 1,000,000 lines has 110 MB: far less than that may be added by reading it. */
const HEAP_BYTES_MAX = 60_000_000;

const BLOCK = 500;

function* billBlocks(): Generator<string> {
  yield 'trade_number,number,type,amount,currency,fee,original,booked_at\r\n';
  for (let from = 0; from < LINES; from += BLOCK) {
    yield Array.from({ length: BLOCK }, (_, at) => lineOf(from + at)).join('');
  }
}

function lineOf(index: number): string {
  const number = String(index).padStart(20, '0');
  const second = String(index % 60).padStart(2, '0');
  return `SIM${number},chn_01JDEQ${number},pay,${100 + (index % 9_000)},CZK,${index % 7},,2026-11-24T10:11:${second}.123Z\r\n`;
}

test(`${LINES} lines`, async () => {
  let cpuMs = 0;
  // The time of making the bill is not counted: the clock runs from one block to the asking for the next.
  let since = process.cpuUsage();
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (const block of billBlocks()) {
      const bytes = Buffer.from(block);
      since = process.cpuUsage();
      yield bytes;
      const { user, system } = process.cpuUsage(since);
      cpuMs += (user + system) / 1_000;
    }
  };
  let [lines, sum, heapMax] = [0, 0, 0];
  const heapBefore = process.memoryUsage().heapUsed;
  for await (const items of readStatements(chunks(), { file: 'bill.csv', currencies: CURRENCIES })) {
    for (const item of items) {
      if (item.kind !== 'line') continue;
      lines += 1;
      sum += item.line.amount;
    }
    if (lines % 5_000 < BLOCK) heapMax = Math.max(heapMax, process.memoryUsage().heapUsed - heapBefore);
  }
  const expected = Array.from({ length: LINES }, (_, index) => 100 + (index % 9_000)).reduce((a, b) => a + b, 0);
  expect([lines, sum]).toEqual([LINES, expected]);

  const perSecond = Math.round(LINES / (cpuMs / 1_000));
  console.log(`read ${LINES} lines, ${perSecond} a second of one core, heap + ${Math.round(heapMax / 1e6)} MB at most`);
  expect(heapMax).toBeLessThan(HEAP_BYTES_MAX);
  if (LINES >= FULL) expect(perSecond).toBeGreaterThan(LINES_PER_SECOND_MIN);
}, 120_000);
