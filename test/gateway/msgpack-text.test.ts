// Whether the texts of a msgpack message are what they claim to be.

import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import { hasBrokenText } from '../../src/gateway/msgpack-text.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: true });
const packed = (value: unknown): Buffer => Buffer.from(packr.pack(value));

const MARK = 'zzzz';

/** Any value, with lengths on both sides of each width that msgpack has for them. */
const anything = fc.anything({
  withBigInt: false,
  withDate: true,
  withTypedArray: false,
  key: fc.string({ unit: 'binary' }),
});
const long = fc.constantFrom(31, 32, 255, 256, 65_535, 65_536).map((length) => 'x'.repeat(length));
const bytes = fc.constantFrom(0, 255, 256, 65_536).map((length) => Buffer.alloc(length, 0xff));
const many = fc.constantFrom(15, 16, 65_536).map((length) => Array.from({ length }, (_, at) => at * 1e9));
const value = fc.oneof(
  { arbitrary: anything, weight: 4 },
  long,
  bytes,
  many,
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

test('whole texts are found whole, among whatever', () => {
  fc.assert(fc.property(value, value, (one, other) => !hasBrokenText(packed([one, { a: other }, 'ä💰\ufffd']))));
});

test('one broken text is found, whatever stands before and behind it', () => {
  fc.assert(
    fc.property(value, value, fc.boolean(), (one, other, isKey) => {
      const message = packed([one, isKey ? { [MARK]: other } : { a: MARK, b: other }]);
      message.set([0xff], message.lastIndexOf(MARK));
      expect(hasBrokenText(message)).toBe(true);
    }),
  );
});

test.each([
  ['a byte that begins nothing', [0xff]],
  ['one that only goes on', [0x80]],
  ['a character cut short', [0xe2, 0x82]],
  ['more bytes than needed', [0xc0, 0xaf]],
  ['half a surrogate pair', [0xed, 0xa0, 0x80]],
  ['a character beyond the last', [0xf4, 0x90, 0x80, 0x80]],
])('broken is %s', (_, text) => {
  expect(hasBrokenText(Uint8Array.from([0xa0 + text.length, ...text]))).toBe(true);
});

test('a text that is cut off is broken', () => {
  expect(hasBrokenText(Uint8Array.from([0xa2, 0x61]))).toBe(true);
  expect(hasBrokenText(Uint8Array.from([0xd9]))).toBe(true);
});
