import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { type ProgressOptions, startProgress } from '../../../src/cli/terminal/progress.ts';

function listen(isTTY: boolean, columns: number) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  return { stream, said: () => String(stream.read() ?? '') };
}

/** A job of 10,000 payments with a clock that the test moves. */
function job(isTTY: boolean, options: Partial<ProgressOptions> = {}, columns = 120) {
  const { stream, said } = listen(isTTY, columns);
  const clock = { ms: 0 };
  const progress = startProgress({
    label: 'replay',
    total: 10_000,
    unit: 'payments',
    stream,
    nowMs: () => clock.ms,
    ...options,
  });
  return { progress, clock, said };
}

afterEach(() => vi.unstubAllEnvs());

test('a log gets a line every two seconds at most, and one at the end', () => {
  const { progress, clock, said } = job(false);
  progress.advance(1_000);
  clock.ms = 1_999;
  progress.advance(1_000);
  expect(said()).toBe('');
  clock.ms = 2_000;
  progress.advance(1_000);
  progress.advance(1_000);
  expect(said()).toBe('replay: 3,000 of 10,000 payments (30%), 1,500/s\n');
  clock.ms = 5_000;
  progress.update(10_000);
  clock.ms = 5_100;
  progress.finish();
  expect(said()).toBe(
    'replay: 10,000 of 10,000 payments (100%), 2,000/s\nreplay: 10,000 of 10,000 payments (100%), 1,961/s, 5.1 s\n',
  );
});

test('a terminal gets a bar that ends at what was done, not at the total', () => {
  const { progress, clock, said } = job(true);
  clock.ms = 1_000;
  progress.update(2_000);
  progress.finish();
  const last = stripVTControlCharacters(said()).trimEnd();
  expect(last).toMatch(/replay █{6}░{24} {2}20% {2}2,000\/10,000 payments {2}2,000\/s/);
  expect(last).not.toContain('100%');
});

test('on a terminal of 80 columns the line still shows the time left', () => {
  const { progress, clock, said } = job(true, {}, 80);
  clock.ms = 1_000;
  progress.update(5_000);
  progress.finish();
  expect(stripVTControlCharacters(said()).trimEnd()).toMatch(/█{5}░{5} {2}50% .*5,000\/s .* left$/);
});

test('NO_COLOR takes the colour from the bar', () => {
  // oxlint-disable-next-line no-control-regex -- colours are control sequences
  const colour = /\u001B\[[\d;]*m/;
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('TERM', 'xterm');
  const coloured = job(true);
  coloured.progress.finish();
  expect(coloured.said()).toMatch(colour);
  vi.stubEnv('NO_COLOR', '1');
  const plain = job(true);
  plain.progress.finish();
  expect(plain.said()).not.toMatch(colour);
});

test.each([true, false])('beside JSON nothing is shown (terminal: %s)', (isTTY) => {
  const { progress, clock, said } = job(isTTY, { silent: true });
  clock.ms = 10_000;
  progress.advance(5);
  progress.finish();
  expect(said()).toBe('');
});

test('an empty job has no percentage', () => {
  const { progress, said } = job(false, { total: 0 });
  progress.finish();
  expect(said()).toBe('replay: 0 of 0 payments, –/s, 0.0 s\n');
});

test('an interrupt is left to the program', () => {
  const before = process.listenerCount('SIGINT');
  const { progress } = job(true);
  expect(process.listenerCount('SIGINT')).toBe(before);
  progress.finish();
});
