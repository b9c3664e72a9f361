// What if a cell fails: who decides, who is told, and does the next partition have the right money?

import { inspect as show } from 'node:util';
import { stop } from 'nact';
import type { Supervision } from 'nact/lib/actor.js';
import { expect, test, vi } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import { Command } from '../../actors/commands.ts';
import { Cell } from '../../actors/runtime/cell.ts';
import type { Message } from '../../actors/runtime/message.ts';
import { growPartition } from '../../actors/runtime/tree.ts';
import { contextOf, Engine, memoryDisk, MERCHANT, turns } from '../support/engine.ts';
import { openGatedJournal } from '../support/gated-journal.ts';
import { account, engine, grow, growForEachTest, inspect, transfer, tree, trunk } from '../support/grown-tree.ts';

const OUTCOME_UNKNOWN = numberOf('outcome_unknown');

growForEachTest();

/** A command that no actor knows. */
class Poison extends Command {}

/** Hands what it gets to another cell. */
class Needle extends Cell {
  readonly #target: Cell;

  constructor(target: Cell) {
    super();
    this.#target = target;
  }

  receive(message: Message): void {
    engine.partition.desk.dispatcher.send(this.#target, message);
  }
}

function poison(target: Cell): Promise<number> {
  return new Promise((resolve) => {
    const context = { ...contextOf(), requestId: 'canary' };
    engine.partition.submit(new Needle(target), new Poison(context, ({ verdict }: Poison) => resolve(verdict)));
  });
}

function watchOutput(): () => number {
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name)),
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
  ];
  return () => spies.reduce((calls, spy) => calls + spy.mock.calls.length, 0);
}

function resident(id: string, branch: 'accounts' | 'transfers' = 'accounts'): Cell {
  const cell = engine.partition.desk[branch].find(MERCHANT, id);
  if (!cell) throw new Error(`${id} is not among the ${branch}`);
  return cell;
}

test('a cell that throws stops its partition: everything that waits has an answer, and nothing is printed', async () => {
  const printed = watchOutput();
  const frames = engine.disk.journal.position();
  const begun = engine.transfer({ id: 'begun', debit: 'user:1', credit: 'user:2', amount: 1 });
  const poisoned = poison(resident('user:1'));
  const behind = engine.run([['behind', 'user:1', 'user:2', 1]]);
  const visit = inspect(account('user:2'));
  expect((await begun).verdict).toBe(OUTCOME_UNKNOWN);
  expect(await poisoned).toBe(OUTCOME_UNKNOWN);
  expect((await behind).verdict).toBe(OUTCOME_UNKNOWN);
  expect(await visit).toEqual({ refused: 'outcome_unknown' });
  expect(engine.partition.phase).toBe('stopped');
  expect(engine.partition.inFlight).toBe(0);
  await vi.waitFor(() => expect(engine.stops).toHaveLength(1));
  await turns();
  expect(engine.stops[0]).toMatchObject({ error: new Error('an account cannot handle Poison'), fatal: false });
  expect(engine.disk.journal.position()).toBe(frames);
  expect(printed()).toBe(0);
});

test('a command whose answer waited for the disk when its cell threw is answered once', async () => {
  class TooLate extends Cell {
    receive(message: Message): void {
      if (message instanceof Poison) engine.partition.desk.commit.after(message);
      throw new Error('planted');
    }
  }
  const replies: number[] = [];
  const command = new Poison(contextOf(), ({ verdict }: Poison) => replies.push(verdict));
  engine.partition.submit(new TooLate(), command);
  await vi.waitFor(() => expect(engine.stops).toHaveLength(1));
  expect(replies).toEqual([OUTCOME_UNKNOWN]);
  expect(engine.partition.inFlight).toBe(0);
});

test('the next partition grows in its place and has the right money', async () => {
  const faulty = engine;
  await engine.transfer({ id: 'hold', debit: 'user:1', credit: 'user:2', amount: 30, hold: true });
  await poison(resident('user:2'));
  await vi.waitFor(() => expect(faulty.stops).toHaveLength(1));
  await grow({}, faulty.disk);
  expect(await inspect(account('user:1'))).toMatchObject({ available: -100, held: 30 });
  await engine.settle({ id: 'capture', transfer: 'hold' });
  expect(await inspect(account('user:2'))).toMatchObject({ available: 100, pending: 0 });
});

test('when the owner is told, the place in the tree is free', async () => {
  const next = await Engine.start(engine.disk);
  const told = vi.spyOn(engine.stops, 'push').mockImplementation(() => {
    growPartition(tree, 0, next.partition);
    return 1;
  });
  await poison(resident('user:1'));
  await vi.waitFor(() => expect(told).toHaveBeenCalledOnce());
  expect(await inspect(account('user:1'))).toMatchObject({ available: -70 });
});

/** Starts the partition anew below a supervision that keeps what it hears. */
async function growSupervised(decision: 'stop' | 'escalate'): Promise<ReturnType<typeof vi.fn<Supervision>>> {
  const supervision = vi.fn<Supervision>((_message, _error, context) => context[decision]);
  stop(trunk);
  await turns();
  await grow({}, engine.disk, supervision);
  return supervision;
}

test('supervision hears which account failed and why, and never of the message', async () => {
  const supervision = await growSupervised('escalate');
  await poison(resident('user:1'));
  await vi.waitFor(() => expect(engine.stops).toHaveLength(1));
  expect(supervision.mock.calls).toEqual([
    [undefined, new Error('an account cannot handle Poison'), expect.anything(), account('user:1')],
  ]);
  expect(show(supervision.mock.calls, { depth: 8 })).not.toContain('canary');
});

test('supervision hears which transfer failed', async () => {
  const supervision = await growSupervised('escalate');
  await engine.transfer({ id: 'hold', debit: 'user:1', credit: 'user:2', amount: 30, hold: true });
  await poison(resident('hold', 'transfers'));
  await vi.waitFor(() => expect(engine.stops).toHaveLength(1));
  expect(supervision.mock.calls[0]?.slice(0, 2)).toEqual([undefined, new Error('a transfer cannot handle Poison')]);
  expect(supervision.mock.calls[0]?.[3]).toEqual(transfer('hold'));
});

test('the owner hears of a fault that supervision does not escalate, too', async () => {
  await growSupervised('stop');
  await poison(resident('user:1'));
  await vi.waitFor(() => expect(engine.stops).toHaveLength(1));
  expect(engine.stops[0]).toMatchObject({ error: new Error('an account cannot handle Poison'), fatal: false });
});

test('a fault outside of accounts and transfers is the fault of the partition', async () => {
  const supervision = await growSupervised('escalate');
  const { verdict } = await engine.ask((reply) => new Poison(contextOf(), reply));
  expect(verdict).toBe(OUTCOME_UNKNOWN);
  await vi.waitFor(() => expect(engine.stops).toHaveLength(1));
  expect(engine.stops[0]).toMatchObject({ error: new Error('a session cannot handle Poison'), fatal: false });
  expect(supervision).not.toHaveBeenCalled();
});

test('a fault of the disk is told as a fatal one; what a visit saw and nobody knows to be durable stays unsaid', async () => {
  const journal = openGatedJournal();
  stop(trunk);
  await turns();
  await grow({}, { ...memoryDisk(), journal });
  await engine.open({ id: 'a', creditLimit: 100 });
  await engine.open({ id: 'b' });
  journal.shut();
  const moved = engine.transfer({ id: 't', debit: 'a', credit: 'b', amount: 5 });
  const seen = inspect(account('b'));
  await turns();
  journal.breakDisk();
  expect((await moved).verdict).toBe(OUTCOME_UNKNOWN);
  expect(await seen).toEqual({ refused: 'outcome_unknown' });
  await vi.waitFor(() => expect(engine.stops).toMatchObject([{ fatal: true }]));
  await expect(inspect(account('a'))).rejects.toThrow('never existed');
});
