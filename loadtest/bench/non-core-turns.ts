// Turns of the bench of what is no payment: payments alone and beside all else, one after the other in the same processes, and
// what the pairs come to.
//
// T1. Each pair has both orders in turn: what a machine does over minutes is as often for one as for the other. T2. Ratios are
// made within a pair, and their median counts: a pair that somebody else's work fell into decides nothing.

import { Histogram } from './histogram.ts';
import type { Payer } from './payer.ts';
import { firstThreadSeconds, processorSeconds } from './process-usage.ts';

/** At the start of each measurement, not counted: what the last one began comes to its end, s. */
const SETTLE_SECONDS = 1;

/** Payments in flight where throughput is measured. */
export const IN_FLIGHT = 256;

export type Turn = {
  /** Closed loop: acknowledged a second. */
  readonly perSecond: number;
  /** At the offered rate, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Percent of one core, of the closed loop: near 100 the generator is what is measured. */
  readonly generatorPercent: number;
  readonly serverPercent: number;
  /** Processor time of the engine's thread for each payment, all that it does beside it included, µs: what else the machine does is not in it. */
  readonly engineMicroseconds: number;
};

/** Seconds so far: on the clock, and of processors. */
type Usage = { readonly clock: number; readonly generator: number; readonly server: number; readonly engine: number };

export type Pair = { readonly alone: Turn; readonly beside: Turn };

export type TurnOptions = {
  readonly payer: Payer;
  readonly serverPid: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Of the offered payments. */
  readonly perSecond: number;
};

/** Acknowledged a second in a closed loop. */
export async function throughput(payer: Payer, seconds: number, began: () => void = () => undefined): Promise<number> {
  await payer.payFor(SETTLE_SECONDS, IN_FLIGHT, () => undefined);
  began();
  let payments = 0;
  const fromMs = performance.now();
  await payer.payFor(seconds, IN_FLIGHT, () => (payments += 1));
  return (payments * 1_000) / (performance.now() - fromMs);
}

export async function measure({ payer, serverPid, seconds, perSecond: rate }: TurnOptions): Promise<Turn> {
  const usage = (): Usage => ({
    clock: performance.now() / 1_000,
    generator: processorSeconds(process.pid),
    server: processorSeconds(serverPid),
    engine: firstThreadSeconds(serverPid),
  });
  let before = usage();
  const perSecond = await throughput(payer, seconds, () => {
    before = usage();
  });
  const after = usage();
  const passed = after.clock - before.clock;
  const times = new Histogram();
  await payer.offer(SETTLE_SECONDS, rate, () => undefined);
  await payer.offer(seconds, rate, (latencyMs) => times.record(latencyMs));
  return {
    perSecond,
    p50Ms: times.quantile(0.5),
    p99Ms: times.quantile(0.99),
    generatorPercent: (100 * (after.generator - before.generator)) / passed,
    serverPercent: (100 * (after.server - before.server)) / passed,
    engineMicroseconds: (1e6 * (after.engine - before.engine)) / (perSecond * passed),
  };
}

/** `start` and `stop` what is no payment. @returns the pairs, in the order of measuring */
export async function measurePairs(
  count: number,
  options: TurnOptions,
  start: () => Promise<void>,
  stop: () => Promise<void>,
): Promise<Pair[]> {
  const alone = (): Promise<Turn> => measure(options);
  const beside = async (): Promise<Turn> => {
    await start();
    try {
      return await measure(options);
    } finally {
      await stop();
    }
  };
  const pairs: Pair[] = [];
  for (let nth = 0; nth < count; nth++) {
    if (nth % 2 === 0) pairs.push({ alone: await alone(), beside: await beside() });
    else {
      const second = await beside();
      pairs.push({ alone: await alone(), beside: second });
    }
  }
  return pairs;
}

export type Verdict = {
  /** Percent by which throughput falls: the median of the pairs. */
  readonly fall: number;
  /** p99 beside all else by p99 alone: the median of the pairs. */
  readonly slower: number;
  /** Percent by which the engine's thread works longer for a payment: the median of the pairs. */
  readonly engine: number;
};

export function verdictOf(pairs: readonly Pair[]): Verdict {
  return {
    fall: median(pairs.map(({ alone, beside }) => 100 * (1 - beside.perSecond / alone.perSecond))),
    slower: median(pairs.map(({ alone, beside }) => beside.p99Ms / alone.p99Ms)),
    engine: median(pairs.map(({ alone, beside }) => 100 * (beside.engineMicroseconds / alone.engineMicroseconds - 1))),
  };
}

/** Of two in the middle their mean; NaN of none. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}
