// What if somebody reaches for a cell from outside: while it is busy, when it is not there, with a message that is no
// visit? And when a cell fails: who decides, who is told, and does the next partition have the right money?

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inspect as show } from 'node:util';
import { dispatch, query, spawn, stop } from 'nact';
import type { Supervision } from 'nact/lib/actor.js';
import type { ActorReference } from 'nact/lib/references.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import { Command } from '../../actors/commands.ts';
import { Cell } from '../../actors/runtime/cell.ts';
import type { Message } from '../../actors/runtime/message.ts';
import {
  accountReference,
  growPartition,
  startTree,
  stopTree,
  transferReference,
  type Tree,
} from '../../actors/runtime/tree.ts';
import { contextOf, Engine, memoryDisk, MERCHANT, turns, type EngineOptions } from '../support/engine.ts';
import { openGatedJournal } from '../support/gated-journal.ts';

const OUTCOME_UNKNOWN = numberOf('outcome_unknown');
/** Longer than any answer takes; only a query that nobody answers waits for it. */
const LONG_MS = 20_000;

let trees = 0;
let tree: Tree;
let engine: Engine;
let trunk: ActorReference;

beforeEach(async () => {
  trees += 1;
  tree = startTree(`tree-${trees}`);
  await grow({});
  await engine.open({ id: 'user:1', creditLimit: 1_000 });
  await engine.open({ id: 'user:2' });
  await engine.transfer({ id: 'order:1', debit: 'user:1', credit: 'user:2', amount: 70 });
});

afterEach(() => {
  engine.crash();
  stopTree(tree);
  vi.restoreAllMocks();
});

async function grow(options: EngineOptions, disk = memoryDisk()): Promise<void> {
  engine = await Engine.start(disk, options);
  trunk = growPartition(tree, 0, engine.partition);
}

function account(id: string, merchant = MERCHANT): ActorReference {
  return accountReference(tree, 0, merchant, id);
}

function transfer(id: string): ActorReference {
  return transferReference(tree, 0, MERCHANT, id);
}

/** The reference above, or as many above as `levels` says. */
function above(reference: ActorReference, levels = 1): ActorReference {
  const { parent } = reference;
  if (parent.type === 'system') throw new Error('there is no actor above');
  return levels === 1 ? parent : above(parent, levels - 1);
}

async function inspect(reference: object): Promise<object> {
  const answer: unknown = await query(reference, () => ({ type: 'inspect', context: contextOf() }), LONG_MS);
  if (typeof answer !== 'object' || answer === null) throw new Error('that is no answer');
  return answer;
}

/** A nact actor that keeps what it is sent, and nact's context of it. */
function listener(): { reference: object; heard: { message: unknown; context: object }[] } {
  const heard: { message: unknown; context: object }[] = [];
  const reference = spawn(tree, (_state: unknown, message: unknown, context) => heard.push({ message, context }));
  return { reference, heard };
}

test('nact is the version whose inside tree.ts knows', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('nact/package.json'), 'utf8'),
  );
  expect(manifest).toMatchObject({ version: '7.6.2' });
});

test('an account answers a query by its reference, whatever characters its id has', async () => {
  expect(String(account('user:1').path)).toBe(`${tree.name}://partition-0/accounts/acme/user:1`);
  expect(await inspect(account('user:1'))).toMatchObject({ id: 'user:1', available: -70, version: 2 });
});

test('what it answers is a copy', async () => {
  Object.assign(await inspect(account('user:1')), { available: 1_000_000 });
  expect(await engine.balance('user:1')).toEqual([-70, 0, 0]);
});

test('a transfer answers, while its hold is open and when it is long done', async () => {
  await engine.transfer({ id: 'hold', debit: 'user:1', credit: 'user:2', amount: 30, hold: true });
  expect(await inspect(transfer('hold'))).toMatchObject({ id: 'hold', status: 'held', amount: 30, captured: 0 });
  await engine.settle({ id: 'capture', transfer: 'hold', amount: 30 });
  expect(await inspect(transfer('hold'))).toMatchObject({ status: 'captured', captured: 30, version: 2 });
  expect(await inspect(transfer('order:1'))).toMatchObject({ status: 'posted', amount: 70 });
});

test('the answer to a dispatch goes to its sender, from the cell', async () => {
  const { reference, heard } = listener();
  dispatch(account('user:2'), { type: 'inspect', context: contextOf() }, reference);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.message).toMatchObject({ id: 'user:2', available: 70 });
  expect(heard[0]?.context).toMatchObject({ sender: account('user:2') });
});

test('a sender that is no actor is not answered, and harms nobody', async () => {
  dispatch(account('user:2'), { type: 'inspect', context: contextOf() }, { system: null });
  await turns();
  expect(engine.partition.phase).toBe('ready');
  expect(await engine.balance('user:2')).toEqual([70, 0, 0]);
});

test('a visit waits its turn and sees the whole of what began before it', async () => {
  const pay = Array.from({ length: 500 }, (_, nth) => [`t${nth}`, 'user:1', 'user:2', 1]);
  const batch = engine.run(pay);
  const before = inspect(account('user:2'));
  const second = engine.run([['last', 'user:1', 'user:2', 1]]);
  expect(await before).toMatchObject({ available: 570, version: 502 });
  await Promise.all([batch, second]);
});

test('an answer leaves when what it says is durable, not before', async () => {
  const journal = openGatedJournal();
  stop(trunk);
  await turns();
  await grow({}, { ...memoryDisk(), journal });
  await engine.open({ id: 'a', creditLimit: 100 });
  await engine.open({ id: 'b' });
  journal.shut();
  const moved = engine.transfer({ id: 't', debit: 'a', credit: 'b', amount: 5 });
  const answers: object[] = [];
  const visits = [account('b'), transfer('t')].map(async (cell) => {
    // The transfer exists only once its turn has come.
    await turns();
    answers.push(await inspect(cell));
  });
  await turns(40);
  expect(journal.waiting()).toBe(1);
  expect(answers).toEqual([]);
  journal.open();
  await Promise.all([moved, ...visits]);
  expect(answers).toMatchObject([{ available: 5 }, { status: 'posted', amount: 5 }]);
});

test('what does not exist is unknown to nact, at once', async () => {
  await expect(inspect(account('nobody'))).rejects.toThrow('never existed');
  await expect(inspect(transfer('nothing'))).rejects.toThrow('never existed');
  await expect(inspect(account('user:1', 'other'))).rejects.toThrow('never existed');
  await expect(inspect(accountReference(tree, 1, MERCHANT, 'user:1'))).rejects.toThrow('never existed');
});

test('messages that are no visits are dead letters: counted and nothing else', async () => {
  const { reference, heard } = listener();
  const letters: [object, unknown][] = [
    [account('user:1'), undefined],
    [account('user:1'), 'inspect'],
    [account('user:1'), { type: 'inspect' }],
    [account('user:1'), { type: 'inspect', context: null }],
    [account('user:1'), { type: 'inspect', context: { ...contextOf(), version: 2 } }],
    [account('user:1'), { type: 'inspect', context: contextOf('other') }],
    [account('user:1'), { type: 'debit', context: contextOf(), amount: 5 }],
    [transfer('order:1'), { type: 'capture', context: contextOf() }],
    [above(account('user:1')), { type: 'inspect', context: contextOf() }],
    [above(account('user:1'), 2), { type: 'inspect', context: contextOf() }],
    [trunk, { type: 'inspect', context: contextOf() }],
  ];
  for (const [to, message] of letters) dispatch(to, message, reference);
  await vi.waitFor(() => expect(engine.partition.visits.deadLetters).toBe(letters.length));
  await turns();
  expect(heard).toEqual([]);
  expect(await engine.balance('user:1')).toEqual([-70, 0, 0]);
  expect(engine.partition.inFlight).toBe(0);
});

test('visits are work in flight: above the limit they are refused', async () => {
  stop(trunk);
  await turns();
  const { disk } = engine;
  await grow({ limits: { inFlightMax: 1 } }, disk);
  const [first, second] = await Promise.all([inspect(account('user:1')), inspect(account('user:1'))]);
  expect(first).toMatchObject({ id: 'user:1' });
  expect(second).toEqual({ refused: 'overloaded' });
});

test('stopping a clean account lets it go, and the next visit brings it back', async () => {
  const { accounts } = engine.partition.desk;
  stop(account('user:1'));
  expect(accounts.passivated).toBe(0);
  await engine.snapshot();
  const { size } = accounts;
  stop(account('user:1'));
  expect([accounts.size, accounts.passivated]).toEqual([size - 1, 1]);
  expect(await inspect(account('user:1'))).toMatchObject({ available: -70, version: 2 });
  expect(accounts.size).toBe(size);
});

test('stopping a transfer lets it go, and its hold can still be captured', async () => {
  const { transfers } = engine.partition.desk;
  await engine.transfer({ id: 'hold', debit: 'user:1', credit: 'user:2', amount: 30, hold: true });
  stop(transfer('hold'));
  expect(transfers.size).toBe(0);
  const { verdict } = await engine.settle({ id: 'capture', transfer: 'hold', amount: 30 });
  expect(verdict).toBe(0);
  expect(await engine.balance('user:2')).toEqual([100, 0, 0]);
});

test('nothing but a partition makes what is below it', () => {
  for (const parent of [account('user:1'), above(account('user:1')), above(account('user:1'), 2)]) {
    expect(() => spawn(parent, () => null, 'stranger')).toThrow('only a partition');
  }
  expect(() => growPartition(tree, 0, engine.partition)).toThrow('already exists');
  expect(() => startTree(tree.name)).toThrow('is running already');
});

test.each([
  ['its own reference', () => stop(trunk)],
  ['the reference of a branch', () => stop(above(account('user:1'), 2))],
  ['the reference of the system', () => stopTree(tree)],
])('a partition stops by %s, and tells whoever waits', async (_by, end) => {
  engine.crash();
  const waiting = engine.transfer({ id: 't', debit: 'user:1', credit: 'user:2', amount: 1 });
  await turns();
  end();
  expect((await waiting).verdict).toBe(OUTCOME_UNKNOWN);
  expect(engine.stops).toMatchObject([{ fatal: false }]);
  expect(engine.partition.phase).toBe('stopped');
  await expect(inspect(account('user:1'))).rejects.toThrow('never existed');
});

test('a drained partition is stopped by reference without a word', async () => {
  await engine.partition.drain();
  stop(trunk);
  await turns();
  expect(engine.stops).toEqual([]);
});

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
  engine = await Engine.start(engine.disk);
  trunk = growPartition(tree, 0, engine.partition, supervision);
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
