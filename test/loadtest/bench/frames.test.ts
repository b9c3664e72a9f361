// What the generator writes by hand is what a library would have written, and what it reads by hand means the same.

import { Packr, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { readAnswer, readResults, refusalCode } from '../../../loadtest/bench/answers.ts';
import { accountFrame, batchFrame, headerOf, singleFrame } from '../../../loadtest/bench/frame-writer.ts';
import { holdingKinds, holdsIn } from '../../../loadtest/bench/holding.ts';
import { accountName, accountNames, writeAccount, writeTransfer } from '../../../loadtest/bench/names.ts';

/** Undoes the frame: the payload as objects. Fails for a header that does not fit the payload. */
function payloadOf(frame: Buffer): unknown {
  const short = (frame[1] ?? 0) & 0x7f;
  const start = short < 126 ? 6 : short === 126 ? 8 : 14;
  const length = short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  expect(frame[0]).toBe(0x82);
  expect((frame[1] ?? 0) & 0x80).toBe(0x80);
  expect(frame.readUInt32BE(start - 4)).toBe(0);
  expect(frame.length).toBe(start + length);
  return unpack(frame.subarray(start));
}

function nameOf(number: number): string {
  const name = Buffer.alloc(16);
  writeTransfer(number, name, 0);
  return name.toString('latin1');
}

describe('names', () => {
  it('of transfers are ids of the contract, one for each number', () => {
    const numbers = [0, 1, 63, 64, 2 ** 30 - 1, 2 ** 30, 2 ** 30 + 1, 2 ** 53 - 1];
    const names = [...numbers, ...Array.from({ length: 5_000 }, (_, number) => number + 100)].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_.:-]{16}$/);
  });

  it('of accounts are written as they are called', () => {
    const target = Buffer.alloc(10);
    writeAccount(accountNames(4_300), 4_217, target, 1);
    expect(target.toString('latin1', 1, 9)).toBe(accountName(4_217));
  });
});

describe('a frame', () => {
  it('opens an account', () => {
    const { bytes, requestAt, idAt } = accountFrame('EUR');
    bytes.writeUInt32BE(70_000, requestAt);
    bytes.write(accountName(7), idAt, 'latin1');
    expect(payloadOf(bytes)).toEqual({
      id: 70_000,
      op: 'accounts.create',
      body: { id: 'a0000007', currency: 'EUR', kind: 'user', credit_limit: 'unlimited' },
    });
  });

  it('carries one transfer', () => {
    const { bytes, requestAt, transfer } = singleFrame();
    bytes.writeUInt32BE(3, requestAt);
    writeTransfer(9, bytes, transfer.idAt);
    bytes.write('a0000001', transfer.debitAt, 'latin1');
    bytes.write('a0000002', transfer.creditAt, 'latin1');
    bytes.writeUInt16BE(999, transfer.amountAt);
    expect(payloadOf(bytes)).toEqual({
      id: 3,
      op: 'transfers.create',
      body: { id: nameOf(9), debit_account: 'a0000001', credit_account: 'a0000002', amount: 999 },
    });
  });

  it.each([1, 15, 16, 1_000, 10_000])('carries a batch of %i', (size) => {
    const { bytes, requestAt, transfers } = batchFrame(Array.from({ length: size }, () => 'post'));
    bytes.writeUInt32BE(1, requestAt);
    for (const [index, places] of transfers.entries()) {
      writeTransfer(index, bytes, places.idAt);
      bytes.write('a0000001', places.debitAt, 'latin1');
      bytes.write('a0000002', places.creditAt, 'latin1');
      bytes.writeUInt16BE(100 + (index % 900), places.amountAt);
    }
    expect(payloadOf(bytes)).toEqual({
      id: 1,
      op: 'transfers.batch',
      body: {
        transfers: Array.from({ length: size }, (_, index) => [
          nameOf(index),
          'a0000001',
          'a0000002',
          100 + (index % 900),
        ]),
      },
    });
  });

  it('carries holds and captures', () => {
    const { bytes, transfers } = batchFrame(['hold', 'capture']);
    const [hold, capture] = transfers;
    if (hold === undefined || capture === undefined) throw new Error('two transfers were asked for');
    writeTransfer(1, bytes, hold.idAt);
    bytes.write('a0000001a', hold.debitAt, 8, 'latin1');
    bytes.write('a0000002', hold.creditAt, 'latin1');
    bytes.writeUInt16BE(5, hold.amountAt);
    writeTransfer(2, bytes, capture.idAt);
    writeTransfer(1, bytes, capture.refAt);
    expect(payloadOf(bytes)).toMatchObject({
      body: {
        transfers: [
          [nameOf(1), 'a0000001', 'a0000002', 5, 1],
          [nameOf(2), null, null, null, 2, nameOf(1)],
        ],
      },
    });
  });

  it('has the shortest header that its length allows', () => {
    expect([125, 126, 65_535, 65_536].map((bytes) => headerOf(bytes).length)).toEqual([6, 8, 8, 14]);
  });
});

describe('a batch with holds', () => {
  it('has as many captures as holds, and three of ten transfers are held', () => {
    for (const size of [10, 100, 999, 1_000]) {
      const kinds = holdingKinds(size);
      const [holds, captures, posts] = (['hold', 'capture', 'post'] as const).map(
        (wanted) => kinds.filter((kind) => kind === wanted).length,
      );
      expect([kinds.length, holds, captures]).toEqual([size, holdsIn(size), holdsIn(size)]);
      expect((holds ?? 0) / ((holds ?? 0) + (posts ?? 0))).toBeCloseTo(0.3, 1);
    }
  });
});

describe('an answer', () => {
  const packers = [
    ['maps of 16 bits', new Packr({ useRecords: false })],
    ['short maps', new Packr({ useRecords: false, variableMapSize: true })],
  ] as const;
  const head = { id: -1, ok: false };

  it.each(packers)('is read without unpacking it: %s', (_name, packr) => {
    for (const id of [0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295]) {
      for (const ok of [true, false]) {
        const bytes = Buffer.concat([Buffer.from('##'), packr.pack({ id, ok, body: {} }), Buffer.from('##')]);
        readAnswer(bytes, 2, bytes.length - 2, head);
        expect(head).toEqual({ id, ok });
      }
    }
  });

  it.each(packers)('means the same in another order: %s', (_name, packr) => {
    const bytes = packr.pack({ ok: true, body: { id: 5, ok: false }, id: 300 });
    readAnswer(bytes, 0, bytes.length, head);
    expect(head).toEqual({ id: 300, ok: true });
  });

  it('gives its results or its refusal', () => {
    const batch = new Packr({ useRecords: false }).pack({
      id: 1,
      ok: true,
      body: { results: [0, 1, 160], position: 'x' },
    });
    expect(readResults(batch, 0, batch.length)).toEqual([0, 1, 160]);
    const refused = new Packr({ useRecords: false }).pack({
      id: 1,
      ok: false,
      error: { code: 'overloaded', status: 503 },
    });
    expect(refusalCode(refused, 0, refused.length)).toBe('overloaded');
  });

  it('that is none is a fault', () => {
    const bytes = new Packr({ useRecords: false }).pack({ hello: {} });
    expect(() => readAnswer(bytes, 0, bytes.length, head)).toThrow('not an answer');
  });
});
