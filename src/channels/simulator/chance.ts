// Chance. What is drawn depends on the seed and on what it is drawn for, not on who came first: the same seed and the
// same numbers give the same faults, however the requests are interleaved.

import { createHash } from 'node:crypto';

/** The z of the 99th percentile of a normal distribution. */
const Z99 = 2.326_347_9;

/** Numbers in [0, 1), each call the next one. */
export type Draw = () => number;

/** A stream of draws for what the words name: mulberry32, started from a hash of seed and words. */
export function drawFor(seed: number, ...words: readonly (string | number)[]): Draw {
  let state = createHash('sha256')
    .update(`${seed}\n${words.join('\n')}`)
    .digest()
    .readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A value of the log-normal distribution with this median and this 99th percentile, as network times have. */
export function logNormal(draw: Draw, p50: number, p99: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  return p50 * Math.exp((normal * Math.log(p99 / p50)) / Z99);
}
