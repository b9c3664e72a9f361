import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventId, ID_LENGTH_MAX, isId, makeId, readEventId } from '../../src/domain/ids.ts';

describe('an id that a client gives', () => {
  test.each(['a', 'A', '0', '_', '.', ':', '-', 'a.b:c_d-E9', 'x'.repeat(ID_LENGTH_MAX)])('%s', (id) => {
    expect(isId(id)).toBe(true);
  });

  // prettier-ignore
  test.each<unknown>([
    '', 'x'.repeat(ID_LENGTH_MAX + 1), ' a', 'a ', 'a b', 'a\n', '\na', 'a/b', 'a,b', 'a→b', 'é', 'e\u0301', 'а', 'a\u0000',
    1, 0, null, undefined, true, [], ['a'], {}, { toString: () => 'a' }, Object('a'),
  ])('%o is none', (value) => {
    expect(isId(value)).toBe(false);
  });

  test('is taken exactly when each of its characters is allowed', () => {
    const allowed = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-');
    fc.assert(
      fc.property(
        fc.string({ maxLength: 70, unit: fc.oneof(fc.constantFrom(...allowed), fc.string({ maxLength: 1 })) }),
        (id) => {
          expect(isId(id)).toBe(
            id.length >= 1 && id.length <= 64 && Array.from(id).every((character) => allowed.has(character)),
          );
        },
      ),
    );
  });
});

describe('an id that the server gives', () => {
  const entropy = fc.uint8Array({ minLength: 10, maxLength: 10 });
  const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });

  test('is a prefix and a ULID, and an id like any other', () => {
    expect(makeId('xfr', 0, new Uint8Array(10))).toBe('xfr_00000000000000000000000000');
    expect(makeId('acc', 2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe('acc_7ZZZZZZZZZZZZZZZZZZZZZZZZZ');
    expect(makeId('acc', 1_469_918_176_385, new Uint8Array(10))).toBe('acc_01ARYZ6S410000000000000000');
    fc.assert(
      fc.property(times, entropy, (timeMs, bytes) => {
        expect(isId(makeId('acc', timeMs, bytes))).toBe(true);
      }),
    );
  });

  test('sorts by time', () => {
    fc.assert(
      fc.property(times, times, entropy, entropy, (one, other, bytes, otherBytes) => {
        fc.pre(one < other);
        expect(makeId('xfr', one, bytes) < makeId('xfr', other, otherBytes)).toBe(true);
      }),
    );
  });

  test('differs where its entropy differs', () => {
    fc.assert(
      fc.property(times, entropy, entropy, (timeMs, bytes, otherBytes) => {
        const same = bytes.every((byte, index) => byte === otherBytes[index]);
        expect(makeId('xfr', timeMs, bytes) === makeId('xfr', timeMs, otherBytes)).toBe(same);
      }),
    );
  });
});

type Place = { readonly timeMs: number; readonly seq: number; readonly index: number };

function order(place: Place): number[] {
  return [place.timeMs, place.seq, place.index];
}

describe('an event id', () => {
  const places = fc.record({
    timeMs: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    seq: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    index: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  });

  test('is read back as the place in the journal that it names', () => {
    fc.assert(
      fc.property(places, (place) => {
        const id = eventId(place.timeMs, place);
        expect(isId(id)).toBe(true);
        expect(readEventId(id)).toEqual(place);
      }),
    );
  });

  test('sorts by time, then by place', () => {
    fc.assert(
      fc.property(places, places, fc.boolean(), fc.boolean(), (one, two, sameTime, sameSeq) => {
        const other = { ...two, timeMs: sameTime ? one.timeMs : two.timeMs, seq: sameSeq ? one.seq : two.seq };
        const difference = order(one)
          .map((value, index) => value - (order(other)[index] ?? 0))
          .find((value) => value !== 0);
        const [id, otherId] = [eventId(one.timeMs, one), eventId(other.timeMs, other)];
        expect(id < otherId ? -1 : id > otherId ? 1 : 0).toBe(Math.sign(difference ?? 0));
      }),
    );
  });

  test.each([
    '',
    'evt_',
    'evt_0',
    'xfr_00000000000000000000000000',
    'vch_00000000000000000000000000',
    'evt_80000000000000000000000000',
    'evt_0000000000000000000000000I',
    'evt_000000000000000000000000000',
    ' evt_00000000000000000000000000',
    'evt_00000000000000000000000000\n',
  ])('%o is none', (id) => {
    expect(readEventId(id)).toBeNull();
  });
});
