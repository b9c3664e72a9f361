// Circuit breaker. Stops asking a channel that fails or crawls, and finds out with one request at a time whether it is
// back. It knows no requests: who is let in gets the number of a period and brings it back with how it went.
//
// K1. Closed → open when, of at least `callsMin` in the window, the ratio of errors or of slow ones reaches its limit.
// K2. Open lets nobody in for `openMs`; then one probe at a time (half-open): a good one closes it, a bad one opens it.
// K3. What was let in before the last change of state changes nothing any more.
//
// Own code: cockatiel's breaker reads Date.now() itself, has no slow ratio, and lets those who come while it is
// half-open wait for the probe, where a payment has to know at once that it stays unsent.

import { SlidingWindow } from './sliding-window.ts';

export type BreakerLimits = {
  /** How far back it looks, ms. */
  readonly windowMs: number;
  /** Below so many calls in the window no ratio means anything. */
  readonly callsMin: number;
  /** Errors / calls, above 0 and up to 1. */
  readonly errorRatio: number;
  /** From here on a call counts as slow, ms. */
  readonly slowMs: number;
  /** Slow calls / calls, above 0 and up to 1. */
  readonly slowRatio: number;
  /** How long it stays open before a probe, ms. */
  readonly openMs: number;
};

export type CircuitState = 'closed' | 'open' | 'half_open';

/** A period between two changes of state, from 1. */
export type Period = number;

export class CircuitBreaker {
  readonly #limits: BreakerLimits;
  readonly #changed: (state: CircuitState) => void;
  readonly #window: SlidingWindow<'call' | 'error' | 'slow'>;
  #state: CircuitState = 'closed';
  #period: Period = 1;
  #openedAtMs = 0;
  #probing = false;

  /** `changed`: told of every change of state. */
  constructor(limits: BreakerLimits, changed: (state: CircuitState) => void = () => {}) {
    this.#limits = limits;
    this.#changed = changed;
    this.#window = new SlidingWindow(['call', 'error', 'slow'], limits.windowMs);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Whether one would be let in now: also an open one, once it is time for a probe. */
  wouldAdmit(nowMs: number): boolean {
    switch (this.#state) {
      case 'closed':
        return true;
      case 'open':
        return nowMs - this.#openedAtMs >= this.#limits.openMs;
      case 'half_open':
        return !this.#probing;
    }
  }

  /** The period that one is let in under, or null. Has to be followed by one `record` or `abandon`. */
  enter(nowMs: number): Period | null {
    if (this.#state === 'open' && nowMs - this.#openedAtMs >= this.#limits.openMs) this.#change('half_open');
    switch (this.#state) {
      case 'closed':
        return this.#period;
      case 'open':
        return null;
      case 'half_open':
        if (this.#probing) return null;
        this.#probing = true;
        return this.#period;
    }
  }

  /** Whether who was let in under `period` may still begin, now that its turn has come. */
  stillAdmits(period: Period): boolean {
    switch (this.#state) {
      case 'closed':
        return true;
      case 'open':
        return false;
      case 'half_open':
        return period === this.#period;
    }
  }

  /** How a call went. An error is what says nothing of the order: unknown, or no connection. A refusal is none. */
  record(period: Period, error: boolean, durationMs: number, nowMs: number): void {
    if (period !== this.#period) return;
    const slow = durationMs >= this.#limits.slowMs;
    if (this.#state === 'half_open') {
      if (error || slow) this.#open(nowMs);
      else this.#change('closed');
      return;
    }
    this.#window.add('call', nowMs);
    if (error) this.#window.add('error', nowMs);
    if (slow) this.#window.add('slow', nowMs);
    if (this.#isTooBad(nowMs)) this.#open(nowMs);
  }

  /** Who was let in never asked: the next one may probe. */
  abandon(period: Period): void {
    if (period === this.#period) this.#probing = false;
  }

  #isTooBad(nowMs: number): boolean {
    const calls = this.#window.count('call', nowMs);
    if (calls < this.#limits.callsMin) return false;
    const { errorRatio, slowRatio } = this.#limits;
    return (
      this.#window.count('error', nowMs) >= errorRatio * calls || this.#window.count('slow', nowMs) >= slowRatio * calls
    );
  }

  #open(nowMs: number): void {
    this.#change('open');
    this.#openedAtMs = nowMs;
  }

  #change(state: CircuitState): void {
    this.#state = state;
    this.#period += 1;
    this.#probing = false;
    this.#window.clear();
    this.#changed(state);
  }
}
