// What if entries come in any order, many of them for the same instant, while others are being taken?

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timers } from '../../actors/runtime/timers.ts';

type Entry = { readonly dueMs: number; readonly name: number };

test('nothing waits: nothing is due', () => {
  const timers = new Timers<Entry>();
  expect([timers.size, timers.nextMs, timers.take(Infinity)]).toEqual([0, null, null]);
});

test('an entry is taken when it is due and not before, and only once', () => {
  const timers = new Timers<Entry>();
  const entry = { dueMs: 100, name: 1 };
  timers.add(entry);
  expect(timers.nextMs).toBe(100);
  expect(timers.take(99)).toBeNull();
  expect(timers.take(100)).toBe(entry);
  expect(timers.take(100)).toBeNull();
  expect(timers.size).toBe(0);
});

test('entries come out by their time, each one once, whatever the order they came in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (dues) => {
      const timers = new Timers<Entry>();
      const entries = dues.map((dueMs, name) => ({ dueMs, name }));
      for (const entry of entries) timers.add(entry);
      const taken: Entry[] = [];
      for (let entry = timers.take(Infinity); entry; entry = timers.take(Infinity)) taken.push(entry);
      expect(taken.map(({ dueMs }) => dueMs)).toEqual(dues.toSorted((one, next) => one - next));
      expect(new Set(taken)).toEqual(new Set(entries));
    }),
  );
});

test('adding and taking in any mixture is the same as with a sorted list', () => {
  const step = fc.oneof(fc.record({ add: fc.nat(50) }), fc.record({ takeAt: fc.nat(50) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const timers = new Timers<Entry>();
      let waiting: number[] = [];
      for (const [name, action] of steps.entries()) {
        if ('add' in action) {
          timers.add({ dueMs: action.add, name });
          waiting = [...waiting, action.add].toSorted((one, next) => one - next);
        } else {
          const due = waiting[0] !== undefined && waiting[0] <= action.takeAt ? waiting.shift() : undefined;
          expect(timers.take(action.takeAt)?.dueMs).toBe(due);
        }
        expect([timers.size, timers.nextMs]).toEqual([waiting.length, waiting[0] ?? null]);
      }
    }),
  );
});
