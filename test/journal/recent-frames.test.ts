import { expect, test } from 'vitest';
import { RecentFrames } from '../../src/journal/recent-frames.ts';

const MEBIBYTE = 1 << 20;

test('the last frames are there, as copies', () => {
  const recent = new RecentFrames();
  recent.add(7, new Uint8Array([1, 2, 3]));
  const read = recent.read(7);
  expect(read).toEqual(new Uint8Array([1, 2, 3]));
  read?.fill(0);
  expect(recent.read(7)).toEqual(new Uint8Array([1, 2, 3]));
  expect(recent.read(8)).toBeNull();
});

test('the oldest ones go when they are more than 32 MiB together', () => {
  const recent = new RecentFrames();
  for (let seq = 1; seq <= 40; seq++) recent.add(seq, new Uint8Array(MEBIBYTE));
  const kept = Array.from({ length: 40 }, (_, index) => index + 1).filter((seq) => recent.read(seq));
  expect(kept).toEqual(Array.from({ length: 32 }, (_, index) => index + 9));
});
