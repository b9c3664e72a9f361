// Random numbers of the load generator: xorshift32 (Marsaglia 2003), a few nanoseconds each, the same for the same seed.

export class Random {
  private state: number;

  /** `seed`: any integer; 0, from which xorshift never leaves, counts as 1. */
  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** An integer of 0 … bound - 1. The bias of the modulo is bound / 2^32: for a million accounts 0.02%. */
  below(bound: number): number {
    let next = this.state;
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
    this.state = next >>> 0;
    return this.state % bound;
  }
}
