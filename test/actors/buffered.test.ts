// Buffered credits. The payer pays at once, the shop sees a sum. What if the engine dies in between, or the shop is frozen,
// closed, or ruled otherwise meanwhile?

import { expect, test } from 'vitest';
import { BUFFERED_CREDITS_MAX } from '../../src/domain/crediting.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import type { BatchMember } from '../../actors/commands.ts';
import { expectConserved, shopWith, stepsIn } from '../support/crediting.ts';

const OVERFLOW = numberOf('balance_overflow');

test('the payer has paid at once, the shop sees it as pending and then as one sum', async () => {
  const engine = await shopWith('buffered', 500);
  const { version } = await engine.account('shop');
  expect(await engine.batch(['t1', 'alice', 'shop', 70], ['t2', 'alice', 'shop', 30])).toEqual([0, 0]);
  expect(await engine.account('alice')).toMatchObject({ available: 900 });
  expect(await engine.account('shop')).toMatchObject({ available: 0, pending: 0, onTheWay: 100, version });
  await expectConserved(engine, 100);
  await engine.advance(499);
  expect(await engine.account('shop')).toMatchObject({ available: 0, onTheWay: 100 });
  await engine.advance(1);
  expect(await engine.account('shop')).toMatchObject({ available: 100, onTheWay: 0, version: version + 1 });
  expect(stepsIn(engine)).toEqual(['buffered', 'buffered', 'applied']);
  await expectConserved(engine, 100);
});

test('the answer says what the payer has, and what is applied of the shop', async () => {
  const engine = await shopWith('buffered', 500);
  const { transfer } = await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 70 });
  expect(transfer?.fact).toMatchObject({
    step: 'buffered',
    status: 'posted',
    debit: { account: 'alice', available: 930 },
    credit: { account: 'shop', available: 0 },
  });
  const again = await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 70 });
  expect(again.replayed).toBe(true);
  expect(again.transfer).toEqual(transfer);
  expect((await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 71 })).verdict).toBe(
    numberOf('transfer_exists_with_different_content'),
  );
  expect(await engine.batch(['c1', null, null, 1, 2, 't1'])).toEqual([numberOf('hold_not_open')]);
});

test('a debit looks at what is applied, and at nothing else', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 70]);
  expect(await engine.batch(['t2', 'shop', 'alice', 1])).toEqual([numberOf('insufficient_funds')]);
  await engine.advance(500);
  expect(await engine.batch(['t3', 'shop', 'alice', 70])).toEqual([0]);
});

test('the first credit says when the sum is due, the others do not put it off', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 1]);
  await engine.advance(400);
  await engine.batch(['t2', 'alice', 'shop', 1]);
  await engine.advance(100);
  expect(await engine.account('shop')).toMatchObject({ available: 2, onTheWay: 0 });
});

test('a sum of enough credits does not wait for its time', async () => {
  const engine = await shopWith('buffered', 86_400_000);
  const pay = (from: number, to: number): Promise<number[]> =>
    engine.batch(...Array.from({ length: to - from }, (_, n): BatchMember => [`t${from + n}`, 'bank', 'shop', 1]));
  await pay(0, BUFFERED_CREDITS_MAX - 1);
  await engine.advance(1);
  expect(await engine.account('shop')).toMatchObject({ available: 0, onTheWay: BUFFERED_CREDITS_MAX - 1 });
  await pay(BUFFERED_CREDITS_MAX - 1, BUFFERED_CREDITS_MAX);
  await engine.advance(1);
  expect(await engine.account('shop')).toMatchObject({ available: BUFFERED_CREDITS_MAX, onTheWay: 0 });
});

test.each([
  ['from the journal', 'none'],
  ['from a snapshot before the credits', 'before'],
  ['from a snapshot after them', 'after'],
  ['from two snapshots', 'both'],
])('a crash before the sum is applied, restart %s: it is applied when it is due', async (_, snapshots) => {
  const engine = await shopWith('buffered', 500);
  if (snapshots !== 'none') await engine.snapshot();
  await engine.batch(['t1', 'alice', 'shop', 70], ['t2', 'alice', 'shop', 30]);
  if (snapshots === 'after' || snapshots === 'both') await engine.snapshot();
  const next = await engine.restart();
  await expectConserved(next, 100);
  await next.advance(499);
  expect(await next.account('shop')).toMatchObject({ available: 0, onTheWay: 100 });
  await next.advance(1);
  expect(await next.account('shop')).toMatchObject({ available: 100, onTheWay: 0 });
  const last = await next.restart();
  await last.advance(1_000);
  expect(stepsIn(last)).toEqual(['buffered', 'buffered', 'applied']);
  await expectConserved(last, 100);
});

test('a snapshot after the sum was applied has nothing on its way', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 70]);
  await engine.snapshot();
  await engine.advance(500);
  await engine.snapshot();
  const next = await engine.restart();
  await next.advance(10_000);
  expect(next.partition.desk.transits.size).toBe(0);
  await next.batch(['t2', 'alice', 'shop', 30]);
  await next.advance(500);
  expect(await next.account('shop')).toMatchObject({ available: 100, onTheWay: 0 });
  await expectConserved(next, 100);
});

test('an atomic batch that is taken back leaves nothing on its way, one that is kept does', async () => {
  const engine = await shopWith('buffered', 500);
  const [member, refused] = [numberOf('batch_member_refused'), numberOf('account_not_found')];
  expect(await engine.atomic(['t1', 'alice', 'shop', 70], ['t2', 'alice', 'nobody', 1])).toEqual([member, refused]);
  expect(engine.partition.desk.transits.size).toBe(0);
  await expectConserved(engine, 0);
  expect(await engine.atomic(['t1', 'alice', 'shop', 70], ['t3', 'alice', 'shop', 5])).toEqual([0, 0]);
  await engine.advance(500);
  expect(await engine.account('shop')).toMatchObject({ available: 75, onTheWay: 0 });
  await expectConserved(engine, 75);
});

test('a frozen or closed shop refuses at once, before anything is on its way', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.change({ id: 'shop', status: 'frozen' });
  expect(await engine.batch(['t1', 'alice', 'shop', 1])).toEqual([numberOf('account_frozen')]);
  await engine.change({ id: 'shop', status: 'closed' });
  expect(await engine.batch(['t2', 'alice', 'shop', 1])).toEqual([numberOf('account_closed')]);
  expect(await engine.balance('alice')).toEqual([1_000, 0, 0]);
});

test('a shop with a sum on its way does not close; frozen meanwhile, the sum is parked', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 70]);
  expect((await engine.change({ id: 'shop', status: 'closed' })).verdict).toBe(numberOf('account_not_empty'));
  await engine.change({ id: 'shop', status: 'frozen' });
  await engine.advance(500);
  expect(await engine.account('shop')).toMatchObject({ available: 0, onTheWay: 0 });
  expect(await engine.balance('suspense:EUR')).toEqual([70, 0, 0]);
  expect(stepsIn(engine)).toEqual(['buffered', 'parked']);
  await engine.change({ id: 'shop', status: 'active' });
  expect(await engine.batch(['p1', 'suspense:EUR', 'shop', 70])).toEqual([0]);
});

test('a suspense that takes nothing: the sum waits, and is parked when it does', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 70]);
  for (const id of ['shop', 'suspense:EUR']) await engine.change({ id, status: 'frozen' });
  await engine.advance(500);
  expect(await engine.account('shop')).toMatchObject({ available: 0, onTheWay: 70 });
  await engine.change({ id: 'suspense:EUR', status: 'active' });
  const next = await engine.restart();
  await next.advance(60_000);
  expect(await next.balance('suspense:EUR')).toEqual([70, 0, 0]);
});

test('what has gathered counts against the limit of the balance, so that its sum never overflows', async () => {
  const engine = await shopWith('buffered', 500);
  const MAX = Number.MAX_SAFE_INTEGER;
  await engine.open({ id: 'world', creditLimit: Infinity });
  expect(await engine.batch(['t1', 'world', 'shop', MAX], ['t2', 'alice', 'shop', 1])).toEqual([0, OVERFLOW]);
  await engine.change({ id: 'shop', crediting: { way: 'direct', delayMs: 0 } });
  expect(await engine.batch(['t3', 'alice', 'shop', 1], ['h1', 'alice', 'shop', 1, 1])).toEqual([OVERFLOW, OVERFLOW]);
  await engine.advance(500);
  expect(await engine.account('shop')).toMatchObject({ available: MAX, onTheWay: 0 });
});

test('credits keep the rule under which they came', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 70]);
  await engine.change({ id: 'shop', crediting: { way: 'direct', delayMs: 0 } });
  await engine.batch(['t2', 'alice', 'shop', 5]);
  expect(await engine.account('shop')).toMatchObject({ available: 5, onTheWay: 70 });
  await engine.change({ id: 'shop', crediting: { way: 'segmented', delayMs: 100 } });
  expect(await engine.batch(['t3', 'alice', 'shop', 1])).toEqual([5]);
  expect(await engine.account('shop')).toMatchObject({ available: 5, onTheWay: 71 });
  const next = await engine.restart();
  await expectConserved(next, 76);
  await next.advance(500);
  expect(await next.account('shop')).toMatchObject({ available: 76, onTheWay: 0 });
});

test('holds and captures are the payee’s own, as they are without a rule', async () => {
  const engine = await shopWith('buffered', 500);
  expect(await engine.batch(['h1', 'alice', 'shop', 40, 1], ['t1', 'alice', 'shop', 10])).toEqual([1, 0]);
  expect(await engine.account('shop')).toMatchObject({ available: 0, pending: 40, onTheWay: 10 });
  expect(await engine.batch(['c1', null, null, 30, 2, 'h1'], ['v1', null, null, null, 3, 'h1'])).toEqual([2, 3]);
  expect(await engine.account('shop')).toMatchObject({ available: 30, pending: 0, onTheWay: 10 });
  await engine.advance(500);
  expect(await engine.account('shop')).toMatchObject({ available: 40, pending: 0, onTheWay: 0 });
  await expectConserved(engine, 40);
});

test('gathering again between two snapshots: what has ended is taken out of the snapshot however often it began', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 1]);
  await engine.snapshot();
  await engine.advance(500);
  await engine.batch(['t2', 'alice', 'shop', 2]);
  await engine.advance(500);
  await engine.snapshot();
  await expectConserved(engine, 3);
  await engine.batch(['t3', 'alice', 'shop', 4]);
  await engine.advance(500);
  await engine.batch(['t4', 'alice', 'shop', 8]);
  await engine.snapshot();
  const next = await engine.restart();
  await expectConserved(next, 15);
  await next.advance(500);
  await next.snapshot();
  await expectConserved(await next.restart(), 15);
});
