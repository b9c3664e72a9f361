// Frame writer: MessagePack inside a masked WebSocket frame (RFC 6455 §5.2), prepared once and filled in place for every
// request. Written by hand because the generator shares two cores with the server it measures: a packed object costs
// about a microsecond, a filled template a fraction of it.
//
// W1. The mask is zero, so the payload goes out as it is; the server undoes the mask like any other.
// W2. Places are offsets from the start of the frame, and a field has one width, whatever its value.

import { ACCOUNT_BYTES, TRANSFER_BYTES } from './names.ts';

/** Kinds of a tuple in a batch. */
export type Kind = 'post' | 'hold' | 'capture';

/** A prepared frame; an unsigned 32-bit request id stands at `requestAt`. */
export type Frame = { readonly bytes: Buffer; readonly requestAt: number };

/** Where the fields of a transfer stand; -1 where its kind has no such field. `amountAt`: unsigned 16 bits. */
export type Places = {
  readonly idAt: number;
  readonly debitAt: number;
  readonly creditAt: number;
  readonly amountAt: number;
  readonly refAt: number;
};

export type AccountFrame = Frame & { readonly idAt: number };
export type SingleFrame = Frame & { readonly transfer: Places };
export type BatchFrame = Frame & { readonly transfers: readonly Places[] };

const NOWHERE: Places = { idAt: -1, debitAt: -1, creditAt: -1, amountAt: -1, refAt: -1 };
const HOLD = 1;
const CAPTURE = 2;

/** `accounts.create` of one account without a credit limit. */
export function accountFrame(currency: string): AccountFrame {
  return build((writer) => {
    const requestAt = writer.request('accounts.create', 4);
    const idAt = writer.text('id').gap(ACCOUNT_BYTES);
    writer.text('currency').text(currency).text('kind').text('user').text('credit_limit').text('unlimited');
    return { requestAt, idAt };
  });
}

/** `transfers.create`: one transfer, posted at once. */
export function singleFrame(): SingleFrame {
  return build((writer) => {
    const requestAt = writer.request('transfers.create', 4);
    const idAt = writer.text('id').gap(TRANSFER_BYTES);
    const debitAt = writer.text('debit_account').gap(ACCOUNT_BYTES);
    const creditAt = writer.text('credit_account').gap(ACCOUNT_BYTES);
    const amountAt = writer.text('amount').uint16();
    return { requestAt, transfer: { ...NOWHERE, idAt, debitAt, creditAt, amountAt } };
  });
}

/** `transfers.batch` with a tuple of each kind in `kinds`, in that order. */
export function batchFrame(kinds: readonly Kind[]): BatchFrame {
  return build((writer) => {
    const requestAt = writer.request('transfers.batch', 1);
    writer.text('transfers').array(kinds.length);
    return { requestAt, transfers: kinds.map((kind) => tuple(writer, kind)) };
  });
}

function tuple(writer: Writer, kind: Kind): Places {
  const idAt = writer.array(kind === 'post' ? 4 : kind === 'hold' ? 5 : 6).gap(TRANSFER_BYTES);
  if (kind === 'capture') {
    // Accounts and amount null: those of the hold, and all of it.
    const refAt = writer.nothing().nothing().nothing().digit(CAPTURE).gap(TRANSFER_BYTES);
    return { ...NOWHERE, idAt, refAt };
  }
  const places = { ...NOWHERE, idAt, debitAt: writer.gap(ACCOUNT_BYTES), creditAt: writer.gap(ACCOUNT_BYTES) };
  const amountAt = writer.uint16();
  if (kind === 'hold') writer.digit(HOLD);
  return { ...places, amountAt };
}

/** Writes twice: the first time to learn the length, on which the length of the header in front depends. */
function build<Fields>(write: (writer: Writer) => Fields): Fields & { bytes: Buffer } {
  const dry = new Writer(0);
  write(dry);
  const header = headerOf(dry.length);
  const writer = new Writer(header.length);
  const fields = write(writer);
  return { ...fields, bytes: Buffer.concat([header, writer.payload()]) };
}

/** Header of a final binary frame of a client, with a zero mask. */
export function headerOf(payloadBytes: number): Buffer {
  const MASKED = 0x80;
  if (payloadBytes < 126) return Buffer.from([0x82, MASKED | payloadBytes, 0, 0, 0, 0]);
  const long = payloadBytes > 0xffff;
  const header = Buffer.alloc(long ? 14 : 8);
  header[0] = 0x82;
  header[1] = MASKED | (long ? 127 : 126);
  if (long) header.writeBigUInt64BE(BigInt(payloadBytes), 2);
  else header.writeUInt16BE(payloadBytes, 2);
  return header;
}

/** MessagePack, as much of it as requests need (https://github.com/msgpack/msgpack/blob/master/spec.md). */
class Writer {
  private readonly parts: Buffer[] = [];
  private readonly base: number;
  length = 0;

  /** `base`: bytes in front of the payload, which all places are counted from. */
  constructor(base: number) {
    this.base = base;
  }

  /** `{id, op, body: {…}}` up to the first field of a body of `bodyFields`; returns the place of the id. */
  request(op: string, bodyFields: number): number {
    this.map(3).text('id');
    const requestAt = this.add(Buffer.from([0xce, 0, 0, 0, 0])) + 1;
    this.text('op').text(op).text('body').map(bodyFields);
    return requestAt;
  }

  text(text: string): this {
    this.add(Buffer.concat([textHeader(Buffer.byteLength(text)), Buffer.from(text)]));
    return this;
  }

  /** A text to be filled in: returns the place of its first character. */
  gap(bytes: number): number {
    const header = textHeader(bytes);
    return this.add(Buffer.concat([header, Buffer.alloc(bytes)])) + header.length;
  }

  uint16(): number {
    return this.add(Buffer.from([0xcd, 0, 0])) + 1;
  }

  digit(value: number): this {
    this.add(Buffer.from([value]));
    return this;
  }

  nothing(): this {
    this.add(Buffer.from([0xc0]));
    return this;
  }

  map(fields: number): this {
    this.add(Buffer.from([0x80 | fields]));
    return this;
  }

  array(items: number): this {
    this.add(items < 16 ? Buffer.from([0x90 | items]) : Buffer.from([0xdc, items >> 8, items & 0xff]));
    return this;
  }

  payload(): Buffer {
    return Buffer.concat(this.parts);
  }

  private add(bytes: Buffer): number {
    const at = this.base + this.length;
    this.parts.push(bytes);
    this.length += bytes.length;
    return at;
  }
}

function textHeader(bytes: number): Buffer {
  return bytes < 32 ? Buffer.from([0xa0 | bytes]) : Buffer.from([0xd9, bytes]);
}
