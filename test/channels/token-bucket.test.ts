import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from '../../src/channels/token-bucket.ts';

test('a full bucket gives its burst, then its rate', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
  expect([0, 0, 0, 0].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, true, false]);
  expect(bucket.take(99)).toBe(false);
  expect(bucket.take(100)).toBe(true);
  expect(bucket.take(150)).toBe(false);
});

test('a long rest fills it to the burst and no further', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
  expect([60_000, 60_000, 60_000].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, false]);
});

test('a clock that goes back gives nothing twice', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 1_000);
  expect([1_000, 0, 1_500].map((nowMs) => bucket.take(nowMs))).toEqual([true, false, false]);
});

test('no span ever has more than burst + rate × seconds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 300 }),
      (perSecond, burst, pauses) => {
        const bucket = new TokenBucket({ perSecond, burst }, 0);
        const taken: number[] = [];
        let nowMs = 0;
        for (const pause of pauses) {
          nowMs += pause;
          if (bucket.take(nowMs)) taken.push(nowMs);
        }
        for (let first = 0; first < taken.length; first += 1) {
          const last = taken.length - 1;
          const spanMs = (taken[last] as number) - (taken[first] as number);
          expect(last - first + 1).toBeLessThanOrEqual(burst + (perSecond * spanMs) / 1_000 + 1e-6);
        }
      },
    ),
  );
});
