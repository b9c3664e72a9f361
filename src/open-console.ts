// Opening the console: ties the page and its stream to the engine, the metrics and the way of a recovery.

import { randomUUID } from 'node:crypto';
import type { Engine } from '../actors/engine.ts';
import type { Clock } from './clock.ts';
import { makeConsole, type Console, type ConsoleParts } from './console/console.ts';
import { snapshotTaker, type SnapshotParts } from './console/snapshot-taker.ts';
import type { Metrics } from './ops/metrics.ts';

export type OpenConsoleParts = Pick<ConsoleParts, 'callers' | 'local'> &
  Pick<SnapshotParts, 'version' | 'actions' | 'engines' | 'notReady' | 'recovery'> & {
    readonly metrics: Metrics;
    readonly clock: Clock;
  };

export function openConsole({ callers, local, clock, ...parts }: OpenConsoleParts): Console {
  const { now } = clock;
  return makeConsole({ callers, local, take: snapshotTaker({ ...parts, now, life: randomUUID(), startedAt: now() }) });
}

/** Frames of the journal read, of those to be read, as the engine has told last. */
export function recoveryWatch(tell: (done: number, total: number) => void): {
  readonly told: (done: number, total: number) => void;
  readonly seen: SnapshotParts['recovery'];
} {
  let seen = { done: 0, total: 0 };
  return {
    told: (done, total) => {
      seen = { done, total };
      tell(done, total);
    },
    seen: () => seen,
  };
}

/** Business first; the shadow as soon as there is one. */
export function enginesOf(business: Engine, shadow: () => { readonly engine: Engine } | null): () => Engine[] {
  return () => [business, ...[shadow()?.engine ?? []].flat()];
}
