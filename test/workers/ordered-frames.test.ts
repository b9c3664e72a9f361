// Ordered frames: only what was announced as having nothing of orders is passed over.

import { expect, test } from 'vitest';
import { OrderedFrames } from '../../workers/ordered-frames.ts';

function passed(frames: OrderedFrames, from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, nth) => from + nth).filter((seq) => frames.isPassed(seq));
}

test('frames with orders are looked at, those before the first announcement and after the last, too', () => {
  const frames = new OrderedFrames();
  for (const seq of [5, 6, 7, 8, 9]) frames.announce(seq, seq === 7);
  expect(passed(frames, 1, 12)).toEqual([5, 6, 8, 9]);
});

test('behind a gap nothing before it is known any more', () => {
  const frames = new OrderedFrames();
  for (const seq of [1, 2, 3, 7, 8]) frames.announce(seq, false);
  expect(passed(frames, 1, 9)).toEqual([7, 8]);
});

test('who goes back looks at everything', () => {
  const frames = new OrderedFrames();
  for (const seq of [1, 2, 3]) frames.announce(seq, seq === 2);
  expect(passed(frames, 1, 3)).toEqual([1, 3]);
  frames.forget();
  frames.announce(4, false);
  expect(passed(frames, 1, 4)).toEqual([4]);
});
