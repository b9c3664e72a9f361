// Channel counts. What became of the requests to one channel: for metrics since the start, for routing over the last
// minutes. Numbers only; whoever shows them puts names to them.

import type { ResultClass } from './channel.ts';
import { SlidingWindow } from './sliding-window.ts';

export const OUTCOMES = ['succeeded', 'failed', 'accepted', 'requires_action', 'unknown', 'unsent'] as const;

/** Upper bounds of durations, seconds; above the last one is one more. A provider is slower than a disk. */
export const CHANNEL_DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** How far back routing looks: long enough for a ratio, short enough to notice that a channel is back. */
const HEALTH_WINDOW_MS = 300_000;

export type Health = {
  /** Succeeded / (succeeded + failed) of money moved; 1 while there is none: a new channel is to be tried. */
  readonly successRatio: number;
  /** Requests that got any definite word / all that were wanted; 1 while there is none. */
  readonly availability: number;
};

export class ChannelCounts {
  readonly #outcomes = new Float64Array(OUTCOMES.length);
  readonly #durations = new Float64Array(CHANNEL_DURATION_BUCKETS.length + 1);
  #durationSum = 0;
  readonly #recent = new SlidingWindow(OUTCOMES, HEALTH_WINDOW_MS);

  /** A request that would have moved money, begun or kept here; only these say how good a channel is. */
  moved(outcome: ResultClass, nowMs: number): void {
    this.#recent.add(outcome, nowMs);
  }

  /** Any request. */
  counted(outcome: ResultClass): void {
    const at = OUTCOMES.indexOf(outcome);
    this.#outcomes[at] = (this.#outcomes[at] as number) + 1;
  }

  /** How long one that was begun took. */
  lasted(durationMs: number): void {
    const seconds = durationMs / 1_000;
    let bucket = 0;
    while (bucket < CHANNEL_DURATION_BUCKETS.length && seconds > (CHANNEL_DURATION_BUCKETS[bucket] as number))
      bucket += 1;
    this.#durations[bucket] = (this.#durations[bucket] as number) + 1;
    this.#durationSum += seconds;
  }

  requests(outcome: ResultClass): number {
    return this.#outcomes[OUTCOMES.indexOf(outcome)] as number;
  }

  /** Per bucket, not added up; one more than there are bounds. */
  get durations(): Readonly<Float64Array> {
    return this.#durations;
  }

  /** Seconds. */
  get durationSum(): number {
    return this.#durationSum;
  }

  health(nowMs: number): Health {
    const [succeeded = 0, failed = 0, accepted = 0, action = 0, unknown = 0, unsent = 0] = OUTCOMES.map((outcome) =>
      this.#recent.count(outcome, nowMs),
    );
    const definite = succeeded + failed + accepted + action;
    return {
      successRatio: ratio(succeeded, succeeded + failed),
      availability: ratio(definite, definite + unknown + unsent),
    };
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
