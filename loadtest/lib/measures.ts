// Measures: what a scenario counts. Owns the names of the custom metrics, which the driver and the report read.
//
// M1. Acknowledged is what an answer said was done now: a replay is not. M2. Unknown is what was sent and not answered: it
// may or may not have happened. M3. Wrong is an answer that the case does not expect.

import { Counter, Trend } from 'k6/metrics';

/** What can be acknowledged: a transfer posted, a hold, what was captured of one, a trade paid. */
export type Deed = 'posted' | 'held' | 'captured' | 'paid';

/** Upper bounds of the counted latencies (ms): from them the driver reads percentiles of each second. */
const BOUNDS_MS = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 60_000];

const latency = new Trend('florin_latency', true);
const buckets = BOUNDS_MS.map((bound) => new Counter(`florin_latency_le_${bound}`));
const wrong = new Counter('florin_wrong');
const unknown = new Counter('florin_unknown');
const unsent = new Counter('florin_unsent');
const counts: Record<Deed, Counter> = {
  posted: new Counter('florin_posted'),
  held: new Counter('florin_held'),
  captured: new Counter('florin_captured'),
  paid: new Counter('florin_paid'),
};
const amounts: Record<Deed, Counter> = {
  posted: new Counter('florin_posted_amount'),
  held: new Counter('florin_held_amount'),
  captured: new Counter('florin_captured_amount'),
  paid: new Counter('florin_paid_amount'),
};

/** `times` deeds of together `amount` minor units were acknowledged. */
export function acknowledge(deed: Deed, amount: number, times = 1): void {
  counts[deed].add(times);
  amounts[deed].add(amount);
}

/** From the intended time to the last answer of the iteration. `judged`: false while the load warms up. */
export function took(latencyMs: number, judged: boolean): void {
  if (judged) latency.add(latencyMs);
  const bucket = BOUNDS_MS.findIndex((bound) => latencyMs <= bound);
  buckets[bucket < 0 ? buckets.length - 1 : bucket]?.add(1);
}

/** k6 has it, and its types have not. */
declare const console: { readonly error: (text: string) => void };

let shown = 0;
/** Lines that a VU prints about answers that it did not expect. */
const SHOWN_MAX = 3;

export function expectedElse(what: string): void {
  wrong.add(1);
  if (shown++ < SHOWN_MAX) console.error(`not expected: ${what.slice(0, 300)}`);
}

export function unanswered(times: number): void {
  unknown.add(times);
}

/** Due, and not sent in time. */
export function notSent(times: number): void {
  unsent.add(times);
}
