import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingWindow } from '../../src/channels/sliding-window.ts';

const event = fc.record({ pauseMs: fc.integer({ min: 0, max: 400 }), kind: fc.constantFrom('good', 'bad') });

test('counts all of the last nine tenths of the window, and nothing from before it', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), (events) => {
      const window = new SlidingWindow<'good' | 'bad'>(['good', 'bad'], 1_000);
      const told: { kind: string; atMs: number }[] = [];
      let nowMs = 0;
      for (const { pauseMs, kind } of events) {
        nowMs += pauseMs;
        window.add(kind, nowMs);
        told.push({ kind, atMs: nowMs });
        const within = (ms: number) => told.filter(({ kind: one, atMs }) => one === 'bad' && nowMs - atMs < ms).length;
        expect(window.count('bad', nowMs)).toBeGreaterThanOrEqual(within(900));
        expect(window.count('bad', nowMs)).toBeLessThanOrEqual(within(1_000));
      }
    }),
  );
});

test('is empty after it was cleared, and after a long silence', () => {
  const window = new SlidingWindow(['call'], 1_000);
  window.add('call', 100);
  expect(window.count('call', 100)).toBe(1);
  expect(window.count('call', 50_000)).toBe(0);
  window.clear();
  expect(window.count('call', 100)).toBe(0);
});
