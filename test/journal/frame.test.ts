// Frames find what a disk breaks: any flipped bit, any cut.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FIRST_PREVIOUS_HASH,
  FrameDamage,
  frameHash,
  HEAD_BYTES,
  readFrame,
  writeFrame,
  type FrameHead,
} from '../../src/journal/frame.ts';

const HEAD: FrameHead = {
  partition: 3,
  epoch: 7,
  seq: 2 ** 40 + 1,
  count: 12,
  timeMs: 1_800_000_000_123,
  previousHash: frameHash(new Uint8Array()),
};
const PAYLOAD = Buffer.from('what has happened');

const heads: fc.Arbitrary<FrameHead> = fc.record({
  partition: fc.nat(0xffff),
  epoch: fc.nat(0xffffffff),
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  count: fc.nat(0xffffffff),
  timeMs: fc.integer({ min: 0, max: 2 ** 48 }),
  previousHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});
const payloads = fc.uint8Array({ maxLength: 400 });

/** CRC-32C bit by bit, as RFC 3720 defines it. */
function castagnoli(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function damageOf(bytes: Uint8Array): FrameDamage {
  try {
    readFrame(bytes);
  } catch (error) {
    if (error instanceof FrameDamage) return error;
    throw error;
  }
  throw new Error('no damage was found');
}

function flipped(frame: Uint8Array, bit: number): Uint8Array {
  const copy = Buffer.from(frame);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

test('a frame is read back as it was written', () => {
  fc.assert(
    fc.property(heads, payloads, (head, payload) => {
      const { payload: read, previousHash, ...rest } = readFrame(writeFrame(head, payload));
      const { previousHash: hash, ...expected } = head;
      expect(rest).toEqual(expected);
      expect([Buffer.compare(read, payload), Buffer.compare(previousHash, hash)]).toEqual([0, 0]);
    }),
  );
});

test('a frame is read out of a larger buffer', () => {
  const frame = writeFrame(HEAD, PAYLOAD);
  const larger = Buffer.concat([Buffer.alloc(5), frame, Buffer.alloc(5)]);
  expect(readFrame(larger.subarray(5, 5 + frame.length)).payload.toString()).toBe(PAYLOAD.toString());
});

test('the layout, for ever', () => {
  const frame = Buffer.from(writeFrame({ ...HEAD, previousHash: FIRST_PREVIOUS_HASH }, Buffer.from('facts')));
  const head = ['464c524e', '01', '00', '0003', '00000007', '0000000c', '4270000000001000', '427a3185c507b000'];
  expect(frame.subarray(0, 32).toString('hex')).toBe(head.join(''));
  expect(frame.subarray(32, HEAD_BYTES).toString('hex')).toBe(`${'00'.repeat(32)}00000005`);
  expect(frame.subarray(HEAD_BYTES, -4).toString()).toBe('facts');
  expect(frame.readUInt32BE(frame.length - 4)).toBe(castagnoli(frame.subarray(0, -4)));
});

describe('a flipped bit', () => {
  test('every single one of a frame is found, and is never taken for a cut', () => {
    const frame = writeFrame(HEAD, PAYLOAD);
    for (let bit = 0; bit < frame.length * 8; bit++)
      expect(damageOf(flipped(frame, bit)).kind, `bit ${bit}`).toBe('damaged');
  });

  test('any one of any frame', () => {
    fc.assert(
      fc.property(heads, payloads, fc.nat(), (head, payload, any) => {
        const frame = writeFrame(head, payload);
        expect(damageOf(flipped(frame, any % (frame.length * 8))).kind).toBe('damaged');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a frame that was cut', () => {
  test('at every byte: it is torn there', () => {
    const frame = writeFrame(HEAD, PAYLOAD);
    for (let length = 0; length < frame.length; length++) {
      const { kind, offset } = damageOf(frame.subarray(0, length));
      expect([kind, offset]).toEqual(['torn', length]);
    }
  });

  test('any frame, anywhere', () => {
    fc.assert(
      fc.property(heads, payloads, fc.nat(), (head, payload, any) => {
        const frame = writeFrame(head, payload);
        const length = any % frame.length;
        const { kind, offset } = damageOf(frame.subarray(0, length));
        expect([kind, offset]).toEqual(['torn', length]);
      }),
    );
  });
});

test('bytes behind the checksum are damage', () => {
  const frame = writeFrame(HEAD, PAYLOAD);
  expect(damageOf(Buffer.concat([frame, Buffer.alloc(1)]))).toMatchObject({ kind: 'damaged', offset: frame.length });
});

test('a frame of another version is not guessed at', () => {
  const frame = writeFrame(HEAD, PAYLOAD);
  expect(damageOf(flipped(frame, 4 * 8 + 1)).kind).toBe('damaged');
});
