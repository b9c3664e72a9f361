// Runs metrics. What reconciliations have come to, and what of it waits for people.

import type { Engine } from '../../actors/engine.ts';
import { timeOfId } from '../domain/ids.ts';
import { DIFFERENCE_TYPES, type DifferenceType } from '../domain/orders/difference.ts';
import { DIFFERENCE_KINDS } from '../reconciliation/matching/difference.ts';
import type { Run } from '../reconciliation/runs/run.ts';
import type { Counter, Metrics } from './metrics.ts';

const DAY_MS = 86_400_000;

/** A break is this old at most; the last one is any older. */
const AGES = [
  ['1d', DAY_MS],
  ['7d', 7 * DAY_MS],
  ['30d', 30 * DAY_MS],
  ['older', Infinity],
] as const;

/** Breaks are counted anew at most so often, ms: a scrape asks for each of the series. */
const COUNT_MS = 1_000;

/** What it needs of the runs. */
type Runs = {
  readonly breaks: Map<string, DifferenceType>;
  readonly onEnd: (listener: (run: Run) => void) => void;
};

/** `now`: wall clock, ms since 1970. */
export function addRunsMetrics(metrics: Metrics, { breaks, onEnd }: Runs, engine: Engine, now: () => number): void {
  onEnd(countRuns(metrics));
  addBreaks(metrics, breaks, engine, now);
}

/** Counts runs that have ended, by what they came to, and what they were about. */
function countRuns(metrics: Metrics): (run: Run) => void {
  const runs = new Map<string, Counter>();
  for (const result of ['matched', 'differences', 'failed'] as const)
    runs.set(result, metrics.counter('recon_runs_total', 'Files reconciled, by what they came to.', { result }));
  const items = new Map<string, Counter>();
  for (const result of ['matched', 'waiting', ...DIFFERENCE_KINDS])
    items.set(result, metrics.counter('recon_items_total', 'Lines and orders reconciled.', { result: result.toLowerCase() })); // prettier-ignore
  return ({ status, counts, differences }) => {
    runs.get(status === 'failed' ? 'failed' : differences > 0 ? 'differences' : 'matched')?.add();
    if (!counts) return;
    items.get('matched')?.add(counts.matches);
    items.get('waiting')?.add(counts.waitingChannelRows + counts.waitingLocalRows);
    for (const kind of DIFFERENCE_KINDS) items.get(kind)?.add(counts.differences[kind]);
  };
}

/** Differences whose case is not resolved, by what they are and how long they wait. */
function addBreaks(metrics: Metrics, breaks: Map<string, DifferenceType>, engine: Engine, now: () => number): void {
  let countedMs = -Infinity;
  const counts = new Map<string, number>();
  const count = (): void => {
    const nowMs = now();
    if (nowMs - countedMs < COUNT_MS) return;
    countedMs = nowMs;
    counts.clear();
    for (const [id, type] of breaks) {
      const name = nameOf(type, nowMs - timeOfId(id));
      if (engine.merchantOfCase(id) === null) breaks.delete(id);
      else counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  };
  for (const type of DIFFERENCE_TYPES) {
    for (const [age, ageMs] of AGES) {
      metrics.gauge('recon_breaks', 'Differences that wait for people.', { type, age }, () => {
        count();
        return counts.get(nameOf(type, ageMs)) ?? 0;
      });
    }
  }
}

function nameOf(type: DifferenceType, ageMs: number): string {
  const [age] = AGES.find(([, max]) => ageMs <= max) ?? AGES[3];
  return `${type} ${age}`;
}
