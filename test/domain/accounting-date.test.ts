// Which date a time belongs to. The expectations of the tables are written by hand; the rest is compared with what
// JavaScript's own calendar says.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountingDate, nextDayMs, readDayCut } from '../../src/domain/accounting-date.ts';

const DAY_MS = 86_400_000;

const cuts = fc.nat({ max: 24 * 60 - 1 }).map((minutes) => minutes * 60_000);
const times = fc.integer({ min: Date.parse('0000-01-02T00:00Z'), max: Date.parse('9999-12-29T00:00Z') });

test.each([
  ['00:00', 0],
  ['00:01', 60_000],
  ['18:00', 64_800_000],
  ['23:59', 86_340_000],
])('a cut at %s is %i ms after midnight', (text, ms) => {
  expect(readDayCut(text)).toBe(ms);
});

test.each([
  // The calendar's dates.
  ['00:00', '2027-01-15T00:00:00.000Z', '2027-01-15'],
  ['00:00', '2027-01-15T23:59:59.999Z', '2027-01-15'],
  ['00:00', '2027-01-16T00:00:00.000Z', '2027-01-16'],
  // What comes at the cut or after it is dated the next day.
  ['18:00', '2027-01-15T17:59:59.999Z', '2027-01-15'],
  ['18:00', '2027-01-15T18:00:00.000Z', '2027-01-16'],
  ['18:00', '2027-01-16T00:00:00.000Z', '2027-01-16'],
  ['22:00', '2027-01-15T21:59:59.999Z', '2027-01-15'],
  ['22:00', '2027-01-15T22:00:00.000Z', '2027-01-16'],
  ['00:01', '2027-01-15T00:00:59.999Z', '2027-01-15'],
  ['00:01', '2027-01-15T00:01:00.000Z', '2027-01-16'],
  ['23:59', '2027-01-15T23:58:59.999Z', '2027-01-15'],
  ['23:59', '2027-01-15T23:59:00.000Z', '2027-01-16'],
  // The end of a year, and of a century.
  ['00:00', '2027-12-31T23:59:59.999Z', '2027-12-31'],
  ['00:00', '2028-01-01T00:00:00.000Z', '2028-01-01'],
  ['22:00', '2027-12-31T22:00:00.000Z', '2028-01-01'],
  ['22:00', '2099-12-31T22:00:00.000Z', '2100-01-01'],
  // Leap days: 2028 and 2000 have one, 2027 and 2100 have none.
  ['00:00', '2028-02-29T12:00:00.000Z', '2028-02-29'],
  ['22:00', '2028-02-28T22:00:00.000Z', '2028-02-29'],
  ['22:00', '2028-02-29T22:00:00.000Z', '2028-03-01'],
  ['22:00', '2027-02-28T22:00:00.000Z', '2027-03-01'],
  ['22:00', '2100-02-28T22:00:00.000Z', '2100-03-01'],
  ['22:00', '2000-02-28T22:00:00.000Z', '2000-02-29'],
  // Before 1970.
  ['00:00', '1969-12-31T23:59:59.999Z', '1969-12-31'],
])('cut at %s: %s is dated %s', (cut, time, date) => {
  expect(accountingDate(Date.parse(time), readDayCut(cut))).toBe(date);
});

test('with a cut at 00:00 it is the date of the calendar, at any time', () => {
  fc.assert(
    fc.property(times, (timeMs) => {
      expect(accountingDate(timeMs, 0)).toBe(new Date(timeMs).toISOString().slice(0, 10));
    }),
    { numRuns: 10_000 },
  );
});

test('with any other cut the calendar is ahead by what is left of the day after the cut', () => {
  const laterCuts = cuts.filter((cutMs) => cutMs > 0);
  fc.assert(
    fc.property(times, laterCuts, (timeMs, cutMs) => {
      const shifted = new Date(timeMs + DAY_MS - cutMs).toISOString().slice(0, 10);
      expect(accountingDate(timeMs, cutMs)).toBe(shifted);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['00:00', '2027-01-15T00:00:00.000Z', '2027-01-16T00:00:00.000Z'],
  ['00:00', '2027-01-15T23:59:59.999Z', '2027-01-16T00:00:00.000Z'],
  ['18:00', '2027-01-15T17:59:59.999Z', '2027-01-15T18:00:00.000Z'],
  ['18:00', '2027-01-15T18:00:00.000Z', '2027-01-16T18:00:00.000Z'],
  ['22:00', '2027-12-31T23:00:00.000Z', '2028-01-01T22:00:00.000Z'],
])('cut at %s: after %s the next day begins at %s', (cut, time, next) => {
  expect(new Date(nextDayMs(Date.parse(time), readDayCut(cut))).toISOString()).toBe(next);
});

test('the date changes when the next day begins, by one day, and at no time before', () => {
  fc.assert(
    fc.property(times, cuts, fc.double({ min: 0, max: 1, noNaN: true }), (timeMs, cutMs, fraction) => {
      const nextMs = nextDayMs(timeMs, cutMs);
      const between = timeMs + Math.floor((nextMs - 1 - timeMs) * fraction);
      const date = accountingDate(timeMs, cutMs);
      expect(nextMs - timeMs).toBeGreaterThan(0);
      expect(nextMs - timeMs).toBeLessThanOrEqual(DAY_MS);
      expect([between, nextMs - 1].map((ms) => accountingDate(ms, cutMs))).toEqual([date, date]);
      expect(Date.parse(accountingDate(nextMs, cutMs)) - Date.parse(date)).toBe(DAY_MS);
      expect(accountingDate(nextMs, cutMs) > date).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
