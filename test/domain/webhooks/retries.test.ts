import { describe, expect, test } from 'vitest';
import {
  afterAttempt,
  ATTEMPTS_MAX,
  FAILING_MS_MAX,
  isHopeless,
  type Outcome,
} from '../../../src/domain/webhooks/retries.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const answered = (status: number, retryAfterMs: number | null = null): Outcome => ({
  kind: 'answered',
  status,
  retryAfterMs,
});
const unreachable: Outcome = { kind: 'unreachable', reason: 'ECONNREFUSED' };

test('ten attempts spread over three days', () => {
  const delays: number[] = [];
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
    const verdict = afterAttempt(attempts, unreachable, 0);
    if (verdict.kind === 'retried') delays.push(verdict.delayMs);
    else expect([attempts, verdict.kind]).toEqual([10, 'failed']);
  }
  expect(delays).toEqual(
    [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((seconds) => seconds * SECOND),
  );
  expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeGreaterThan(72 * HOUR);
});

test('chance makes an attempt later by a fifth at most, and never earlier', () => {
  expect(afterAttempt(2, unreachable, 0)).toEqual({ kind: 'retried', delayMs: 5 * MINUTE });
  expect(afterAttempt(2, unreachable, 0.5)).toEqual({ kind: 'retried', delayMs: 5.5 * MINUTE });
  expect(afterAttempt(2, unreachable, 1)).toEqual({ kind: 'retried', delayMs: 6 * MINUTE });
});

test.each([200, 201, 202, 204, 299])('%i is delivered, at any attempt', (status) => {
  expect(afterAttempt(1, answered(status), 0)).toEqual({ kind: 'delivered' });
  expect(afterAttempt(10, answered(status), 0)).toEqual({ kind: 'delivered' });
});

test.each([100, 301, 302, 307, 308, 400, 401, 404, 409, 429, 500, 502, 503, 504])('%i is tried again', (status) => {
  expect(afterAttempt(1, answered(status), 0)).toEqual({ kind: 'retried', delayMs: 5 * SECOND });
  expect(afterAttempt(10, answered(status), 0)).toEqual({ kind: 'failed' });
});

test('410 says that nobody wants it, at any attempt', () => {
  for (const attempts of [1, 5, 10]) expect(afterAttempt(attempts, answered(410), 0)).toEqual({ kind: 'gone' });
});

describe('Retry-After', () => {
  test.each([
    [429, 90 * SECOND, 90 * SECOND],
    [503, 90 * SECOND, 90 * SECOND],
    [503, 0, SECOND],
    [503, 100 * HOUR, 24 * HOUR],
    [500, 90 * SECOND, 5 * SECOND],
    [302, 90 * SECOND, 5 * SECOND],
  ])('of %i saying %i ms: %i', (status, asked, delayMs) => {
    expect(afterAttempt(1, answered(status, asked), 0)).toEqual({ kind: 'retried', delayMs });
  });

  test('gives no attempt beyond the last', () => {
    expect(afterAttempt(10, answered(503, SECOND), 0)).toEqual({ kind: 'failed' });
  });
});

test('an endpoint that only failed for five days is hopeless', () => {
  expect(isHopeless(1_000, 1_000 + FAILING_MS_MAX - 1)).toBe(false);
  expect(isHopeless(1_000, 1_000 + FAILING_MS_MAX)).toBe(true);
});
