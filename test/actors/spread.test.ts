// Credits spread over sub-accounts. People see one account, whatever lies where; a debit has all of it, gathers what it
// needs, and what is refused or taken back gathers nothing.

import { expect, test } from 'vitest';
import { MONEY_MAX } from '../../src/domain/money.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import type { BatchMember } from '../../actors/commands.ts';
import { expectConserved, shopWith, stepsIn } from '../support/crediting.ts';
import { contextOf, type Engine } from '../support/engine.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';

const INSUFFICIENT = numberOf('insufficient_funds');
const OVERFLOW = numberOf('balance_overflow');

/** A shop of three sub-accounts that has been paid 10, 20 and 30: what lies on them, in this order. */
async function paidShop(): Promise<Engine> {
  const engine = await shopWith('spread', 0, {}, 3);
  await engine.batch(['t1', 'alice', 'shop', 10], ['t2', 'alice', 'shop', 20], ['t3', 'alice', 'shop', 30]);
  return engine;
}

/** What the shop itself has, then its sub-accounts. */
function lying(engine: Engine, count = 3): number[] {
  const ids = ['shop', ...Array.from({ length: count }, (_, index) => `*0${index + 1}:shop`)];
  return ids.map((id) => engine.partition.desk.accounts.find('acme', id)?.account.available ?? NaN);
}

test('each in its turn, there at once, and one account for whoever looks', async () => {
  const engine = await shopWith('spread', 0, {}, 3);
  const { version } = await engine.account('shop');
  expect(version).toBe(2);
  for (const [index, amount] of [10, 20, 30, 40].entries()) {
    expect(await engine.batch([`t${index}`, 'alice', 'shop', amount])).toEqual([0]);
  }
  expect(lying(engine)).toEqual([0, 50, 20, 30]);
  expect(await engine.account('shop')).toMatchObject({ available: 100, pending: 0, onTheWay: 0, version: version + 4 });
  expect((await engine.list({})).accounts.map(({ id, available }) => [id, available])).toContainEqual(['shop', 100]);
  expect((await engine.list({})).accounts.map(({ id }) => id)).toEqual(['shop', 'alice', 'bank']);
  expect(stepsIn(engine)).toEqual(['spread', 'spread', 'spread', 'spread']);
  await expectConserved(engine, 100);
});

test('the answer says what people see of the payee, and says it again', async () => {
  const engine = await paidShop();
  const post = { id: 't4', debit: 'alice', credit: 'shop', amount: 5 };
  const { transfer } = await engine.transfer(post);
  expect(transfer?.fact).toMatchObject({
    step: 'spread',
    status: 'posted',
    via: { account: '*01:shop', available: 15 },
    credit: { account: 'shop', version: 2, available: 0, aside: { version: 4, available: 65 } },
    debit: { account: 'alice', available: 935 },
  });
  await engine.batch(['t5', 'alice', 'shop', 1], ['out', 'shop', 'alice', 50]);
  const again = await engine.transfer(post);
  expect([again.replayed, again.transfer]).toEqual([true, transfer]);
  expect((await engine.transfer({ ...post, amount: 6 })).verdict).toBe(numberOf('transfer_exists_with_different_content')); // prettier-ignore
});

test('a debit tries the richest, and gathers no more than it needs', async () => {
  const engine = await paidShop();
  expect(await engine.batch(['d1', 'shop', 'alice', 25])).toEqual([0]);
  expect(lying(engine)).toEqual([0, 10, 20, 5]);
  expect(stepsIn(engine).slice(3)).toEqual(['gathered']);
  expect(await engine.batch(['d2', 'shop', 'alice', 32])).toEqual([0]);
  expect(lying(engine)).toEqual([0, 0, 0, 3]);
  expect(stepsIn(engine).slice(4)).toEqual(['gathered', 'gathered', 'gathered']);
  await expectConserved(engine, 3);
});

test('what the account itself has, and its credit limit, go first', async () => {
  const engine = await paidShop();
  await engine.batch(['h1', 'alice', 'shop', 40, 1], ['c1', null, null, 40, 2, 'h1']);
  await engine.change({ id: 'shop', creditLimit: 5 });
  expect(await engine.batch(['d1', 'shop', 'alice', 45])).toEqual([0]);
  expect(lying(engine)).toEqual([-5, 10, 20, 30]);
  expect(await engine.account('shop')).toMatchObject({ available: 55 });
  expect(await engine.batch(['d2', 'shop', 'alice', 1])).toEqual([0]);
  expect(lying(engine)).toEqual([-5, 10, 20, 29]);
  expect(await engine.batch(['d3', 'shop', 'alice', 60], ['d4', 'shop', 'alice', 59])).toEqual([INSUFFICIENT, 0]);
  expect(lying(engine)).toEqual([-5, 0, 0, 0]);
  await expectConserved(engine, -5);
});

test.each([
  ['more than there is', ['d1', 'shop', 'alice', 61], 'insufficient_funds'],
  ['a payee that is frozen', ['d1', 'shop', 'ice', 60], 'account_frozen'],
  ['a payee in another currency', ['d1', 'shop', 'dollars', 60], 'currency_mismatch'],
] as const)('%s: refused, and nothing is gathered', async (_, member, refusal) => {
  const engine = await paidShop();
  await engine.open({ id: 'ice' });
  await engine.change({ id: 'ice', status: 'frozen' });
  await engine.open({ id: 'dollars', currency: 'USD' });
  const { version } = await engine.account('shop');
  expect(await engine.batch(member)).toEqual([numberOf(refusal)]);
  expect(lying(engine)).toEqual([0, 10, 20, 30]);
  expect((await engine.account('shop')).version).toBe(version);
});

test('holds take from sub-accounts too; they and what they bring are the account’s own', async () => {
  const engine = await paidShop();
  expect(await engine.batch(['h1', 'shop', 'alice', 60, 1], ['h2', 'alice', 'shop', 7, 1])).toEqual([1, 1]);
  expect(lying(engine)).toEqual([0, 0, 0, 0]);
  expect(await engine.balance('shop')).toEqual([0, 60, 7]);
  expect(await engine.batch(['c1', null, null, 7, 2, 'h2'], ['v1', null, null, null, 3, 'h1'])).toEqual([2, 3]);
  expect(await engine.balance('shop')).toEqual([67, 0, 0]);
  expect(lying(engine)).toEqual([67, 0, 0, 0]);
  await expectConserved(engine, 67);
});

test('to a payee that is not credited at once, and to one with sub-accounts of its own', async () => {
  const engine = await paidShop();
  await engine.open({ id: 'slow', crediting: { way: 'segmented', delayMs: 100 } });
  await engine.open({ id: 'wide', crediting: { way: 'spread', delayMs: 0, spreadOver: 2 } });
  expect(await engine.batch(['d1', 'shop', 'slow', 25], ['d2', 'shop', 'wide', 25])).toEqual([5, 0]);
  await engine.advance(100);
  expect(await engine.account('slow')).toMatchObject({ available: 25, onTheWay: 0 });
  expect(await engine.account('wide')).toMatchObject({ available: 25 });
  await expectConserved(engine, 10);
});

test('an atomic batch that is taken back has gathered and spread nothing, one that is kept has', async () => {
  const engine = await paidShop();
  const before = await engine.account('shop');
  const members: BatchMember[] = [['a1', 'shop', 'alice', 55], ['a2', 'alice', 'shop', 7], ['a3', 'shop', 'bank', 12]]; // prettier-ignore
  const results = await engine.atomic(...members, ['a4', 'alice', 'nobody', 1]);
  expect(results.at(-1)).toBe(numberOf('account_not_found'));
  expect(lying(engine)).toEqual([0, 10, 20, 30]);
  expect(await engine.account('shop')).toEqual(before);
  expect(stepsIn(engine)).toHaveLength(3);
  await expectConserved(engine, 60);
  expect(await engine.atomic(...members)).toEqual([0, 0, 0]);
  await expectConserved(engine, 0);
  expect(await stateOf(engine)).toEqual(await stateFromJournal(engine));
});

test('a rule that goes gathers at once; versions go on from what people saw', async () => {
  const engine = await paidShop();
  const { version } = await engine.account('shop');
  const { account } = await engine.change({ id: 'shop', crediting: { way: 'direct', delayMs: 0 } });
  // Three gatherings of two versions each, and the change.
  expect(account).toMatchObject({ available: 60, version: version + 7 });
  expect(lying(engine)).toEqual([60, 0, 0, 0]);
  expect(await engine.batch(['t4', 'alice', 'shop', 5])).toEqual([0]);
  expect(stepsIn(engine)).toEqual(['spread', 'spread', 'spread', 'gathered', 'gathered', 'gathered']);
  expect(await engine.account('shop')).toMatchObject({ available: 65, version: version + 8 });
  await expectConserved(engine, 65);
});

test('other numbers of sub-accounts: more go on as they are, fewer gather, and none is lost', async () => {
  const engine = await paidShop();
  const over = (spreadOver: number) =>
    engine.change({ id: 'shop', crediting: { way: 'spread', delayMs: 0, spreadOver } });
  await over(4);
  expect(lying(engine, 4)).toEqual([0, 10, 20, 30, 0]);
  await over(2);
  expect(lying(engine, 4)).toEqual([60, 0, 0, 0, 0]);
  const pay = Array.from({ length: 4 }, (_, n): BatchMember => [`p${n}`, 'alice', 'shop', 1]);
  await engine.batch(...pay);
  expect(lying(engine, 4)).toEqual([60, 2, 2, 0, 0]);
  const before = (await engine.account('shop')).version;
  await over(3);
  expect((await engine.account('shop')).version).toBe(before + 1);
  await expectConserved(engine, 64);
  expect(await stateOf(await engine.restart())).toEqual(await stateFromJournal(engine));
});

test('credits that had gathered in a buffer reach the account itself, under the new rule', async () => {
  const engine = await shopWith('buffered', 500);
  await engine.batch(['t1', 'alice', 'shop', 70]);
  await engine.change({ id: 'shop', crediting: { way: 'spread', delayMs: 0, spreadOver: 3 } });
  await engine.batch(['t2', 'alice', 'shop', 5]);
  expect(await engine.account('shop')).toMatchObject({ available: 5, onTheWay: 70 });
  await engine.advance(500);
  expect(await engine.account('shop')).toMatchObject({ available: 75, onTheWay: 0 });
  await expectConserved(engine, 75);
});

test('a refused change gathers nothing', async () => {
  const engine = await paidShop();
  await engine.open({ id: 'suspense:EUR' });
  const { verdict } = await engine.change({ id: 'shop', crediting: { way: 'buffered', delayMs: 5 } });
  expect(verdict).toBe(numberOf('suspense_unusable'));
  expect(lying(engine)).toEqual([0, 10, 20, 30]);
});

test('closes only when all of it is 0, and what owes as much as lies on sub-accounts is', async () => {
  const engine = await paidShop();
  expect((await engine.change({ id: 'shop', status: 'closed' })).verdict).toBe(numberOf('account_not_empty'));
  expect(lying(engine)).toEqual([0, 10, 20, 30]);
  await engine.change({ id: 'shop', creditLimit: 60 });
  await engine.batch(['d1', 'shop', 'alice', 60]);
  expect(lying(engine)).toEqual([-60, 10, 20, 30]);
  expect((await engine.change({ id: 'shop', status: 'closed' })).account).toMatchObject({
    status: 'closed',
    available: 0,
  });
  expect(lying(engine)).toEqual([0, 0, 0, 0]);
  expect(await engine.batch(['t4', 'alice', 'shop', 1])).toEqual([numberOf('account_closed')]);
  await expectConserved(engine, 0);
});

test('frozen: no credit, no debit; its rule can still go', async () => {
  const engine = await paidShop();
  await engine.change({ id: 'shop', status: 'frozen' });
  const frozen = numberOf('account_frozen');
  expect(await engine.batch(['t4', 'alice', 'shop', 1], ['d1', 'shop', 'alice', 1])).toEqual([frozen, frozen]);
  expect(lying(engine)).toEqual([0, 10, 20, 30]);
  await engine.change({ id: 'shop', crediting: { way: 'direct', delayMs: 0 } });
  expect(lying(engine)).toEqual([60, 0, 0, 0]);
});

test('the limit of a balance is that of all of it together', async () => {
  const engine = await paidShop();
  await engine.open({ id: 'world', creditLimit: Infinity });
  const most = MONEY_MAX - 60;
  expect(await engine.batch(['t4', 'world', 'shop', most + 1], ['h1', 'world', 'shop', most + 1, 1])).toEqual([OVERFLOW, OVERFLOW]); // prettier-ignore
  expect(await engine.batch(['t5', 'world', 'shop', most], ['t6', 'alice', 'shop', 1])).toEqual([0, OVERFLOW]);
  expect(await engine.account('shop')).toMatchObject({ available: MONEY_MAX });
  expect(await engine.batch(['d1', 'shop', 'world', MONEY_MAX])).toEqual([0]);
  await expectConserved(engine, 0);
});

test('a post to it is not reversed; one of its own is, and a captured hold gathers what goes back', async () => {
  const engine = await paidShop();
  expect((await engine.reverse({ transfer: 't1' })).verdict).toBe(numberOf('transfer_not_reversible'));
  await engine.batch(['d1', 'shop', 'alice', 40]);
  expect((await engine.reverse({ transfer: 'd1' })).verdict).toBe(0);
  expect(await engine.balance('shop')).toEqual([60, 0, 0]);
  await engine.batch(['h1', 'alice', 'shop', 50, 1], ['c1', null, null, 50, 2, 'h1'], ['d2', 'shop', 'bank', 105]);
  expect((await engine.reverse({ transfer: 'h1' })).verdict).toBe(INSUFFICIENT);
  await engine.batch(['t4', 'alice', 'shop', 30], ['t5', 'alice', 'shop', 30]);
  const { verdict, transfer } = await engine.reverse({ transfer: 'h1' });
  expect(verdict).toBe(0);
  expect(transfer?.fact.credit).toMatchObject({ account: 'shop', available: 0, aside: { available: 15 } });
  await expectConserved(engine, 15);
});

test.each([
  ['from the journal', false],
  ['from a snapshot', true],
])('a restart %s: the same account, which goes on', async (_, snapshot) => {
  const engine = await paidShop();
  await engine.batch(['d1', 'shop', 'alice', 25]);
  if (snapshot) await engine.snapshot();
  await engine.batch(['t4', 'alice', 'shop', 7]);
  const before = await engine.account('shop');
  const next = await engine.restart();
  expect(await next.account('shop')).toEqual(before);
  expect(await stateOf(next)).toEqual(await stateFromJournal(next));
  expect(await next.batch(['d2', 'shop', 'alice', 42])).toEqual([0]);
  await expectConserved(next, 0);
});

test('sub-accounts leave memory like any account, and are found again', async () => {
  const engine = await shopWith('spread', 0, { limits: { residentAccountsMax: 4, snapshotFacts: 1 } }, 6);
  for (let n = 0; n < 40; n++) await engine.batch([`t${n}`, 'bank', 'shop', 1], [`o${n}`, 'bank', 'alice', 1]);
  await engine.snapshot();
  await engine.advance(1);
  expect(await engine.balance('shop')).toEqual([40, 0, 0]);
  expect(await engine.batch(['d1', 'shop', 'alice', 40])).toEqual([0]);
  await expectConserved(engine, 0);
});

test.each([
  ['a sub-account of nobody', '*01:alice', 'user'],
  ['one that its account does not know', '*04:shop', 'merchant'],
])('%s: verified, it is a contradiction', async (_, id, kind) => {
  const engine = await paidShop();
  const { accounts, commit } = engine.partition.desk;
  accounts.found(id, 'EUR', kind, contextOf());
  await commit.durable();
  await expect(expectConserved(engine, 60)).rejects.toThrow(`sub-account ${id} belongs to no account`);
});
