// Names that are said twice are found in whatever they are hidden, and nothing else is taken for one.

import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import { repeatsName, repeatsPackedName } from '../../src/gateway/repeated-names.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

test.each([
  '{"a":1,"a":1}',
  '{"a":1,"b":2,"a":3}',
  '{"a":{"b":1,"b":2}}',
  '[{"a":1},{"b":[{"c":1,"c":2}]}]',
  '{"a":{},"a":[]}',
  '{"a":1,"\\u0061":2}',
  '{"\\"":1,"\\u0022":2}',
  '{"":1,"":2}',
  '{ "a" : "}" , "a" : 1 }',
  '{"__proto__":1,"__proto__":2}',
  '{"a":[1,{"x":"]"},3],"a":1}',
])('twice: %s', (text) => {
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  expect(repeatsName(text)).toBe(true);
});

test.each([
  '{}',
  '[]',
  '1',
  '"a"',
  '{"a":{"a":{"a":1}},"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"a","b":"a"}',
  '{"a":"\\\\","b":"\\","}',
  '["a","a"]',
  '{"a":["b","b"],"b":"\\"b\\":1,\\"b\\":2"}',
])(
  // prettier-ignore
  'not twice: %s',
  (text) => expect(repeatsName(text)).toBe(false),
);

/** Bytes from a text such as '82 a1 61 01'. */
const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));

test.each([
  ['in a map', '82 a1 61 01 a1 61 02'],
  ['with a length of another size', '82 a1 61 01 d9 01 61 02'],
  ['in a map in a list in a map', '81 a1 62 91 82 a1 61 01 a1 61 02'],
  ['in a map whose size has sixteen bits', 'de 00 02 a1 61 c0 a1 61 c3'],
  ['after a map as a value', '82 a1 61 81 a1 61 01 a1 61 02'],
  ['after an empty map and list', '83 a1 62 80 a1 63 90 a1 62 01'],
  ['after bytes and an extension', '83 a1 62 c4 02 a1 61 a1 63 d6 ff a1 61 a1 61 a1 62 01'],
])('twice in msgpack, %s', (_, text) => expect(repeatsPackedName(bytes(text))).toBe(true));

test('what is in JSON or msgpack once is never taken for twice, and what is put in once more always', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 6 }), (value, name) => {
      const [text, packed] = [JSON.stringify(value), packr.pack(value)];
      expect([repeatsName(text), repeatsPackedName(packed)]).toEqual([false, false]);
      const key = JSON.stringify(name);
      expect(repeatsName(`{${key}:${text},"other ${name.length}":${text},${key}:1}`)).toBe(true);
      const [once, more] = [packr.pack(name), Buffer.from([0x01])];
      expect(repeatsPackedName(Buffer.concat([Buffer.from([0x82]), once, packed, once, more]))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
