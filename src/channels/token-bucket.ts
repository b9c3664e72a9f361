// Token bucket. How often a channel may be asked: a steady rate, with a burst above it.
//
// T1. In any span of s seconds at most burst + rate × s are taken. T2. It is full at the start.

export type TokenRate = {
  /** Tokens a second, above 0: what the provider allows us. */
  readonly perSecond: number;
  /** Tokens at once, at least 1. */
  readonly burst: number;
};

export class TokenBucket {
  readonly #rate: TokenRate;
  #tokens: number;
  #filledAtMs: number;

  /** @param nowMs monotonic */
  constructor(rate: TokenRate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** One token, or false and nothing is taken. */
  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsedMs / 1_000) * this.#rate.perSecond);
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
