// The arithmetic of capacities, by examples that can be computed in the head.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  capacityOf,
  instancesFor,
  limitOf,
  mapSorts,
  type BySort,
  type Capacity,
  type Window,
} from '../../../src/cli/stress/capacity.ts';

function counts(some: Partial<BySort>): BySort {
  return mapSorts((sort) => some[sort] ?? 0);
}

/** Ten seconds in which so much was done; `busy`: seconds, of one place each. */
function window(done: Partial<BySort>, busy: Readonly<Record<string, number>>, places = 1): Window {
  const uses = Object.fromEntries(
    Object.entries(busy).map(([module, busySeconds]) => [module, { busySeconds, places }]),
  );
  return { seconds: 10, done: counts(done), uses };
}

function perSecond({ modules }: Capacity, module = 'engine'): number {
  return modules.find((one) => one.module === module)?.perSecond ?? NaN;
}

describe('one window', () => {
  // [operations in 10 s, busy seconds, places, ceiling, capacity a second, µs each]
  test.each([
    [1_000, 1, 1, 1, 1_000, 1_000],
    [1_000, 1, 1, 0.7, 700, 1_000],
    [1_000, 5, 1, 0.7, 140, 5_000],
    [1_000, 10, 1, 0.7, 70, 10_000],
    [1_000, 2, 2, 1, 1_000, 2_000],
    [20_000, 0.1, 1, 0.5, 100_000, 5],
  ])('%d operations, busy %d s of %d places, up to %d: %d a second', (done, busy, places, ceiling, expected, each) => {
    const capacity = capacityOf([window({ transfer: done }, { engine: busy }, places)], null, ceiling);
    expect(perSecond(capacity)).toBeCloseTo(expected, 6);
    const [engine] = capacity.modules;
    expect(engine?.utilisation).toBeCloseTo(busy / (10 * places), 9);
    expect((engine?.secondsEach ?? 0) * 1e6).toBeCloseTo(each, 6);
  });

  test('what is not used has no limit, and limits nothing', () => {
    const { modules } = capacityOf([window({ trade: 100 }, { engine: 1, channel: 0 })], null, 1);
    expect(modules.find(({ module }) => module === 'channel')?.perSecond).toBe(Infinity);
    expect(limitOf(modules, () => true)?.module).toBe('engine');
  });

  test('the least capacity limits, of those that count', () => {
    const { modules } = capacityOf([window({ trade: 100 }, { engine: 2, journal: 9, books: 3 })], null, 1);
    expect(limitOf(modules, () => true)?.module).toBe('journal');
    expect(limitOf(modules, (module) => module !== 'journal')?.module).toBe('books');
    expect(limitOf(modules, () => false)).toBeNull();
  });

  test('its own mix is what it was, another one is not made of it', () => {
    const measured = [window({ transfer: 700, trade: 300 }, { engine: 1 })];
    const own = capacityOf(measured, counts({ transfer: 7, trade: 3 }), 1);
    expect(own.mixError).toBeLessThan(1e-3);
    expect(perSecond(own)).toBeCloseTo(1_000, 0);
    expect(capacityOf(measured, counts({ transfer: 1, trade: 1 }), 1).mixError).toBeCloseTo(0.2, 2);
    expect(capacityOf(measured, counts({ refund: 1 }), 1).mixError).toBeGreaterThan(0.5);
  });
});

describe('several windows', () => {
  /** A transfer takes 1 ms, a trade 4 ms. */
  const transfers = window({ transfer: 1_000 }, { engine: 1 });
  const trades = window({ trade: 500 }, { engine: 2 });

  test.each([
    [{ transfer: 1 }, 1_000],
    [{ trade: 1 }, 250],
    [{ transfer: 50, trade: 50 }, 400],
    [{ transfer: 90, trade: 10 }, 1 / 0.0013],
  ] as const)('the mix %o is their sum: %d a second', (mix, expected) => {
    const capacity = capacityOf([transfers, trades], counts(mix), 1);
    expect(capacity.mixError).toBeLessThan(1e-3);
    expect(perSecond(capacity) / expected).toBeCloseTo(1, 3);
  });

  test('no weight is below 0: what lies outside of what was measured is not known', () => {
    const mixed = window({ transfer: 500, trade: 500 }, { engine: 2.5 });
    const capacity = capacityOf([transfers, mixed], counts({ trade: 1 }), 1);
    expect(capacity.mixError).toBeCloseTo(0.5, 2);
  });

  test('as measured, long windows count for more', () => {
    const long = { seconds: 90, done: counts({ transfer: 9_000 }), uses: { engine: { busySeconds: 18, places: 1 } } };
    const capacity = capacityOf([transfers, long], null, 1);
    expect(perSecond(capacity)).toBeCloseTo(10_000 / 19, 6);
    expect(capacity.modules[0]?.utilisation).toBeCloseTo(19 / 100, 9);
  });

  test('windows of the same mix share the word', () => {
    const slow = window({ transfer: 1_000 }, { engine: 3 });
    expect(perSecond(capacityOf([transfers, slow], counts({ transfer: 1 }), 1))).toBeCloseTo(500, 0);
  });

  test('whatever the operations cost, a mix that was measured in parts costs what they do', () => {
    const cost = fc.double({ min: 1e-5, max: 1e-2, noNaN: true });
    const some = fc.integer({ min: 100, max: 100_000 });
    fc.assert(
      fc.property(
        cost,
        cost,
        some,
        some,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other, few, many, share) => {
          const windows = [
            window({ transfer: few }, { engine: few * one }),
            window({ transfer: few, trade: many }, { engine: few * one + many * other }),
            window({ trade: many }, { engine: many * other }),
          ];
          const { mixError, modules } = capacityOf(windows, counts({ transfer: share, trade: 1 - share }), 1);
          expect(mixError).toBeLessThan(0.01);
          const each = share * one + (1 - share) * other;
          expect(Math.abs((modules[0]?.secondsEach ?? 0) - each)).toBeLessThan(0.01 * Math.max(one, other));
        },
      ),
      { numRuns: 50 },
    );
  });
});

test.each([
  [1_000, 1, 1],
  [1_000, 1_000, 1],
  [1_000, 1_001, 2],
  [1_000, 20_000, 20],
  [700.0000000001, 1_400, 2],
])('servers of %d a second each for %d: %d', (each, target, expected) => {
  expect(instancesFor(each, target)).toBe(expected);
});
