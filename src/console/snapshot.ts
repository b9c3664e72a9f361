// Snapshot. What the console is told each second: the counters and gauges of /metrics as they are, and what the engine says of
// itself. Nothing is worked out here: rates and percentiles are the page's, from two snapshots (page/figures.js).

import type { Distribution, Labels } from '../ops/metrics.ts';

/** A series: its labels and its value. */
export type Series = readonly [labels: Labels, value: number | Distribution];

export type Shard = {
  /** Number of the partition, and whether it is stress traffic's. */
  readonly shard: number;
  readonly shadow: boolean;
  /** Mailboxes in which something waits, by class of depth. */
  readonly mailboxes: readonly number[];
  /** Messages in the deepest of them. */
  readonly deepest: number;
  readonly inFlight: number;
};

export type Snapshot = {
  /** ms since 1970. */
  readonly at: number;
  /** Differs after each start. */
  readonly life: string;
  readonly version: string;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly phase: 'recovering' | 'ready' | 'draining' | 'stopped';
  /** Why no requests are taken; null when they are. */
  readonly notReady: string | null;
  /** Frames of the journal read, of those to be read at this start. */
  readonly recovery: { readonly done: number; readonly total: number };
  /** Whether the page may offer to change anything. */
  readonly actions: boolean;
  /** Share of the time since the last snapshot in which the engine's thread was busy. */
  readonly busy: number;
  /** Upper bounds of how many messages wait in a mailbox; deeper than the last one is one more class. */
  readonly depthClasses: readonly number[];
  readonly shards: readonly Shard[];
  /** By the name of the family without `florin_`: those that are measured here, without series at 0. */
  readonly metrics: Readonly<Record<string, readonly Series[]>>;
};
