// Wire formats. How WebSocket frames are written: JSON as text, msgpack as binary, chosen by the subprotocol.

import { isUtf8 } from 'node:buffer';
import { Packr, type Options } from 'msgpackr';
import { hasBrokenText } from './msgpack-text.ts';
import { repeatsName, repeatsPackedName } from './repeated-names.ts';
import { isMap } from './shape.ts';

export type WireFormat = {
  readonly protocol: 'florin.v1+json' | 'florin.v1+msgpack';
  readonly encode: (frame: unknown) => string | Uint8Array;
  /** @throws Error for bytes that are not a frame of this format. */
  readonly decode: (message: Uint8Array, binary: boolean) => unknown;
};

/** Without structured clones no value refers to another, so none has a cycle. */
const OPTIONS: Options = { useRecords: false, mapsAsObjects: true, moreTypes: false, structuredClone: false };

/** Integers that a double cannot count arrive as bigints; the library documents this value but does not declare it. */
const packr = new Packr(Object.assign(OPTIONS, { int64AsType: 'auto' }));

export const JSON_FORMAT: WireFormat = {
  protocol: 'florin.v1+json',
  encode: (frame) => JSON.stringify(frame),
  decode: (message, binary) => {
    if (binary || !isUtf8(message)) throw new Error('a text frame was expected');
    const text = Buffer.from(message.buffer, message.byteOffset, message.length).toString();
    const frame: unknown = JSON.parse(text);
    if (repeatsName(text)) throw new Error('a name is given twice');
    return frame;
  },
};

export const MSGPACK_FORMAT: WireFormat = {
  protocol: 'florin.v1+msgpack',
  encode: (frame) => packr.pack(frame),
  decode: (message, binary) => {
    if (!binary) throw new Error('a binary frame was expected');
    const frame: unknown = packr.unpack(message);
    if (!isBatch(frame) && repeatsPackedName(message)) throw new Error('a name is given twice');
    if (hasReplacement(frame) && hasBrokenText(message)) throw new Error('a text is not UTF-8');
    return frame;
  },
};

/** Looking through ten thousand tuples would cost a batch more than decoding it, and in them there are no names. */
function isBatch(frame: unknown): boolean {
  return isMap(frame) && frame['op'] === 'transfers.batch';
}

/**
 * Whether something in the frame may be what the decoder put in place of bytes that are no text. Lists are not looked
 * into: nothing in the list of a batch is taken that is not ASCII.
 */
function hasReplacement(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\ufffd');
  if (!isMap(value)) return false;
  for (const name in value) if (name.includes('\ufffd') || hasReplacement(value[name])) return true;
  return false;
}

const FORMATS = new Map<string, WireFormat>([JSON_FORMAT, MSGPACK_FORMAT].map((format) => [format.protocol, format]));

/** The first offered subprotocol that is known; JSON for a client that offers none; null when none is known. */
export function chooseFormat(offered: string | undefined): WireFormat | null {
  if (offered === undefined) return JSON_FORMAT;
  for (const name of offered.split(',')) {
    const format = FORMATS.get(name.trim());
    if (format) return format;
  }
  return null;
}
