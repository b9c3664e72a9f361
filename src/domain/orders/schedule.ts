// Schedule. When a channel is asked again what became of an order, and when an undoing that failed is tried again.

import { integer, list, object, type JsonReader } from './json-reader.ts';

/** Each delay is twice (or `factor` times) the one before, from `firstMs` up to `maxMs`. */
export type BackoffRule = { readonly firstMs: number; readonly factor: number; readonly maxMs: number };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Delays that a rule can name. */
const DELAYS_MAX = 100;

/** Soon, since most answers were only lost; then rarer, since what is not known after a day is decided by a bill. */
export const QUERY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  1 * MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  1 * HOUR_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
];

export const COMPENSATION_BACKOFF: BackoffRule = { firstMs: SECOND_MS, factor: 2, maxMs: HOUR_MS };

export const queryDelays: JsonReader<readonly number[]> = list(integer(1, 30 * DAY_MS), 1, DELAYS_MAX);

export const backoffRule: JsonReader<BackoffRule> = object<BackoffRule>({
  firstMs: integer(1, DAY_MS),
  factor: integer(1, 10),
  maxMs: integer(1, DAY_MS),
});

/** Milliseconds until the next query after `queries` of them, 0 … ; the last delay repeats for ever. */
export function queryDelayMs(queries: number, delaysMs: readonly number[] = QUERY_DELAYS_MS): number {
  return delaysMs[Math.min(queries, delaysMs.length - 1)] ?? DAY_MS;
}

/** Milliseconds until the next try after `failures` of them, 1 … ; before the first there is nothing to wait for. */
export function backoffMs(failures: number, rule: BackoffRule = COMPENSATION_BACKOFF): number {
  if (failures < 1) return 0;
  return Math.min(rule.maxMs, rule.firstMs * rule.factor ** (failures - 1));
}
