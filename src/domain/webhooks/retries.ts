// Retries. What follows from an attempt to deliver an event: delivered, another attempt and when, or none any more.
//
// R1. Ten attempts over three days, spaced as Standard Webhooks 1.0 recommends ("Deliverability and reliability").
// R2. Only 2xx is delivered. A redirect is a failure: its target was never judged. R3. 410 says that nobody wants it.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From a failed attempt to the next one, ms: after the first, the second, … The first attempt is made at once. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

export const ATTEMPTS_MAX = RETRY_DELAYS_MS.length + 1;

/** Share of a delay by which an attempt comes later: those that failed together do not come back together. */
export const JITTER_SHARE = 0.2;

/** What a receiver may ask for by Retry-After, ms: it neither makes us hurry nor wait for ever. */
export const RETRY_AFTER = { minMs: SECOND, maxMs: DAY } as const;

/** An endpoint that has only failed for so long is disabled, ms: longer than all attempts of one event. */
export const FAILING_MS_MAX = 5 * DAY;

/** What became of one attempt. */
export type Outcome =
  | {
      readonly kind: 'answered';
      /** HTTP status. */
      readonly status: number;
      /** What Retry-After asks for, ms; null where the answer has none. */
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'unreachable'; readonly reason: string };

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retried'; readonly delayMs: number }
  /** That was the last attempt. */
  | { readonly kind: 'failed' }
  /** The endpoint is to be disabled. */
  | { readonly kind: 'gone' };

/** `attempts`: made so far, this one included, from 1. `jitter`: 0 … 1, by chance. */
export function afterAttempt(attempts: number, outcome: Outcome, jitter: number): Verdict {
  if (isDelivered(outcome)) return { kind: 'delivered' };
  if (outcome.kind === 'answered' && outcome.status === 410) return { kind: 'gone' };
  const delayMs = RETRY_DELAYS_MS[attempts - 1];
  if (delayMs === undefined) return { kind: 'failed' };
  return { kind: 'retried', delayMs: askedDelay(outcome) ?? Math.round(delayMs * (1 + JITTER_SHARE * jitter)) };
}

export function isDelivered(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

/** What a receiver that has too much to do asks for, within bounds; null for any other. */
function askedDelay(outcome: Outcome): number | null {
  if (outcome.kind !== 'answered' || (outcome.status !== 429 && outcome.status !== 503)) return null;
  if (outcome.retryAfterMs === null) return null;
  return Math.min(Math.max(outcome.retryAfterMs, RETRY_AFTER.minMs), RETRY_AFTER.maxMs);
}

/** Whether an endpoint that has not taken anything since a time is to be disabled. */
export function isHopeless(failingSinceMs: number, nowMs: number): boolean {
  return nowMs - failingSinceMs >= FAILING_MS_MAX;
}
