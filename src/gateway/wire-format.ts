// Wire formats. How WebSocket frames are written: JSON as text, msgpack as binary, chosen by the subprotocol.

import { isUtf8 } from 'node:buffer';
import { Packr } from 'msgpackr';

export type WireFormat = {
  readonly protocol: 'florin.v1+json' | 'florin.v1+msgpack';
  readonly encode: (frame: unknown) => string | Uint8Array;
  /** @throws Error for bytes that are not a frame of this format. */
  readonly decode: (message: Uint8Array, binary: boolean) => unknown;
};

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number', moreTypes: false });

export const JSON_FORMAT: WireFormat = {
  protocol: 'florin.v1+json',
  encode: (frame) => JSON.stringify(frame),
  decode: (message, binary) => {
    if (binary || !isUtf8(message)) throw new Error('a text frame was expected');
    return JSON.parse(Buffer.from(message.buffer, message.byteOffset, message.length).toString()) as unknown;
  },
};

export const MSGPACK_FORMAT: WireFormat = {
  protocol: 'florin.v1+msgpack',
  encode: (frame) => packr.pack(frame),
  decode: (message, binary) => {
    if (!binary) throw new Error('a binary frame was expected');
    return packr.unpack(message) as unknown;
  },
};

/** The first offered subprotocol that is known; JSON for a client that offers none; null when none is known. */
export function chooseFormat(offered: string | undefined): WireFormat | null {
  if (offered === undefined) return JSON_FORMAT;
  const names = offered.split(',').map((name) => name.trim());
  return [JSON_FORMAT, MSGPACK_FORMAT].find(({ protocol }) => names.includes(protocol)) ?? null;
}
