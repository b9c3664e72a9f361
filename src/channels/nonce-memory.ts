// Nonce memory. Remembers which nonces were used, for as long as a signature with them could still be taken.
//
// N1. A nonce is taken once. N2. It is remembered for two windows at least: a timestamp may lie one window ahead when it
// is first seen and one window behind at the end. N3. When there is no room, a nonce is refused, never forgotten.

/** Nonces in one generation, about 100 bytes each: 600 s at 1,600 requests a second. Above it signatures are refused. */
const NONCES_MAX = 1_000_000;

export class NonceMemory {
  private readonly lifeMs: number;
  private young = new Set<string>();
  private old = new Set<string>();
  private turnedMs = Number.NEGATIVE_INFINITY;

  /** @param windowMs how far a timestamp may be from the clock, either way */
  constructor(windowMs: number) {
    this.lifeMs = 2 * windowMs;
  }

  /** True when the nonce is new, which it is not from then on. Call it only after the signature proved right. */
  take(nonce: string, nowMs: number): boolean {
    this.turn(nowMs);
    if (this.young.has(nonce) || this.old.has(nonce) || this.young.size >= NONCES_MAX) return false;
    this.young.add(nonce);
    return true;
  }

  /** Each generation lives on for a full life after its last nonce. */
  private turn(nowMs: number): void {
    const age = nowMs - this.turnedMs;
    if (age < this.lifeMs) return;
    this.old = age < 2 * this.lifeMs ? this.young : new Set();
    this.young = new Set();
    this.turnedMs = nowMs;
  }
}
