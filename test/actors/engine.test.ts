// The engine around its partition: what if an actor fails, and fails again?

import { expect, test } from 'vitest';
import { Command, MakeTransfer, NO_KEY, OpenAccount, ReadAccount } from '../../actors/commands.ts';
import { Engine } from '../../actors/engine.ts';
import { refusalOf } from '../../src/domain/refusals.ts';
import { contextOf, memoryDisk, OPENING, POST } from '../support/engine.ts';

/** A command that no actor knows, which is a fault. */
class Poison extends Command {}

type Started = { readonly engine: Engine; readonly faults: unknown[]; readonly fatal: unknown[] };

async function start(): Promise<Started> {
  const faults: unknown[] = [];
  const fatal: unknown[] = [];
  const engine = new Engine({
    number: 0,
    ...memoryDisk(),
    limits: {
      inFlightMax: 1_000,
      residentAccountsMax: 1_000,
      residentHoldsMax: 1_000,
      snapshotFacts: 1_000_000,
      holdExpiryDefaultSeconds: 600,
    },
    dayCutMs: 0,
    now: Date.now,
    monotonic: () => performance.now(),
    hooks: {
      progress: () => {},
      cut: () => {},
      restarting: (error) => faults.push(error),
      fatal: (error) => fatal.push(error),
    },
  });
  await engine.start();
  return { engine, faults, fatal };
}

function ask<C extends Command>(engine: Engine, make: (reply: (command: C) => void) => C): Promise<C> {
  return new Promise((resolve) => engine.openSession().submit(make(resolve)));
}

const context = contextOf();

function open(engine: Engine, id: string): Promise<OpenAccount> {
  return ask(engine, (reply) => new OpenAccount(context, { ...OPENING, id, creditLimit: 1_000 }, NO_KEY, reply));
}

function pay(engine: Engine, id: string, amount: number): Promise<MakeTransfer> {
  const request = { ...POST, id, debit: 'alice', credit: 'shop', amount };
  return ask(engine, (reply) => new MakeTransfer(context, request, NO_KEY, reply));
}

function poison(engine: Engine): Promise<Poison> {
  return ask(engine, (reply) => new Poison(context, reply));
}

async function available(engine: Engine, id: string): Promise<number | undefined> {
  const { account } = await ask<ReadAccount>(engine, (reply) => new ReadAccount(context, id, reply));
  return account?.available;
}

test('after a fault what waited is told that it does not know, and the journal brings the rest back', async () => {
  const { engine, faults, fatal } = await start();
  await Promise.all([open(engine, 'alice'), open(engine, 'shop')]);
  await pay(engine, 't1', 70);
  const [poisoned, behind] = await Promise.all([poison(engine), pay(engine, 't2', 30)]);
  expect([refusalOf(poisoned.verdict), refusalOf(behind.verdict)]).toEqual(['outcome_unknown', 'outcome_unknown']);
  await expect.poll(() => engine.phase).toBe('ready');
  expect(await available(engine, 'alice')).toBe(-70);
  expect((await pay(engine, 't2', 30)).transfer?.fact.debit.available).toBe(-100);
  expect([faults.length, fatal.length, engine.restarts]).toEqual([1, 0, 1]);
  await engine.stop();
});

test('a partition that fails again and again ends the process instead of restarting for ever', async () => {
  const { engine, faults, fatal } = await start();
  for (let fault = 1; fault <= 4; fault++) {
    await poison(engine);
    await expect.poll(() => engine.phase === 'ready' || fatal.length > 0).toBe(true);
  }
  expect([faults.length, fatal.length]).toEqual([3, 1]);
  expect(engine.phase).toBe('stopped');
});

test('a session that was open before the fault goes on after it', async () => {
  const { engine } = await start();
  await open(engine, 'alice');
  const session = engine.openSession();
  await poison(engine);
  await expect.poll(() => engine.phase).toBe('ready');
  const read = await new Promise<ReadAccount>((resolve) => session.submit(new ReadAccount(context, 'alice', resolve)));
  expect(read.account?.id).toBe('alice');
  await engine.stop();
});
