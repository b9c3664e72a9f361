import { describe, expect, test } from 'vitest';
import { CircuitBreaker, type BreakerLimits } from '../../src/channels/circuit-breaker.ts';

const LIMITS: BreakerLimits = {
  windowMs: 10_000,
  callsMin: 4,
  errorRatio: 0.5,
  slowMs: 1_000,
  slowRatio: 0.75,
  openMs: 5_000,
};

function call(breaker: CircuitBreaker, nowMs: number, { error = false, durationMs = 10 } = {}): void {
  const period = breaker.enter(nowMs);
  if (period !== null) breaker.record(period, error, durationMs, nowMs);
}

function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker(LIMITS);
  for (let count = 0; count < 4; count += 1) call(breaker, 0, { error: true });
  expect(breaker.state).toBe('open');
  return breaker;
}

describe('a closed breaker', () => {
  test('opens when half of the calls fail, not before there are enough of them', () => {
    const breaker = new CircuitBreaker(LIMITS);
    for (const error of [true, true, false]) call(breaker, 0, { error });
    expect(breaker.state).toBe('closed');
    call(breaker, 0);
    expect(breaker.state).toBe('open');
  });

  test('opens when calls succeed too slowly', () => {
    const breaker = new CircuitBreaker(LIMITS);
    for (const durationMs of [1_000, 5_000, 10, 2_000]) call(breaker, 0, { durationMs });
    expect(breaker.state).toBe('open');
  });

  test('forgets what is older than its window', () => {
    const breaker = new CircuitBreaker(LIMITS);
    for (let count = 0; count < 3; count += 1) call(breaker, 0, { error: true });
    for (let count = 0; count < 4; count += 1) call(breaker, 11_000);
    call(breaker, 11_000, { error: true });
    expect(breaker.state).toBe('closed');
  });
});

describe('an open breaker', () => {
  test('lets nobody in until its time is over, then one probe', () => {
    const breaker = opened();
    expect(breaker.enter(4_999)).toBeNull();
    expect(breaker.enter(5_000)).not.toBeNull();
    expect(breaker.state).toBe('half_open');
    expect(breaker.enter(5_000)).toBeNull();
  });

  test('closes after a good probe and has forgotten the bad times', () => {
    const breaker = opened();
    call(breaker, 5_000);
    expect(breaker.state).toBe('closed');
    call(breaker, 5_001, { error: true });
    expect(breaker.state).toBe('closed');
  });

  test.each([{ error: true }, { durationMs: 1_000 }])('opens again, for its whole time, after a probe of %j', (how) => {
    const breaker = opened();
    call(breaker, 5_000, how);
    expect(breaker.state).toBe('open');
    expect(breaker.enter(9_999)).toBeNull();
    expect(breaker.enter(10_000)).not.toBeNull();
  });

  test('a probe that was never sent leaves its place to the next', () => {
    const breaker = opened();
    breaker.abandon(breaker.enter(5_000) as number);
    expect(breaker.enter(5_000)).not.toBeNull();
  });

  test('what was sent before it opened neither closes it nor counts as its probe', () => {
    const breaker = new CircuitBreaker(LIMITS);
    const early = breaker.enter(0) as number;
    for (let count = 0; count < 4; count += 1) call(breaker, 0, { error: true });
    breaker.record(early, false, 10, 100);
    expect(breaker.state).toBe('open');
    breaker.enter(5_000);
    breaker.record(early, false, 10, 5_000);
    breaker.abandon(early);
    expect(breaker.state).toBe('half_open');
    expect(breaker.enter(5_000)).toBeNull();
    expect(breaker.stillAdmits(early)).toBe(false);
  });
});

/** A small generator with a printed seed, because 100,000 outcomes are too many for fast-check to shrink. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('100,000 random outcomes never take it out of its bounds', () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = randomFrom(seed);
  const breaker = new CircuitBreaker(LIMITS);
  const inFlight: { period: number }[] = [];
  let sick = false;
  let nowMs = 0;
  let openedAtMs = 0;
  const seen = new Set<string>();
  for (let count = 0; count < 100_000; count += 1) {
    nowMs += Math.floor(random() * 100);
    if (random() < 0.001) sick = !sick;
    const before = breaker.state;
    const period = breaker.enter(nowMs);
    if (period !== null) {
      if (before === 'open') expect(nowMs - openedAtMs, `seed ${seed}`).toBeGreaterThanOrEqual(LIMITS.openMs);
      inFlight.push({ period });
    } else expect(breaker.state, `seed ${seed}`).not.toBe('closed');
    const probes = breaker.state === 'half_open' ? inFlight.filter(({ period: one }) => breaker.stillAdmits(one)) : [];
    expect(probes.length, `seed ${seed}`).toBeLessThanOrEqual(1);
    while (inFlight.length > 0 && random() < 0.6) {
      const [ended] = inFlight.splice(Math.floor(random() * inFlight.length), 1);
      if (!ended) break;
      const was = breaker.state;
      if (random() < 0.05) breaker.abandon(ended.period);
      else breaker.record(ended.period, random() < (sick ? 0.8 : 0.1), random() < 0.1 ? 2_000 : 10, nowMs);
      if (breaker.state === 'open' && was !== 'open') openedAtMs = nowMs;
      if (was === 'open') expect(breaker.state, `seed ${seed}`).toBe('open');
    }
    seen.add(breaker.state);
  }
  expect([...seen].sort()).toEqual(['closed', 'half_open', 'open']);
});
