// Reversals: a transfer taken back once and in full, whatever came of it before, and never by halves.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Fact, TransferReversed } from '../../src/domain/facts.ts';
import { refusalOf } from '../../src/domain/refusals.ts';
import { Contradiction } from '../../actors/replay.ts';
import type { BatchMember, Command } from '../../actors/commands.ts';
import { forged, rechained, startOn } from '../support/damaged-journal.ts';
import { Engine } from '../support/engine.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';
import { audit } from '../support/journal-audit.ts';
import { factsOf } from '../support/journal-facts.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await Engine.start();
  await engine.open({ id: 'bank', creditLimit: Infinity });
  for (const id of ['alice', 'shop']) await engine.open({ id });
  expect(await engine.batch(['in', 'bank', 'alice', 100], ['t1', 'alice', 'shop', 70])).toEqual([0, 0]);
});

function told({ verdict }: Command): string {
  return verdict === 0 ? 'done' : refusalOf(verdict);
}

async function reverse(transfer: string, key = ''): Promise<string> {
  const keyed = { key, fingerprint: key === '' ? '' : `reverse ${transfer}` };
  return told(await engine.reverse({ transfer }, keyed));
}

function reversals(): TransferReversed[] {
  return factsOf(engine.disk.journal).flatMap(({ fact }) => (fact.kind === 11 ? [fact] : []));
}

async function balances(): Promise<number[]> {
  return [(await engine.account('alice')).available, (await engine.account('shop')).available];
}

/** A hold of 50 with these steps after it. */
async function hold(...steps: readonly (readonly ['captured' | 'voided', number])[]): Promise<void> {
  await engine.batch(['more', 'bank', 'alice', 100], ['h1', 'alice', 'shop', 50, 1, null, 60]);
  for (const [step, amount] of steps) expect(told(await engine.settle({ transfer: 'h1', step, amount }))).toBe('done');
}

test('a post goes back whole, and its fact can be shown by itself', async () => {
  const command = await engine.reverse({ transfer: 't1', reason: 'broken', metadata: { case: '7' } });
  expect(await balances()).toEqual([100, 0]);
  const [post] = factsOf(engine.disk.journal).filter(({ fact }) => fact.kind === 3 && fact.id === 't1');
  expect(command.transfer?.fact).toEqual(reversals()[0]);
  expect(reversals()).toMatchObject([
    {
      transfer: 't1',
      status: 'reversed',
      version: 2,
      debit: { account: 'alice', available: 100 },
      credit: { account: 'shop', available: 0 },
      amount: 70,
      moved: 70,
      originSeq: post?.seq,
      createdAtMs: post?.timeMs,
      takesBack: { step: 'posted', version: 1, seq: post?.seq, index: post?.index, timeMs: post?.timeMs },
      reason: 'broken',
      notes: { case: '7' },
    },
  ]);
  audit(engine.disk.journal);
});

test('once: under its key it is answered again, under another it is refused', async () => {
  const keyed = { key: 'k', fingerprint: 'f' };
  const first = await engine.reverse({ transfer: 't1' }, keyed);
  const again = await engine.reverse({ transfer: 't1' }, keyed);
  expect([told(again), again.replayed, again.position]).toEqual(['done', true, first.position]);
  expect(again.transfer).toEqual(first.transfer);
  expect(told(await engine.reverse({ transfer: 't1' }, { key: 'k', fingerprint: 'g' }))).toBe('idempotency_key_reused');
  expect(await reverse('t1', 'l')).toBe('transfer_reversed');
  expect(await reverse('t1')).toBe('transfer_reversed');
  expect(reversals()).toHaveLength(1);
});

test('before the post is durable, and twice at once', async () => {
  const asked = [
    engine.transfer({ id: 't2', debit: 'alice', credit: 'shop', amount: 5 }),
    engine.reverse({ transfer: 't2' }),
    engine.reverse({ transfer: 't2' }),
    engine.readTransfer('t2'),
  ] as const;
  const [post, first, second, read] = await Promise.all(asked);
  expect([told(post), told(first), told(second)]).toEqual(['done', 'done', 'transfer_reversed']);
  expect(read.transfer?.fact.status).toBe('reversed');
  expect(reversals()[0]?.takesBack).toMatchObject({ seq: post.position, index: post.transfer?.index });
  expect(await balances()).toEqual([30, 70]);
});

describe('a hold', () => {
  test.each([
    ['that is open', []],
    ['captured in part', [['captured', 20]]],
    ['given back', [['voided', 50]]],
    ['captured in two parts', [['captured', 20], ['captured', 30]]], // prettier-ignore
    ['captured in two parts with something given back between', [['captured', 20], ['voided', 10], ['captured', 20]]], // prettier-ignore
  ] as const)('%s is not reversible', async (_, steps) => {
    await hold(...steps);
    const before = await stateOf(engine);
    expect(await reverse('h1')).toBe('transfer_not_reversible');
    expect(await stateOf(engine)).toEqual(before);
  });

  test.each([
    [50, [['captured', 50]], 2],
    [20, [['captured', 20], ['voided', 30]], 2], // prettier-ignore
    [20, [['voided', 30], ['captured', 20]], 3], // prettier-ignore
    [20, [['captured', 20], ['voided', 10], ['voided', 20]], 2], // prettier-ignore
  ] as const)('gives back the %i that were captured at once', async (captured, steps, version) => {
    await hold(...steps);
    expect(await balances()).toEqual([130 - captured, 70 + captured]);
    expect(await reverse('h1')).toBe('done');
    expect(await balances()).toEqual([130, 70]);
    expect(await engine.balance('alice')).toEqual([130, 0, 0]);
    expect(reversals()).toMatchObject([{ moved: captured, captured, takesBack: { step: 'captured', version } }]);
    audit(engine.disk.journal);
  });

  test('that expired gives back what was captured before', async () => {
    await hold(['captured', 20]);
    await engine.advance(61_000);
    expect(await reverse('h1')).toBe('done');
    expect(await balances()).toEqual([130, 70]);
  });

  test.each([
    [62, 'done'],
    [63, 'done'],
    [64, 'transfer_not_reversible'],
  ])('with %i steps after its capture: %s, for the engine reads each of them', async (steps, expected) => {
    const release = (at: number): BatchMember => [`v${at}`, null, null, 1, 3, 'h2'];
    await engine.batch(['h2', 'bank', 'shop', 1 + steps, 1], ['c2', null, null, 1, 2, 'h2']);
    await engine.batch(...Array.from({ length: steps }, (_, at) => release(at)));
    expect(await reverse('h2')).toBe(expected);
  });

  test('that was reversed takes no capture, and its capture is no transfer', async () => {
    await hold();
    await engine.batch(['c1', null, null, null, 2, 'h1']);
    expect(await reverse('c1')).toBe('transfer_not_found');
    expect(await reverse('h1')).toBe('done');
    expect(told(await engine.settle({ transfer: 'h1', amount: 1 }))).toBe('hold_not_open');
    expect(told(await engine.settle({ transfer: 'h1', step: 'voided' }))).toBe('hold_not_open');
  });
});

describe('the payee pays it back under the rules of any debit', () => {
  test('out of what it has, or of its credit', async () => {
    await engine.batch(['out', 'shop', 'bank', 1]);
    expect(await reverse('t1', 'k')).toBe('insufficient_funds');
    await engine.change({ id: 'shop', creditLimit: 1 });
    expect(await reverse('t1', 'k')).toBe('done');
    expect(await balances()).toEqual([100, -1]);
  });

  test.each([
    ['shop', 'frozen', 'account_frozen'],
    ['alice', 'frozen', 'account_frozen'],
    ['alice', 'closed', 'account_closed'],
  ] as const)('not while %s is %s', async (id, status, expected) => {
    if (status === 'closed') await engine.batch(['out', 'alice', 'bank', 30]);
    expect(told(await engine.change({ id, status }))).toBe('done');
    expect(await reverse('t1')).toBe(expected);
    expect((await engine.account('shop')).available).toBe(70);
  });

  test('and the payer must be able to take it', async () => {
    await engine.open({ id: 'world', creditLimit: Infinity });
    expect(await engine.batch(['full', 'world', 'alice', Number.MAX_SAFE_INTEGER - 30])).toEqual([0]);
    expect(await reverse('t1')).toBe('balance_overflow');
    expect((await engine.account('shop')).available).toBe(70);
  });

  test('of several refusals the first of the list is told', async () => {
    await engine.batch(['out', 'shop', 'bank', 70]);
    await engine.change({ id: 'shop', status: 'frozen' });
    expect(await reverse('t1')).toBe('account_frozen');
    await engine.change({ id: 'shop', status: 'active' });
    expect(await reverse('t1')).toBe('insufficient_funds');
  });
});

test('no such transfer, and that of another merchant', async () => {
  expect(await reverse('nothing')).toBe('transfer_not_found');
  await engine.open({ id: 'alice' }, undefined, 'other');
  const command = await engine.transfer({ id: 't9', debit: 'a', credit: 'b', amount: 1 }, undefined, 'other');
  expect(told(command)).toBe('account_not_found');
  expect(await reverse('t9')).toBe('transfer_not_found');
});

test('a transfer of an atomic batch goes back by itself', async () => {
  await engine.batch(['more', 'bank', 'alice', 100]);
  expect(await engine.atomic(['a1', 'alice', 'shop', 1], ['a2', 'alice', 'shop', 2])).toEqual([0, 0]);
  expect(await reverse('a1')).toBe('done');
  expect((await engine.readTransfer('a2')).transfer?.fact.status).toBe('posted');
  expect(await balances()).toEqual([128, 72]);
});

test('a batch has no reversals', async () => {
  expect((await engine.batch(['r', null, null, null, 4, 't1'])).map(refusalOf)).toEqual(['body_invalid']);
});

test('the transfer sent again after its reversal is the same transfer, and stays reversed', async () => {
  expect(await reverse('t1')).toBe('done');
  expect(await engine.batch(['t1', 'alice', 'shop', 70], ['t1', 'alice', 'shop', 71])).toEqual([4, 66]);
  const again = await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 70 });
  expect([again.replayed, again.transfer?.fact.status]).toEqual([true, 'posted']);
  expect(await balances()).toEqual([100, 0]);
});

test.each([
  ['from a snapshot', true],
  ['from the journal', false],
])('after a restart %s everything is as it was', async (_, snapshot) => {
  await hold(['captured', 20], ['voided', 30]);
  const keyed = { key: 'k', fingerprint: 'reverse h1' };
  const first = await engine.reverse({ transfer: 'h1' }, keyed);
  if (snapshot) await engine.snapshot();
  expect(await reverse('t1')).toBe('done');
  const before = await stateOf(engine);
  engine = await engine.restart();
  expect(await stateOf(engine)).toEqual(before);
  expect(await stateFromJournal(engine)).toEqual(before);
  const again = await engine.reverse({ transfer: 'h1' }, keyed);
  expect(again.transfer).toEqual(first.transfer);
  expect(await reverse('h1')).toBe('transfer_reversed');
  expect(await reverse('t1')).toBe('transfer_reversed');
});

test.each<[string, (fact: TransferReversed) => Partial<TransferReversed>]>([
  ['amount', ({ moved }) => ({ moved: moved + 1 })],
  ['balance of the payee', ({ credit }) => ({ credit: { ...credit, available: credit.available - 1 } })],
  ['version of the payer', ({ debit }) => ({ debit: { ...debit, version: debit.version + 1 } })],
  ['account', ({ debit }) => ({ debit: { ...debit, account: 'nobody' } })],
])('a journal whose reversal has another %s is refused', async (_, change) => {
  await reverse('t1');
  const { journal } = engine.disk;
  const frames = Array.from({ length: journal.position() }, (_, at) => journal.read(at + 1) ?? new Uint8Array());
  const altered = (alter: typeof change): Promise<Engine> => {
    const facts = (all: Fact[]): Fact[] => all.map((fact) => (fact.kind === 11 ? { ...fact, ...alter(fact) } : fact));
    return startOn(rechained(frames, frames.length, forged(frames.at(-1), {}, facts)));
  };
  expect(await stateOf(await altered(() => ({})))).toEqual(await stateOf(engine));
  await expect(altered(change)).rejects.toThrow(Contradiction);
});
