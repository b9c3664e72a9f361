// The check after a load test: it has to see what is missing, what is too much, and money that the books have not.

import { expect, test } from 'vitest';
import { quantile } from '../../loadtest/driver/course.ts';
import { readOrders } from '../../loadtest/driver/orders.ts';
import { compare, type Booked, type Deeds } from '../../loadtest/driver/post-check.ts';

const NONE = { count: 0, amount: 0 };

function deeds(count: number, amount: number): Deeds {
  return { posted: { count, amount }, held: NONE, captured: NONE, paid: NONE };
}

function booked(available: number, balanced = true): Booked {
  return { available, held: 0, pending: 0, balanced };
}

test.each<[string, Deeds, Deeds, Booked, number, boolean]>([
  ['all three are equal', deeds(2, 700), deeds(2, 700), booked(700), 0, true],
  ['one was lost', deeds(2, 700), deeds(1, 300), booked(300), 0, false],
  ['one was lost, and others are unknown', deeds(2, 700), deeds(1, 300), booked(300), 5, false],
  ['one happened that nobody was told of', deeds(1, 300), deeds(2, 700), booked(700), 0, false],
  ['one happened that is unknown', deeds(1, 300), deeds(2, 700), booked(700), 1, true],
  ['an amount differs', deeds(2, 700), deeds(2, 701), booked(701), 0, false],
  ['the books have less', deeds(2, 700), deeds(2, 700), booked(699), 0, false],
  ['the books do not balance', deeds(2, 700), deeds(2, 700), booked(700, false), 0, false],
  ['nothing happened', deeds(0, 0), deeds(0, 0), booked(0), 0, false],
])('%s', (_, acknowledged, journalled, inBooks, unknown, ok) => {
  expect(compare(acknowledged, journalled, inBooks, unknown).every((finding) => finding.ok)).toBe(ok);
});

test('a percentile lies within the bucket in which it is', () => {
  expect(quantile([[1, 0], [2, 50], [10, 50]], 0.5)).toBe(2); // prettier-ignore
  expect(quantile([[1, 0], [2, 50], [10, 50]], 0.75)).toBe(6); // prettier-ignore
  expect(quantile([[1, 0]], 0.5)).toBeNull();
});

test('words that are not understood are refused', () => {
  expect(readOrders(['mixed', 'smoke', '--rate', '50'])).toMatchObject({ scenario: 'mixed', settings: { rate: '50' } });
  expect(() => readOrders(['mixed'])).toThrow('a case and a profile');
  expect(() => readOrders(['mixed', 'named'])).toThrow('a case and a profile');
  expect(() => readOrders(['mixed', 'soak', '--seconds', '9999'])).toThrow('at most');
  expect(() => readOrders(['mixed', 'smoke', '--rate', '0'])).toThrow('above 0');
});
