// Measurement: what is counted between the end of the warm-up and the end of the run. Owns the clock of a run, the
// counters, the latencies and the processor time of both sides.
//
// M1. Only answered requests count, at the moment of the answer: an answer means durable.
// M2. Processor time is read at the same two moments that bound the counting.

import { machineSeconds, processorSeconds } from './process-usage.ts';
import { Histogram } from './histogram.ts';

export type Measured = {
  /** Operations acknowledged a second: tuples of batches, requests where a request is one transfer. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Percent of one core. */
  readonly serverPercent: number;
  readonly generatorPercent: number;
  /** What all other processes of the machine took meanwhile, the kernel's own threads among them. */
  readonly othersPercent: number;
  /** Over the whole run, warm-up included. */
  readonly refused: number;
  /** Of the first one; empty where there was none. */
  readonly firstRefusal: string;
  readonly seconds: number;
};

type Moment = {
  readonly atMs: number;
  readonly serverSeconds: number;
  readonly generatorSeconds: number;
  readonly machineSeconds: number;
};

export class Measurement {
  private readonly serverPid: number;
  private readonly startsAtMs: number;
  private readonly seconds: number;
  private readonly latencies = new Histogram();
  private acknowledged = 0;
  private refused = 0;
  private firstRefusal = '';
  private start: Moment | undefined;
  private end: Moment | undefined;

  constructor(options: { serverPid: number; nowMs: number; warmUpSeconds: number; seconds: number }) {
    this.serverPid = options.serverPid;
    this.startsAtMs = options.nowMs + options.warmUpSeconds * 1_000;
    this.seconds = options.seconds;
  }

  /** Whether the run still goes on; loads send until it is not. */
  running(): boolean {
    return this.end === undefined;
  }

  /** A request was answered: so many of its operations were carried out, so many refused. */
  answered(nowMs: number, latencyMs: number, done: number): void {
    if (nowMs < this.startsAtMs || this.end !== undefined) return;
    if (this.start === undefined) {
      // This answer ends the warm-up and begins the counting.
      this.start = this.moment(nowMs);
      return;
    }
    this.acknowledged += done;
    this.latencies.record(latencyMs);
    if (nowMs - this.start.atMs >= this.seconds * 1_000) this.end = this.moment(nowMs);
  }

  refuse(operations: number, reason: string): void {
    this.refused += operations;
    if (this.firstRefusal === '') this.firstRefusal = reason;
  }

  result(): Measured {
    if (this.start === undefined || this.end === undefined) throw new Error('the run ended before its time');
    const seconds = (this.end.atMs - this.start.atMs) / 1_000;
    const percent = (figure: keyof Moment): number => {
      const [from, to] = [this.start?.[figure] ?? 0, this.end?.[figure] ?? 0];
      return (100 * (to - from)) / seconds;
    };
    const [serverPercent, generatorPercent] = [percent('serverSeconds'), percent('generatorSeconds')];
    return {
      perSecond: this.acknowledged / seconds,
      p50Ms: this.latencies.quantile(0.5),
      p99Ms: this.latencies.quantile(0.99),
      serverPercent,
      generatorPercent,
      // Ticks of 10 ms are rounded per process: never below zero.
      othersPercent: Math.max(0, percent('machineSeconds') - serverPercent - generatorPercent),
      refused: this.refused,
      firstRefusal: this.firstRefusal,
      seconds,
    };
  }

  private moment(atMs: number): Moment {
    const { user, system } = process.cpuUsage();
    return {
      atMs,
      serverSeconds: processorSeconds(this.serverPid),
      generatorSeconds: (user + system) / 1_000_000,
      machineSeconds: machineSeconds(),
    };
  }
}
