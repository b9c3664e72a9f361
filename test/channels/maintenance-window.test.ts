import { describe, expect, test } from 'vitest';
import {
  isInMaintenance,
  readMaintenanceWindow,
  type MaintenanceWindow,
} from '../../src/channels/maintenance-window.ts';

function windowOf(value: object): MaintenanceWindow {
  const window = readMaintenanceWindow(value);
  if ('problem' in window) throw new Error(window.problem);
  return window;
}

describe('a window every Sunday from 23:00 to 01:00', () => {
  const window = windowOf({ days: ['sun'], from: '23:00', to: '01:00' });
  test.each([
    ['2026-01-04T22:59:59Z', false],
    ['2026-01-04T23:00:00Z', true],
    ['2026-01-05T00:59:59Z', true],
    ['2026-01-05T01:00:00Z', false],
    ['2026-01-05T23:30:00Z', false],
    ['2026-01-04T00:30:00Z', false],
  ])('at %s: %s', (time, expected) => {
    expect(isInMaintenance([window], Date.parse(time))).toBe(expected);
  });
});

test('without days it is every day, and from a time to itself it is the whole day', () => {
  expect(isInMaintenance([windowOf({ from: '02:00', to: '03:00' })], Date.parse('2026-01-07T02:30:00Z'))).toBe(true);
  expect(isInMaintenance([windowOf({ from: '02:00', to: '02:00' })], Date.parse('2026-01-07T01:59:00Z'))).toBe(true);
});

test('a single window holds once', () => {
  const window = windowOf({ from: '2026-12-24T22:00:00Z', to: '2026-12-25T02:00:00Z' });
  expect(isInMaintenance([window], Date.parse('2026-12-25T01:59:59Z'))).toBe(true);
  expect(isInMaintenance([window], Date.parse('2026-12-25T02:00:00Z'))).toBe(false);
  expect(isInMaintenance([window], Date.parse('2027-12-25T01:00:00Z'))).toBe(false);
});

test.each([
  [null],
  [{ from: '02:00' }],
  [{ from: '24:00', to: '25:00' }],
  [{ from: '02:00', to: '2026-12-25T02:00:00Z' }],
  [{ from: '2026-12-25T02:00:00Z', to: '2026-12-24T02:00:00Z' }],
  [{ days: ['sunday'], from: '02:00', to: '04:00' }],
  [{ days: [], from: '02:00', to: '04:00' }],
  [{ from: '02:00', to: '04:00', zone: 'CET' }],
])('%j is no window', (value) => {
  expect(readMaintenanceWindow(value)).toHaveProperty('problem');
});
