// Entry blocks: what is written is read back, every broken byte is found, and a block follows only from the one before.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Balances } from '../../src/domain/accounts.ts';
import {
  applyEntry,
  BLOCK_ENTRIES,
  BlockBuilder,
  BlockDamage,
  closingOf,
  ENTRY_BYTES_MAX,
  ENTRY_TYPES,
  entryBytes,
  readBlock,
  spanOf,
  writeEntry,
} from '../../src/ledger/entry-block.ts';

const NOTHING: Balances = { available: 0, held: 0, pending: 0, version: 0 };
const ID = /^[A-Za-z0-9_.:-]{0,64}$/;
const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);

type Entry = Parameters<typeof writeEntry>[2];

const entry: fc.Arbitrary<Entry> = fc.record({
  type: fc.nat(ENTRY_TYPES.length - 1),
  side: fc.constantFrom('debit', 'credit'),
  seq: fc.maxSafeNat(),
  index: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  timeMs: fc.maxSafeNat(),
  amount: fc.integer({ min: 0, max: 2 ** 46 }),
  transfer: fc.stringMatching(ID),
  counterparty: fc.stringMatching(ID),
});

/** The bytes of a block; `opening` becomes what the account has after it. */
function blockOf(opening: Balances, entries: readonly Entry[], previousCrc: number): Buffer {
  const builder = new BlockBuilder();
  const written = entryBytes(ENTRY_BYTES_MAX);
  builder.start(opening, previousCrc);
  for (const one of entries) {
    const length = writeEntry(written, 0, one);
    builder.add(written, 0, length);
    applyEntry(opening, written, 0);
  }
  return Buffer.from(builder.finish(opening));
}

/** Memos move nothing. */
function amountOf({ type, amount }: Entry): number {
  return ENTRY_TYPES[type] === 'opened' || ENTRY_TYPES[type] === 'changed' ? 0 : amount;
}

test('what is written is read back', () => {
  const blocks = fc.array(entry, { minLength: 1, maxLength: BLOCK_ENTRIES, size: 'max' });
  fc.assert(
    fc.property(blocks, fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.maxSafeNat(), (all, previousCrc, version) => {
      const entries = all.map((one) => ({ ...one, amount: amountOf(one) }));
      const opening = { available: -7, held: 3, pending: 5, version: Math.min(version, 2 ** 52) };
      const closing = { ...opening };
      const bytes = blockOf(closing, entries, previousCrc);
      const block = readBlock(bytes);
      expect(block.opening).toEqual(opening);
      expect(block.closing).toEqual(closing);
      expect([block.previousCrc, block.crc]).toEqual([previousCrc, closingOf(bytes).crc]);
      expect(closingOf(bytes)).toMatchObject({ balances: closing, count: entries.length, previousCrc });
      expect(spanOf(bytes)).toEqual({
        firstVersion: opening.version + 1,
        firstTimeMs: entries[0]?.timeMs,
        lastTimeMs: entries.at(-1)?.timeMs,
      });
      expect(
        block.entries.map(({ type, side, seq, index, timeMs, amount, transfer, counterparty }) => ({
          type: ENTRY_TYPES.indexOf(type),
          side,
          seq,
          index,
          timeMs,
          amount,
          transfer,
          counterparty,
        })),
      ).toEqual(entries);
      expect(block.entries.map((one) => one.version)).toEqual(entries.map((_, at) => opening.version + 1 + at));
      expect(block.entries.at(-1)?.after).toEqual(closing);
    }),
    { seed: SEED },
  );
});

test('the longest entries fill a block, and it goes on after it was written half full', () => {
  const long: Entry = {
    type: 0,
    side: 'credit',
    seq: Number.MAX_SAFE_INTEGER,
    index: 2 ** 32 - 1,
    timeMs: 2 ** 48,
    amount: 1,
    transfer: 'x'.repeat(64),
    counterparty: 'y'.repeat(64),
  };
  const all = Array.from({ length: BLOCK_ENTRIES }, () => long);
  const whole = blockOf({ ...NOTHING }, all, 9);
  const balances = { ...NOTHING };
  const half = blockOf(balances, all.slice(0, 20), 9);
  const builder = new BlockBuilder();
  const written = entryBytes(ENTRY_BYTES_MAX);
  builder.reopen(half);
  expect([builder.count, builder.firstVersion, builder.isFull]).toEqual([20, 1, false]);
  for (const one of all.slice(20)) {
    builder.add(written, 0, writeEntry(written, 0, one));
    applyEntry(balances, written, 0);
  }
  expect(builder.isFull).toBe(true);
  expect(Buffer.from(builder.finish(balances)).equals(whole)).toBe(true);
});

describe('damage:', () => {
  const sample: Entry = {
    type: 1,
    side: 'debit',
    seq: 5,
    index: 0,
    timeMs: 1_800_000_000_000,
    amount: 12,
    transfer: 'transfer-1',
    counterparty: 'shop',
  };
  const bytes = blockOf({ ...NOTHING }, [sample, { ...sample, type: 0, side: 'credit' }, sample], 77);

  test('every flipped bit is found', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      const at = bit >> 3;
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
      expect(() => readBlock(flipped), `bit ${bit}`).toThrow(BlockDamage);
    }
  });

  test('a block cut short anywhere is found', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readBlock(bytes.subarray(0, length)), `${length} bytes`).toThrow(BlockDamage);
    }
  });
});
