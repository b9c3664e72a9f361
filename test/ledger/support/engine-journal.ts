// The journal of a real engine that was asked for anything at random: requests, duplicates, time, restarts.

import * as fc from 'fast-check';
import type { Account } from '../../../src/domain/accounts.ts';
import type { BatchMember } from '../../../actors/commands.ts';
import { CLOCK_START_MS, Engine, memoryDisk, turns } from '../../support/engine.ts';
import { stateOf } from '../../support/engine-state.ts';
import { HOLD_SECONDS_DEFAULT, LedgerModel } from '../../support/ledger-model.ts';
import type { Request, Settle, Transfer } from '../../support/ledger-requests.ts';
import { accountId, ACCOUNTS, randomStep, requestOf, type Step } from '../../support/random-requests.ts';

/** A minute after the clock of a run begins: the day changes in its midst. */
const DAY_CUT_MS = (CLOCK_START_MS % 86_400_000) + 60_000;
const KINDS = ['user', 'merchant', 'bank', 'escrow', 'fee', 'a word of their own'];
const OPTIONS = { limits: { holdExpiryDefaultSeconds: HOLD_SECONDS_DEFAULT }, dayCutMs: DAY_CUT_MS };

export type EngineJournal = { readonly frames: readonly Uint8Array[]; readonly accounts: readonly Account[] };

/** The same seed makes the same requests. */
export async function engineJournal(seed: number, steps: number): Promise<EngineJournal> {
  const disk = memoryDisk();
  let engine = await Engine.start(disk, OPTIONS);
  const model = new LedgerModel();
  const ask = (request: Request): Promise<unknown> => {
    model.apply(request, '', engine.nowMs);
    return perform(engine, request);
  };
  for (let n = 0; n < ACCOUNTS; n++) {
    await ask({ do: 'open', id: accountId(n), currency: n === 8 ? 'CZK' : 'EUR', creditLimit: n < 6 ? Infinity : 0 });
  }
  let asked: Promise<unknown>[] = [];
  const settle = async (): Promise<void> => {
    await Promise.all(asked);
    asked = [];
  };
  for (const step of fc.sample(randomStep, { seed, numRuns: steps })) {
    if (step.what === 'request') {
      asked.push(ask(requestOf(step.draft, model)));
      if (step.pause !== 'none') await (step.pause === 'turn' ? turns(1) : settle());
    } else {
      await settle();
      engine = await happen(engine, step, model);
    }
  }
  await settle();
  const { accounts } = await stateOf(engine);
  engine.crash();
  const { journal } = disk;
  const frames = Array.from({ length: journal.position() }, (_, at) => journal.read(at + 1) ?? new Uint8Array());
  return { frames, accounts };
}

async function happen(engine: Engine, step: Step, model: LedgerModel): Promise<Engine> {
  if (step.what === 'advance') {
    await engine.advance(step.seconds * 1000);
    model.expire(engine.nowMs);
  }
  return step.what === 'crash' ? engine.restart(OPTIONS) : engine;
}

function perform(engine: Engine, request: Request): Promise<unknown> {
  switch (request.do) {
    case 'open':
      return engine.open({ ...request, kind: KINDS[Number(request.id.slice(1)) % KINDS.length] ?? '' });
    case 'change':
      return engine.change(request);
    case 'transfer':
      return engine.transfer(request);
    case 'settle':
      return engine.settle(request);
    case 'reverse':
      return engine.reverse(request);
    case 'batch':
      return engine.run(request.members.map(tupleOf), request.atomic);
  }
}

function tupleOf(member: Transfer | Settle): BatchMember {
  const { id, debit, credit, amount } = member;
  if (member.do === 'transfer') {
    return [id, debit, credit, amount, member.hold ? 1 : 0, null, member.expiresInSeconds || null];
  }
  return [id, debit || null, credit || null, amount || null, member.step === 'captured' ? 2 : 3, member.transfer];
}
