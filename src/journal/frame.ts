// Frame. One batch of facts as it lies in the journal: a head, the payload, a checksum over both. Each head carries the
// SHA-256 of the frame before it, so that no frame can be changed, dropped or put in without breaking the chain.
//
//   0 magic "FLRN"   4 version   5 reserved   6 partition   8 epoch   12 count   16 seq (f64)   24 time, ms (f64)
//   32 hash of the frame before (32 bytes; zeros for the first)   64 payload length   68 payload   … CRC-32C
//
// CRC-32C (Castagnoli, RFC 3720 §B.4) finds what a disk breaks; the hash chain finds what a person changes.

import { createHash } from 'node:crypto';
import { crc32c } from '@node-rs/crc32';

export const FRAME_VERSION = 1;
export const HEAD_BYTES = 68;
export const FIRST_PREVIOUS_HASH = new Uint8Array(32);

const MAGIC = 0x464c524e;
const CRC_BYTES = 4;

export type FrameHead = {
  readonly partition: number;
  /** Rises by one each time an owner opens the journal. */
  readonly epoch: number;
  readonly seq: number;
  /** Facts in the payload. */
  readonly count: number;
  /** When the batch began, ms since 1970; never falls. */
  readonly timeMs: number;
  readonly previousHash: Uint8Array;
};

export type Frame = FrameHead & { readonly payload: Uint8Array };

/** `torn`: shorter than its head says, as a write cut off by a crash leaves it. Everything else is `damaged`. */
export class FrameDamage extends Error {
  override name = 'FrameDamage';
  readonly kind: 'torn' | 'damaged';
  /** Byte within the frame where it was noticed. */
  readonly offset: number;

  constructor(kind: 'torn' | 'damaged', offset: number, message: string) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}

/** SHA-256 of a whole frame: what the next one carries. */
export function frameHash(frame: Uint8Array): Uint8Array {
  return createHash('sha256').update(frame).digest();
}

export function writeFrame(head: FrameHead, payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafeSlow(HEAD_BYTES + payload.length + CRC_BYTES);
  frame.writeUInt32BE(MAGIC, 0);
  frame.writeUInt8(FRAME_VERSION, 4);
  frame.writeUInt8(0, 5);
  frame.writeUInt16BE(head.partition, 6);
  frame.writeUInt32BE(head.epoch, 8);
  frame.writeUInt32BE(head.count, 12);
  frame.writeDoubleBE(head.seq, 16);
  frame.writeDoubleBE(head.timeMs, 24);
  frame.set(head.previousHash, 32);
  frame.writeUInt32BE(payload.length, 64);
  frame.set(payload, HEAD_BYTES);
  frame.writeUInt32BE(crc32c(frame.subarray(0, HEAD_BYTES + payload.length)), HEAD_BYTES + payload.length);
  return frame;
}

/** Facts of a frame, without reading it. */
export function frameCount(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(12);
}

/** Whose a frame is, without reading it; null for one that ends before it says so. */
export function framePartition(frame: Uint8Array): number | null {
  return frame.length < HEAD_BYTES ? null : new DataView(frame.buffer, frame.byteOffset).getUint16(6);
}

/** When a frame was begun, ms since 1970, without reading it. */
export function frameTimeMs(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getFloat64(24);
}

/** Reads and checks a frame by itself; the chain is the reader's to check. @throws FrameDamage */
export function readFrame(bytes: Uint8Array): Frame {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (frame.length < HEAD_BYTES + CRC_BYTES) throw new FrameDamage('torn', frame.length, 'frame ends inside its head');
  if (frame.readUInt32BE(0) !== MAGIC) throw new FrameDamage('damaged', 0, 'frame does not begin with FLRN');
  const length = frame.readUInt32BE(64);
  const end = HEAD_BYTES + length;
  if (frame.length < end + CRC_BYTES) throw tooShort(frame);
  if (frame.length > end + CRC_BYTES) throw new FrameDamage('damaged', end + CRC_BYTES, 'bytes after the checksum');
  if (frame.readUInt32BE(end) !== crc32c(frame.subarray(0, end))) {
    throw new FrameDamage('damaged', end, 'checksum does not match');
  }
  if (frame.readUInt8(4) !== FRAME_VERSION) throw new FrameDamage('damaged', 4, 'frame of an unknown version');
  return {
    partition: frame.readUInt16BE(6),
    epoch: frame.readUInt32BE(8),
    count: frame.readUInt32BE(12),
    seq: frame.readDoubleBE(16),
    timeMs: frame.readDoubleBE(24),
    previousHash: frame.subarray(32, 64),
    payload: frame.subarray(HEAD_BYTES, end),
  };
}

/** Shorter than its head says. Cut off by a crash, or whole with a broken length? The checksum knows. */
function tooShort(frame: Buffer): FrameDamage {
  const end = frame.length - CRC_BYTES;
  const head = Buffer.from(frame.subarray(0, HEAD_BYTES));
  head.writeUInt32BE(end - HEAD_BYTES, 64);
  const isWhole = crc32c(frame.subarray(HEAD_BYTES, end), crc32c(head)) === frame.readUInt32BE(end);
  if (isWhole) return new FrameDamage('damaged', 64, 'length in the head is not that of the frame');
  return new FrameDamage('torn', frame.length, 'frame ends before its checksum');
}

/** Where a crash cut the frame short; null for one that is whole or damaged otherwise. */
export function tornAt(frame: Uint8Array): number | null {
  try {
    readFrame(frame);
    return null;
  } catch (error) {
    return error instanceof FrameDamage && error.kind === 'torn' ? error.offset : null;
  }
}
