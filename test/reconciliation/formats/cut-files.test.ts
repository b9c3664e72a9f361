// Files that break off, and files that come in blocks. What if a download ends at any byte? What if a block does?

import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/reconciliation/formats/format-error.ts';
import type { StatementItem } from '../../../src/reconciliation/formats/statement.ts';
import { bytesOf, itemsOf, linesIn, warningsIn } from '../support/reading.ts';
import { BAI2, BILL, CAMT053, MT940 } from '../support/samples.ts';

const SAMPLES = [
  ['MT940', MT940],
  ['BAI2', BAI2],
  ['camt.053', CAMT053],
  ['a bill', BILL],
] as const;

/** Formats with an end mark of their own: nothing but the whole is whole. */
const MARKED = ['BAI2', 'camt.053'];

async function outcomeOf(chunks: readonly Uint8Array[]): Promise<StatementItem[] | FormatError> {
  return itemsOf(chunks).catch((error: unknown) => {
    if (error instanceof FormatError) return error;
    throw error;
  });
}

describe.each(SAMPLES)('%s', (name, text) => {
  const bytes = bytesOf(text);

  test('cut at every byte it is a value or an error with a place in the file', async () => {
    const whole = await itemsOf([bytes]);
    for (let end = 0; end < bytes.length; end++) {
      const outcome = await outcomeOf([bytes.subarray(0, end)]);
      if (outcome instanceof FormatError) {
        expect(outcome.position.line).toBeGreaterThanOrEqual(1);
        expect(outcome.position.line).toBeLessThanOrEqual(text.split('\n').length);
        expect(outcome.message).toMatch(/^file:[0-9]+:[0-9]+: ./);
      } else if (MARKED.includes(name)) {
        expect(text.slice(end).trim()).toBe('');
        expect(outcome).toEqual(whole);
      } else expect(linesIn(outcome).length).toBeLessThanOrEqual(linesIn(whole).length);
    }
  });

  test('in two blocks, wherever the border, it is the same', async () => {
    const whole = await itemsOf([bytes]);
    expect(linesIn(whole).length).toBeGreaterThan(1);
    for (let at = 0; at <= bytes.length; at++) {
      expect(await itemsOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });

  test('byte by byte it is the same', async () => {
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await itemsOf(single)).toEqual(await itemsOf([bytes]));
  });

  test('its refusals are the same, wherever the border', async () => {
    const damaged = bytesOf(text);
    const at = Math.floor(damaged.length * 0.7);
    damaged[at] = 0xff;
    const whole = await outcomeOf([damaged]);
    for (let border = 0; border <= damaged.length; border += 3) {
      const outcome = await outcomeOf([damaged.subarray(0, border), damaged.subarray(border)]);
      expect(outcome).toEqual(whole);
    }
  });
});

test('a statement that breaks off before its closing balance says so', async () => {
  const items = await itemsOf([bytesOf(MT940.slice(0, MT940.indexOf(':62F:')))]);
  expect(warningsIn(items).map(({ code }) => code)).toEqual(['balance_incomplete']);
});
