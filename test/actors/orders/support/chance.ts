// Chance: a small generator of numbers that a seed repeats (mulberry32).

export type Chance = {
  /** 0 … below - 1. */
  readonly below: (below: number) => number;
  /** True in so many of a thousand times. */
  readonly in1000: (times: number) => boolean;
};

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { below: (below) => next() % below, in1000: (times) => next() % 1_000 < times };
}

/** Of a run that nobody chose. */
export const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);
