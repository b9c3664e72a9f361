// Opening an engine: its journal and its state in a folder, and what it tells of itself.

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { Engine, type EngineHooks } from '../actors/engine.ts';
import type { Payments } from '../actors/open-desk.ts';
import type { EngineBusy } from '../actors/commit.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { readDayCut } from './domain/accounting-date.ts';
import { openLmdbJournal } from './journal/lmdb-journal.ts';
import { openLmdbStateStore } from './journal/lmdb-state-store.ts';
import type { Log } from './log/log-line.ts';

const SEED_MAX = 2 ** 32;

export type EngineParts = {
  /** Of the partition. */
  readonly number: number;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly log: Log;
  readonly hooks: EngineHooks;
  readonly busy: EngineBusy;
  /** What has to be closed goes here, in the order of opening. */
  readonly undo: (() => Promise<void> | void)[];
};

/** On a folder that is this process's alone; the engine is not started. @throws the operating system's error */
export async function openEngine(config: Config, parts: EngineParts): Promise<Engine> {
  const { number, payments, clock, log, hooks, busy, undo } = parts;
  const journal = openLmdbJournal(join(config.data, 'journal'));
  undo.push(() => journal.close());
  const store = openLmdbStateStore(join(config.data, 'state'));
  undo.push(() => store.close());
  if (store.seed() === null) await store.setSeed(randomInt(1, SEED_MAX));
  const dayCutMs = readDayCut(config.dayCut);
  return new Engine({ number, journal, store, limits: config, dayCutMs, payments, log, busy, ...clock, hooks });
}

export function engineHooks(
  log: Log,
  { recovery, fatal }: { readonly recovery: (done: number, total: number) => void } & Pick<EngineHooks, 'fatal'>,
): EngineHooks {
  return {
    progress: ({ done, total }) => recovery(done, total),
    cut: (seq, offset) => log.process('frame_cut', { seq, offset }),
    restarting: (error, about) => {
      if (!about) log.process('engine_failed', { error });
      else if ('orders' in about) log.order('actor_failed', about, { error });
      else log.request('actor_failed', about.context, { error });
    },
    fatal,
  };
}
