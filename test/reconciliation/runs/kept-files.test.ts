// What goes of what was brought, and what stays.

import { describe, expect, test } from 'vitest';
import { FILE_AGE_MS_MAX, spareFiles, type Keeping } from '../../../src/reconciliation/runs/kept-files.ts';
import type { Run } from '../../../src/reconciliation/runs/run.ts';
import { BillDays, numberOf } from '../support/bill-days.ts';

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

const run = (sha256: string, agedMs: number, status: Run['status'] = 'done'): Run =>
  ({ id: `run_${sha256}`, sha256, status, createdAtMs: NOW_MS - agedMs, endedAtMs: status === 'done' ? NOW_MS - agedMs : 0 }) as Run; // prettier-ignore

const spare = (names: readonly string[], runs: readonly Run[], more: Partial<Keeping> = {}): string[] =>
  spareFiles(names, { runs, hasOpenCase: () => false, taking: new Set(), nowMs: NOW_MS, ...more }).toSorted();

describe('files', () => {
  const old = FILE_AGE_MS_MAX + 1;

  test('go by age after their last run', () => {
    const runs = [run('a', old), run('b', FILE_AGE_MS_MAX), run('c', old, 'failed'), run('d', old), run('d', 5)];
    expect(spare(['a', 'b', 'c', 'd'], runs)).toEqual(['a', 'c']);
  });

  test('stay while a run is not at its end, or a case is open', () => {
    const runs = [run('a', old, 'waiting'), run('b', old, 'matched'), run('c', old)];
    expect(spare(['a', 'b', 'c'], runs, { hasOpenCase: ({ sha256 }) => sha256 === 'c' })).toEqual([]);
  });

  test('of too many the oldest go; without a run only what a crash has left', () => {
    const runs = ['a', 'b', 'c', 'd'].map((name, age) => run(name, age));
    const taking = new Set(['new']);
    expect(spare(['a', 'b', 'c', 'd', 'new', 'left'], runs, { taking, filesMax: 2 })).toEqual(['c', 'd', 'left']);
    const hasOpenCase = ({ sha256 }: Run): boolean => sha256 === 'd';
    expect(spare(['a', 'b', 'c', 'd'], runs, { hasOpenCase, filesMax: 2 })).toEqual(['c']);
  });
});

test('rows that waited go when no bill of their day is brought again any more', async () => {
  const days = new BillDays();
  const day = (nth: number): string => new Date(Date.parse('2026-06-01') + nth * DAY_MS).toISOString().slice(0, 10);
  const waiting = (date: string): number => [...days.store.waiting('card', date, 'channel')].length;
  await days.bill(day(0), [{ number: numberOf(day(0), 1), amount: 5 }]);
  await days.bill(day(1), []);
  expect(waiting(day(1))).toBe(1);
  await days.bill(day(91), []);
  expect(waiting(day(1))).toBe(1);
  await days.bill(day(92), []);
  expect(waiting(day(1))).toBe(0);
});
