// Encodings. How frames of the WebSocket are written: msgpack as binary, JSON as text.

import { Packr, type Options } from 'msgpackr';

export type EncodingName = 'msgpack' | 'json';

export type Encoding = {
  /** The subprotocol that stands for it. */
  readonly protocol: 'florin.v1+msgpack' | 'florin.v1+json';
  readonly encode: (frame: object) => string | Uint8Array<ArrayBuffer>;
  /** @throws Error for a message that is no frame. */
  readonly decode: (message: unknown) => unknown;
};

const OPTIONS: Options = { useRecords: false, mapsAsObjects: true, moreTypes: false, structuredClone: false };

const packr = new Packr(OPTIONS);

export const ENCODINGS: Readonly<Record<EncodingName, Encoding>> = {
  msgpack: {
    protocol: 'florin.v1+msgpack',
    // Memory of msgpackr's own, never shared with another thread.
    encode: (frame) => packr.pack(frame) as Uint8Array<ArrayBuffer>,
    decode: (message) => {
      if (!(message instanceof ArrayBuffer)) throw new Error('a binary message was expected');
      return packr.unpack(new Uint8Array(message));
    },
  },
  json: {
    protocol: 'florin.v1+json',
    encode: (frame) => JSON.stringify(frame),
    decode: (message) => {
      if (typeof message !== 'string') throw new Error('a text message was expected');
      return JSON.parse(message) as unknown;
    },
  },
};
