// All that an engine says about its accounts, its transfers and the day when it is asked: two engines are equal when this is.

import type { Account } from '../../src/domain/accounts.ts';
import type { Dated } from '../../actors/commands.ts';
import type { TransferFact } from '../../src/domain/facts.ts';
import { Engine, memoryDisk } from './engine.ts';
import { namesIn } from './journal-facts.ts';

export type EngineState = {
  /** Newest first. */
  readonly accounts: readonly Account[];
  readonly transfers: Readonly<Record<string, Dated<TransferFact> | null>>;
  readonly accountingDate: string;
};

export async function stateOf(engine: Engine): Promise<EngineState> {
  const transfers: Record<string, Dated<TransferFact> | null> = {};
  for (const name of namesIn(engine.disk.journal)) transfers[name] = (await engine.readTransfer(name)).transfer;
  const accounts = await everyAccount(engine);
  return { accounts, transfers, accountingDate: engine.partition.accountingDate };
}

/** What the journal alone says: replayed from its first frame, without any snapshot. */
export async function stateFromJournal(engine: Engine): Promise<EngineState> {
  const disk = { journal: engine.disk.journal, store: memoryDisk().store };
  const replayed = await Engine.start(disk, { startMs: engine.nowMs });
  const state = await stateOf(replayed);
  replayed.crash();
  return state;
}

async function everyAccount(engine: Engine): Promise<Account[]> {
  const accounts: Account[] = [];
  for (let after = ''; ;) {
    const page = await engine.list({ after });
    accounts.push(...page.accounts);
    if (!page.hasMore) return accounts;
    after = page.accounts.at(-1)?.id ?? '';
  }
}
