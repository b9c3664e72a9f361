// Segmented booking. A transfer in two steps, and an engine, a payee, a payer or a suspense that fails between them.

import { expect, test } from 'vitest';
import { ALLOWED, numberOf } from '../../src/domain/refusals.ts';
import type { BatchMember } from '../../actors/commands.ts';
import type { Engine } from '../support/engine.ts';
import { expectConserved, shopWith, stepsIn } from '../support/crediting.ts';

const FROZEN = numberOf('account_frozen');
const CLOSED = numberOf('account_closed');

/** t1 has left alice for the shop. */
async function sent(): Promise<Engine> {
  const engine = await shopWith('segmented', 100);
  expect(await engine.batch(['t1', 'alice', 'shop', 70])).toEqual([5]);
  return engine;
}

async function factOf(engine: Engine, id: string): Promise<object> {
  return (await engine.readTransfer(id)).transfer?.fact ?? {};
}

test('first from the payer, then to the payee; each step is a fact', async () => {
  const engine = await sent();
  expect(await factOf(engine, 't1')).toMatchObject({ step: 'sent', status: 'sent', version: 1 });
  expect(await engine.balance('alice')).toEqual([930, 0, 0]);
  expect(await engine.account('shop')).toMatchObject({ available: 0, onTheWay: 70 });
  await expectConserved(engine, 70);
  await engine.advance(99);
  expect(stepsIn(engine)).toEqual(['sent']);
  await engine.advance(1);
  expect(await factOf(engine, 't1')).toMatchObject({
    step: 'delivered',
    status: 'posted',
    version: 2,
    reason: ALLOWED,
    debit: { account: 'alice', available: 930 },
    credit: { account: 'shop', available: 70 },
    via: { available: 0 },
  });
  expect(await engine.account('shop')).toMatchObject({ available: 70, onTheWay: 0 });
  await expectConserved(engine, 70);
});

test('asked for again it is there already, on its way and at its end', async () => {
  const engine = await sent();
  expect(await engine.batch(['t1', 'alice', 'shop', 70])).toEqual([4]);
  await engine.advance(100);
  expect(await engine.batch(['t1', 'alice', 'shop', 70], ['t1', 'alice', 'shop', 71])).toEqual([
    4,
    numberOf('transfer_exists_with_different_content'),
  ]);
  const again = await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 70 });
  expect(again.transfer?.fact).toMatchObject({ step: 'sent', version: 1 });
  expect(await engine.batch(['v1', null, null, null, 3, 't1'])).toEqual([numberOf('hold_not_open')]);
});

test.each([
  ['frozen', FROZEN],
  ['closed', CLOSED],
] as const)('a payee that is %s meanwhile: the payer has it back', async (status, reason) => {
  const engine = await sent();
  expect((await engine.change({ id: 'shop', status })).verdict).toBe(ALLOWED);
  await engine.advance(100);
  expect(await factOf(engine, 't1')).toMatchObject({ step: 'returned', status: 'returned', reason });
  expect(await engine.balance('alice')).toEqual([1_000, 0, 0]);
  await expectConserved(engine, 0);
});

test('a payee that is full meanwhile: the payer has it back', async () => {
  const engine = await sent();
  await engine.open({ id: 'world', creditLimit: Infinity });
  await engine.change({ id: 'shop', crediting: { way: 'direct', delayMs: 0 } });
  expect(await engine.batch(['t2', 'world', 'shop', Number.MAX_SAFE_INTEGER])).toEqual([0]);
  await engine.advance(100);
  expect(await factOf(engine, 't1')).toMatchObject({ step: 'returned', reason: numberOf('balance_overflow') });
  expect(await engine.balance('alice')).toEqual([1_000, 0, 0]);
});

test('a frozen payer has it back as well', async () => {
  const engine = await sent();
  for (const id of ['shop', 'alice']) await engine.change({ id, status: 'frozen' });
  await engine.advance(100);
  expect(await engine.balance('alice')).toEqual([1_000, 0, 0]);
});

test('neither payee nor payer: it is parked, and the merchant can pay it out', async () => {
  const engine = await sent();
  await engine.batch(['rest', 'alice', 'bank', 930]);
  for (const id of ['shop', 'alice']) await engine.change({ id, status: 'closed' });
  await engine.advance(100);
  expect(await factOf(engine, 't1')).toMatchObject({
    step: 'parked',
    status: 'parked',
    reason: CLOSED,
    suspense: { account: 'suspense:EUR', available: 70 },
  });
  await expectConserved(engine, 0);
  expect(await engine.batch(['out', 'suspense:EUR', 'bank', 70])).toEqual([0]);
});

test('a suspense that takes nothing: it stays on its way and is tried again', async () => {
  const engine = await sent();
  await engine.batch(['rest', 'alice', 'bank', 930]);
  for (const id of ['shop', 'alice', 'suspense:EUR']) await engine.change({ id, status: 'closed' });
  await engine.advance(100);
  expect(await factOf(engine, 't1')).toMatchObject({ status: 'sent' });
  await engine.snapshot();
  await engine.advance(59_999);
  expect(stepsIn(engine)).toEqual(['sent']);
  await expectConserved(await engine.restart(), 70);
});

test.each([
  ['from the journal', 'none'],
  ['from a snapshot before it', 'before'],
  ['from a snapshot between the steps', 'after'],
  ['from two snapshots', 'both'],
])('a crash between the steps, restart %s: the second follows when it is due', async (_, snapshots) => {
  const engine = await shopWith('segmented', 100);
  if (snapshots !== 'none') await engine.snapshot();
  await engine.batch(['t1', 'alice', 'shop', 70]);
  if (snapshots === 'after' || snapshots === 'both') await engine.snapshot();
  const next = await engine.restart();
  await expectConserved(next, 70);
  await next.advance(99);
  expect(stepsIn(next)).toEqual(['sent']);
  await next.advance(1);
  expect(stepsIn(next)).toEqual(['sent', 'delivered']);
  const last = await next.restart();
  await last.advance(1_000);
  expect(stepsIn(last)).toEqual(['sent', 'delivered']);
  await expectConserved(last, 70);
});

test('a snapshot after the end forgets the way', async () => {
  const engine = await sent();
  await engine.snapshot();
  await engine.advance(100);
  await engine.snapshot();
  const next = await engine.restart();
  expect(next.partition.desk.transits.size).toBe(0);
  await next.advance(1_000);
  await expectConserved(next, 70);
});

test('an atomic batch that is taken back sends nothing, one that is kept does', async () => {
  const engine = await shopWith('segmented', 100);
  await engine.atomic(['t1', 'alice', 'shop', 70], ['t2', 'alice', 'nobody', 1]);
  expect(engine.partition.desk.transits.size).toBe(0);
  expect(await engine.atomic(['t1', 'alice', 'shop', 70], ['t3', 'bank', 'alice', 5])).toEqual([5, 0]);
  await engine.advance(100);
  expect(await engine.account('shop')).toMatchObject({ available: 70, onTheWay: 0 });
  await expectConserved(engine, 70);
});

test('a payer without money sends nothing', async () => {
  const engine = await shopWith('segmented', 100);
  expect(await engine.batch(['t1', 'alice', 'shop', 1_001])).toEqual([numberOf('insufficient_funds')]);
  await expectConserved(engine, 0);
});

test('many that are due at once go on one after the other, also beside one that cannot', async () => {
  const engine = await shopWith('segmented', 100);
  await engine.open({ id: 'bob' });
  await engine.batch(['out', 'alice', 'bob', 400]);
  const pay = (name: string, payer: string): BatchMember[] =>
    Array.from({ length: 300 }, (_, n): BatchMember => [`${name}${n}`, payer, 'shop', 1]);
  await engine.batch(...pay('a', 'alice'), ...pay('b', 'bob'), ...pay('c', 'bank'), ...pay('d', 'bank'));
  await engine.batch(['rest', 'bob', 'bank', 100], ['rest2', 'alice', 'bank', 300]);
  for (const id of ['shop', 'bob', 'suspense:EUR']) await engine.change({ id, status: 'closed' });
  await engine.advance(100);
  // More than one message of the clock: what was asked meanwhile was answered between them.
  await engine.advance(1);
  const { length: returned } = stepsIn(engine).filter((step) => step === 'returned');
  expect([returned, engine.partition.desk.transits.size]).toEqual([900, 300]);
  expect(await engine.balance('alice')).toEqual([300, 0, 0]);
  await expectConserved(engine, 300);
});
