// What a stress test comes to, and what has to be known beside it.

import { expect, test } from 'vitest';
import { mapSorts, type BySort } from '../../../src/cli/stress/capacity.ts';
import type { MeasuredWindow } from '../../../src/cli/stress/measured-window.ts';
import { reportOn, type Asked } from '../../../src/cli/stress/stress-report.ts';

function counts(some: Partial<BySort>): BySort {
  return mapSorts((sort) => some[sort] ?? 0);
}

const ASKED: Asked = { world: 'shadow', mix: null, target: null, ceiling: 0.7 };

function window(more: Partial<MeasuredWindow> = {}): MeasuredWindow {
  const one = (busySeconds: number) => ({ busySeconds, places: 1 });
  return {
    seconds: 10,
    done: counts({ transfer: 700, trade: 300 }),
    uses: { gateway: one(1), engine: one(2), 'engine thread': one(5), journal: one(9), books: one(1) },
    besidePerSecond: 0,
    refused: 0,
    ...more,
  };
}

test('says what was measured, what limits, and how many servers a target needs', () => {
  const report = reportOn([window()], { ...ASKED, target: 1_000 });
  expect(report.measured).toEqual({ perSecond: 100, mix: counts({ transfer: 0.7, trade: 0.3 }) });
  expect(report.capacity?.limit?.module).toBe('engine thread');
  expect(report.capacity?.limit?.perSecond).toBeCloseTo(140, 9);
  expect(report.capacity?.limit?.timesMeasured).toBeCloseTo(1.4, 9);
  expect(report.capacity?.instances).toBe(8);
});

test('the journal is a lower bound and limits nothing', () => {
  const { capacity, notes } = reportOn([window()], ASKED);
  expect(capacity?.modules.map(({ module, bound }) => `${module} ${bound}`)).toContain('journal at least');
  expect(capacity?.modules.filter(({ bound }) => bound === 'at least')).toHaveLength(1);
  expect(notes.join()).toContain('The journal writes at once what has gathered');
});

test('a mix that was not measured has no capacity, and the report says which is nearest', () => {
  const { capacity, notes } = reportOn([window()], { ...ASKED, mix: counts({ refund: 1 }), target: 1_000 });
  expect(capacity).toBeNull();
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('was not measured');
  const almost = reportOn([window()], { ...ASKED, mix: counts({ transfer: 72, trade: 28 }) });
  expect(almost.capacity?.mix.transfer).toBeCloseTo(0.7, 3);
});

test.each([
  ['business beside it', { besidePerSecond: 20 }, '20 operations a second beside it'],
  ['refusals', { refused: 50 }, '5% as many requests were refused'],
  ['channels', { uses: { 'channel card: rate': { busySeconds: 1, places: 1 } } }, 'simulators are not providers'],
])('says of %s', (_, more, note) => {
  expect(reportOn([window()], ASKED).notes.join()).not.toContain(note);
  expect(reportOn([window(more)], ASKED).notes.join()).toContain(note);
});

test('says when the thread had to wait for a core', () => {
  const { uses } = window();
  const withCores = (busySeconds: number) => window({ uses: { ...uses, cores: { busySeconds, places: 2 } } });
  const note = '60% of its time at least it waited for one';
  expect(reportOn([withCores(2)], ASKED).notes.join()).toContain(note);
  expect(reportOn([withCores(6)], ASKED).notes.join()).not.toContain('waited for one');
});

test('always says what it extrapolates, and how far', () => {
  const [first] = reportOn([window()], ASKED).notes;
  expect(first).toContain('straight line');
  expect(first).toContain('70% busy');
  expect(first).toContain('1.4 times the measured rate');
});

test('windows in which almost nothing happened are left out; of nothing nothing is said', () => {
  const idle = window({ done: counts({ transfer: 99 }) });
  const { windows, notes } = reportOn([window(), idle], ASKED);
  expect(windows).toBe(1);
  expect(notes[0]).toContain('1 windows with less than 100 operations are left out');
  expect(() => reportOn([idle], ASKED)).toThrow('no window has 100 operations');
});
