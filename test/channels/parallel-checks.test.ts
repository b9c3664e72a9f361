import { describe, expect, test } from 'vitest';
import { runChecks } from '../../src/channels/parallel-checks.ts';
import { fakeClock, settled } from './support/fake-clock.ts';

describe('checks that take 30, 50 and 80 ms', () => {
  const clock = fakeClock();
  const later =
    <T>(ms: number, value: T) =>
    () =>
      new Promise<T>((resolve) => clock.after(ms, () => resolve(value)));

  test('take 80 ms together', async () => {
    const verdict = runChecks<{ limit: boolean; risk: number; route: string }>(
      {
        limit: { strength: 'strong', run: later(30, true) },
        risk: { strength: 'weak', run: later(50, 7), fallback: 0 },
        route: { strength: 'strong', run: later(80, 'card') },
      },
      1_000,
      clock.after,
    );
    let told = false;
    void verdict.then(() => (told = true));
    await clock.pass(79);
    expect(told).toBe(false);
    await clock.pass(1);
    expect(told).toBe(true);
    expect(await verdict).toEqual({ ok: true, results: { limit: true, risk: 7, route: 'card' }, fellBack: [] });
    expect(clock.timers()).toBe(0);
  });
});

describe('at the deadline', () => {
  function late() {
    const clock = fakeClock();
    let answer: (value: number) => void = () => {};
    const run = () => new Promise<number>((resolve) => (answer = resolve));
    return { clock, run, answer: (value: number) => answer(value) };
  }

  test('a weak check has its fallback, and what comes later is ignored', async () => {
    const { clock, run, answer } = late();
    const verdict = runChecks<{ risk: number }>({ risk: { strength: 'weak', run, fallback: 5 } }, 100, clock.after);
    await clock.pass(100);
    answer(1);
    await settled();
    expect(await verdict).toEqual({ ok: true, results: { risk: 5 }, fellBack: ['risk'] });
  });

  test('a strong check that is missing is named, and every check is told to stop', async () => {
    const { clock } = late();
    let stopped = false;
    const run = (signal: AbortSignal) =>
      new Promise<number>(() => signal.addEventListener('abort', () => (stopped = true)));
    const verdict = runChecks<{ limit: number; risk: number }>(
      { limit: { strength: 'strong', run }, risk: { strength: 'strong', run: async () => 1 } },
      100,
      clock.after,
    );
    await clock.pass(100);
    expect(await verdict).toEqual({ ok: false, missing: ['limit'] });
    expect(stopped).toBe(true);
  });
});

test.each([
  ['rejects', () => Promise.reject(new Error('down'))],
  [
    'throws at once',
    () => {
      throw new Error('down');
    },
  ],
])('a check that %s harms no other: weak falls back, strong is missing', async (_, run) => {
  const { after } = fakeClock();
  const weak = await runChecks<{ risk: number; route: number }>(
    { risk: { strength: 'weak', run, fallback: 9 }, route: { strength: 'strong', run: async () => 2 } },
    100,
    after,
  );
  expect(weak).toEqual({ ok: true, results: { risk: 9, route: 2 }, fellBack: ['risk'] });
  const strong = await runChecks<{ risk: number }>({ risk: { strength: 'strong', run } }, 100, after);
  expect(strong).toEqual({ ok: false, missing: ['risk'] });
});
