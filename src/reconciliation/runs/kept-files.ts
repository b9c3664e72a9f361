// Kept files. Which of the files that were brought stay on the disk: a run has read its file once, and what people still need it
// for is to look into it.
//
// K1. A file stays while a run of it is not at its end, or a case of it is open. K2. Others go by age, and the oldest before that
// when there are too many. Runs and differences stay: they are small, and what was decided rests on them.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from './run.ts';

/** After the end of its last run, ms: 90 days, in which disputes about a bill are raised. */
export const FILE_AGE_MS_MAX = 90 * 86_400_000;

/** Files: a bill and a statement a day of ten channels for 50 days. */
export const FILES_MAX = 1_000;

export type Keeping = {
  readonly runs: readonly Run[];
  /** Asked only of runs whose files would go. */
  readonly hasOpenCase: (run: Run) => boolean;
  /** Files that have come and have no run yet. */
  readonly taking: ReadonlySet<string>;
  readonly nowMs: number;
  readonly filesMax?: number;
};

/** Names of files that may go; one without a run is what a crash has left. */
export function spareFiles(names: readonly string[], keeping: Keeping): string[] {
  const { runs, hasOpenCase, taking, nowMs, filesMax = FILES_MAX } = keeping;
  const runsOf = new Map<string, Run[]>();
  for (const run of runs) runsOf.set(run.sha256, [...(runsOf.get(run.sha256) ?? []), run]);
  const files = names
    .filter((name) => !taking.has(name))
    .map((name) => ({ name, own: runsOf.get(name) ?? [] }))
    .map(({ name, own }) => ({ name, own, endedAtMs: Math.max(0, ...own.map(endOf)) }))
    .toSorted((one, other) => other.endedAtMs - one.endedAtMs);
  return files
    .filter(({ endedAtMs }, place) => place >= filesMax || nowMs - endedAtMs > FILE_AGE_MS_MAX)
    .filter(({ own }) => own.every(isOver) && !own.some(hasOpenCase))
    .map(({ name }) => name);
}

/** `folder`: of the files. @throws the operating system's error */
export function removeSpareFiles(folder: string, keeping: Keeping): void {
  for (const name of spareFiles(readdirSync(folder), keeping)) rmSync(join(folder, name));
}

function isOver({ status }: Run): boolean {
  return status === 'done' || status === 'failed';
}

/** A run that failed has no end of its own. */
function endOf({ createdAtMs, endedAtMs }: Run): number {
  return Math.max(createdAtMs, endedAtMs);
}
