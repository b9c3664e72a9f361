// Lane. One way to a channel: a bulkhead, a token bucket and, where money moves, a circuit breaker. Says at once whether
// a request may go; carries it out under a deadline; whatever happens, there is one report and the place is given back.
//
// L1. `promise` keeps a place until the request comes, so that who was told "admitted" writes that down and then sends.
//     A promise that nobody comes for lapses. L2. Unsent is said only of what was never begun.
// L3. A place is free again when the work has really ended, which may be after its deadline.

import { Bulkhead, type BulkheadLimits } from './bulkhead.ts';
import type { ChannelClock } from './channel-clock.ts';
import { unknownReport, unsentReport } from './channel-report.ts';
import type { ChannelReport, ResultClass } from './channel.ts';
import type { CircuitBreaker, Period } from './circuit-breaker.ts';
import { TokenBucket, type TokenRate } from './token-bucket.ts';

export type LaneLimits = {
  readonly bulkhead: BulkheadLimits;
  readonly rate: TokenRate;
  /** How long a request may wait for a place before it stays unsent, ms. */
  readonly queueWaitMsMax: number;
};

/** Why a request stayed here. */
export type UnsentReason =
  'breaker_open' | 'bulkhead_full' | 'rate_exceeded' | 'queue_wait_exceeded' | 'maintenance' | 'stopped';

export type Work<Report extends ChannelReport> = {
  readonly run: (signal: AbortSignal) => Promise<Report>;
  readonly deadlineMs: number;
  /** Gives a report of the machinery the shape of the work's own. */
  readonly shape: (report: ChannelReport) => Report;
  /** Told what `run` threw. */
  readonly failed: (error: unknown) => void;
};

/** A place kept for somebody who was told "admitted": long enough for a slow disk, short enough to lose little. */
const PROMISE_MS = 10_000;

/** After its deadline the adapter may say for so long whether anything was sent at all. */
const ABORT_GRACE_MS = 100;

type PromisedPlace = { readonly period: Period; readonly atMs: number };

export class Lane {
  readonly #limits: LaneLimits;
  readonly #clock: ChannelClock;
  readonly #breaker: CircuitBreaker | null;
  readonly #bulkhead: Bulkhead;
  readonly #bucket: TokenBucket;
  /** Oldest first; bounded by the bulkhead. */
  readonly #promised: PromisedPlace[] = [];
  #heldMs = 0;

  constructor(limits: LaneLimits, clock: ChannelClock, breaker: CircuitBreaker | null) {
    this.#limits = limits;
    this.#clock = clock;
    this.#breaker = breaker;
    this.#bulkhead = new Bulkhead(limits.bulkhead);
    this.#bucket = new TokenBucket(limits.rate, clock.monotonic());
  }

  /** How long places were taken in all, by requests that have ended, seconds. */
  get heldSeconds(): number {
    return this.#heldMs / 1_000;
  }

  get inFlight(): number {
    return this.#bulkhead.inFlight;
  }

  get waiting(): number {
    return this.#bulkhead.waiting;
  }

  /** Whether one more could be under way or wait. */
  get hasRoom(): boolean {
    this.#forgetLapsed();
    return this.#bulkhead.hasRoom(this.#promised.length);
  }

  /** Keeps a place for the next `run`; the reason when there is none. */
  promise(): UnsentReason | null {
    const period = this.#admit();
    if (typeof period === 'string') return period;
    this.#promised.push({ period, atMs: this.#clock.monotonic() });
    return null;
  }

  /** Carries out work in a promised place, or in a new one when none is promised. Never rejects. */
  run<Report extends ChannelReport>(work: Work<Report>): Promise<Report> {
    this.#forgetLapsed();
    const period = this.#promised.shift()?.period ?? this.#admit();
    if (typeof period === 'string') return Promise.resolve(work.shape(unsentReport(period)));
    return new Promise((resolve) => this.#enter(period, work, resolve));
  }

  #admit(): Period | UnsentReason {
    if (!this.hasRoom) return 'bulkhead_full';
    const nowMs = this.#clock.monotonic();
    const period = this.#breaker ? this.#breaker.enter(nowMs) : 0;
    if (period === null) return 'breaker_open';
    if (this.#bucket.take(nowMs)) return period;
    this.#breaker?.abandon(period);
    return 'rate_exceeded';
  }

  #forgetLapsed(): void {
    const lapsedMs = this.#clock.monotonic() - PROMISE_MS;
    for (let first = this.#promised[0]; first && first.atMs <= lapsedMs; first = this.#promised[0]) {
      this.#promised.shift();
      this.#breaker?.abandon(first.period);
    }
  }

  #enter<Report extends ChannelReport>(period: Period, work: Work<Report>, resolve: (report: Report) => void): void {
    let stopWaiting = () => {};
    const stayHere = (reason: UnsentReason) => {
      this.#breaker?.abandon(period);
      resolve(work.shape(unsentReport(reason)));
    };
    const begin = () => {
      stopWaiting();
      if (this.#breaker?.stillAdmits(period) !== false) return void this.#begin(period, work, resolve);
      stayHere('breaker_open');
      queueMicrotask(() => this.#bulkhead.leave());
    };
    const entrant = { begin };
    switch (this.#bulkhead.enter(entrant)) {
      case 'begun':
        return;
      case 'full':
        return stayHere('bulkhead_full');
      case 'waiting':
        stopWaiting = this.#clock.after(this.#limits.queueWaitMsMax, () => {
          if (this.#bulkhead.giveUp(entrant)) stayHere('queue_wait_exceeded');
        });
    }
  }

  async #begin<Report extends ChannelReport>(
    period: Period,
    work: Work<Report>,
    resolve: (report: Report) => void,
  ): Promise<void> {
    const startedMs = this.#clock.monotonic();
    const abort = new AbortController();
    let cancelTimer = () => {};
    let told = false;
    const tell = (report: Report) => {
      if (told) return;
      told = true;
      cancelTimer();
      this.#record(period, report.class, this.#clock.monotonic() - startedMs);
      resolve(report);
    };
    cancelTimer = this.#clock.after(work.deadlineMs, () => {
      cancelTimer = this.#clock.after(ABORT_GRACE_MS, () => tell(work.shape(unknownReport('deadline_exceeded'))));
      abort.abort();
    });
    try {
      tell(await work.run(abort.signal));
    } catch (error) {
      work.failed(error);
      tell(work.shape(unknownReport('adapter_fault')));
    } finally {
      this.#heldMs += this.#clock.monotonic() - startedMs;
      this.#bulkhead.leave();
    }
  }

  #record(period: Period, outcome: ResultClass, durationMs: number): void {
    const error = outcome === 'unknown' || outcome === 'unsent';
    this.#breaker?.record(period, error, durationMs, this.#clock.monotonic());
  }
}
