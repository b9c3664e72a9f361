// Whose time it was: by a clock that the work itself moves.

import { expect, test } from 'vitest';
import { BusyTime } from '../../src/ops/busy-time.ts';

function clocked(): {
  readonly busy: BusyTime;
  readonly work: (ms: number) => void;
  readonly seconds: () => [number, number];
} {
  let nowMs = 1_000;
  const busy = new BusyTime(() => nowMs);
  return { busy, work: (ms) => void (nowMs += ms), seconds: () => [busy.engineSeconds, busy.gatewaySeconds] };
}

test('a turn is the engine’s, what is told the gateway’s', () => {
  const { busy, work, seconds } = clocked();
  busy.deciding(() => work(2_000));
  busy.telling(() => work(500));
  work(7_000);
  expect(seconds()).toEqual([2, 0.5]);
});

test('what is told within a turn counts once, for the gateway', () => {
  const { busy, work, seconds } = clocked();
  busy.deciding(() => {
    work(1_000);
    busy.telling(() => work(3_000));
    work(1_000);
  });
  expect(seconds()).toEqual([2, 3]);
});

test('what is told while something is told counts once', () => {
  const { busy, work, seconds } = clocked();
  busy.telling(() => {
    work(1_000);
    busy.telling(() => work(2_000));
  });
  busy.telling(() => work(1_000));
  expect(seconds()).toEqual([0, 4]);
});

test('messages are sampled, and add up to what they took', () => {
  const { busy, work, seconds } = clocked();
  for (let message = 0; message < 700; message++) busy.hearing(() => work(10));
  expect(seconds()).toEqual([0, 7]);
});

test('a fault counts, too, and is not swallowed', () => {
  const { busy, work, seconds } = clocked();
  const fail = (): void => {
    work(1_000);
    throw new Error('broken');
  };
  expect(() => busy.deciding(fail)).toThrow('broken');
  expect(() => busy.telling(fail)).toThrow('broken');
  busy.telling(() => work(1_000));
  expect(seconds()).toEqual([1, 2]);
});
