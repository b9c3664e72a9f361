// Vouchers of orders on the engine: all of a posting happen, or none does.

import { beforeEach, describe, expect, test } from 'vitest';
import { Posting } from '../../actors/posting.ts';
import { refusalOf } from '../../src/domain/refusals.ts';
import { reversalOfLines } from '../../src/domain/books/order-voucher.ts';
import { MONEY_MAX } from '../../src/domain/money.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { forged, startOn } from '../support/damaged-journal.ts';
import { contextOf, Engine } from '../support/engine.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';
import { factsOf } from '../support/journal-facts.ts';
import {
  arrived,
  completed,
  coupon,
  hold,
  MARKETING,
  PENDING,
  post,
  release,
  settled,
  take,
  topUp,
  TRANSIT,
  FEE,
  CHANNEL,
} from '../support/postings.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await Engine.start();
  await engine.open({ id: 'bank', kind: 'bank', creditLimit: Infinity });
  await engine.open({ id: 'alice' });
  await engine.open({ id: 'shop', kind: 'merchant' });
  await engine.transfer({ id: 'fund', debit: 'bank', credit: 'alice', amount: 100 });
});

/** 'HD1 hold alice 60, expect @payment_transit:EUR 60' */
function vouchersIn(): string[] {
  return factsOf(engine.disk.journal).flatMap(({ fact }) =>
    fact.kind === 21
      ? [`${fact.code} ${fact.lines.map(({ action, account, amount }) => `${action} ${account} ${amount}`).join(', ')}`]
      : [],
  );
}

function opened(): string[] {
  return factsOf(engine.disk.journal).flatMap(({ fact }) => (fact.kind === 1 ? [fact.account] : []));
}

test('a payment by balance and coupon, from the hold to the money of the shop', async () => {
  const held = await post(engine, hold('alice', 60));
  expect(held.verdict).toBe(0);
  expect(await engine.balance('alice')).toEqual([40, 60, 0]);
  expect(await engine.balance(TRANSIT)).toEqual([0, 0, 60]);

  const paid = await post(engine, take('alice', 60), coupon(40), completed(100), settled(100, 3));
  expect(paid.verdict).toBe(0);
  expect(await engine.balance('alice')).toEqual([40, 0, 0]);
  expect(await engine.balance(TRANSIT)).toEqual([0, 0, 0]);
  expect(await engine.balance(MARKETING)).toEqual([-40, 0, 0]);
  expect(await engine.balance(PENDING)).toEqual([0, 0, 0]);
  expect(await engine.balance('shop')).toEqual([97, 0, 0]);
  expect(await engine.balance(FEE)).toEqual([3, 0, 0]);
  expect(vouchersIn()).toEqual([
    `HD1 hold alice 60, expect ${TRANSIT} 60`,
    `PY2 take alice 60, receive ${TRANSIT} 60`,
    `PY3 debit ${MARKETING} 40, credit ${TRANSIT} 40`,
    `PY4 debit ${TRANSIT} 100, credit ${PENDING} 100`,
    `ST1 debit ${PENDING} 100, credit shop 97, credit ${FEE} 3`,
  ]);
});

test('it says where its facts stand', async () => {
  const { posted } = await post(engine, coupon(10), completed(10));
  const facts = factsOf(engine.disk.journal).filter(({ fact }) => fact.kind === 21);
  expect(facts.map(({ seq, index }) => ({ seq, index }))).toEqual(posted);
});

test('accounts of the house are opened once, of the right kind, without a limit, and are hidden', async () => {
  await post(engine, coupon(10));
  await post(engine, coupon(10), completed(20));
  expect(opened().filter((id) => id.startsWith('@'))).toEqual([MARKETING, TRANSIT, PENDING]);
  expect(await engine.account(PENDING)).toMatchObject({
    kind: 'merchant_pending',
    creditLimit: Infinity,
    currency: 'EUR',
  });
  expect(await engine.account(MARKETING)).toMatchObject({ kind: 'marketing', creditLimit: Infinity });
  expect((await engine.list({})).accounts.map(({ id }) => id)).toEqual(['shop', 'alice', 'bank']);
});

describe('refused', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['account_frozen', () => engine.change({ id: 'shop', status: 'frozen' })],
    ['account_closed', () => engine.change({ id: 'shop', status: 'closed' })],
  ])('%s: no voucher happens, not those before it either', async (code, change) => {
    await change();
    const posting = await post(engine, coupon(50), completed(50), settled(50, 1), coupon(7));
    expect([refusalOf(posting.verdict), posting.posted.length]).toEqual([code, 0]);
    for (const account of [PENDING, 'shop', FEE, MARKETING]) expect(await engine.balance(account)).toEqual([0, 0, 0]);
  });

  test('more than the payer has: nothing is kept back and nothing promised', async () => {
    const posting = await post(engine, hold('alice', 101));
    expect(refusalOf(posting.verdict)).toEqual('insufficient_funds');
    expect(await engine.balance('alice')).toEqual([100, 0, 0]);
    expect(await engine.balance(TRANSIT)).toEqual([0, 0, 0]);
    expect(vouchersIn()).toEqual([]);
  });

  test('an account that is not there: no account of the house is opened for it', async () => {
    const posting = await post(engine, topUp('nobody', 5));
    expect(refusalOf(posting.verdict)).toBe('account_not_found');
    expect(opened()).not.toContain(CHANNEL);
  });

  test('what an account of the house cannot count', async () => {
    await post(engine, arrived(MONEY_MAX));
    const posting = await post(engine, coupon(1));
    expect(refusalOf(posting.verdict)).toBe('balance_overflow');
    expect(await engine.balance(MARKETING)).toEqual([0, 0, 0]);
  });

  test('another currency', async () => {
    await engine.open({ id: 'jan', currency: 'CZK' });
    expect(refusalOf((await post(engine, topUp('jan', 5))).verdict)).toBe('currency_mismatch');
  });

  test('of several refusals the first of the list, whichever line it comes from', async () => {
    await engine.change({ id: 'shop', status: 'frozen' });
    const lines = [
      { account: 'alice', action: 'debit', amount: 101 },
      { account: 'shop', action: 'credit', amount: 101 },
    ] as const;
    const posting = await post(engine, { ...coupon(1), lines });
    expect(refusalOf(posting.verdict)).toBe('account_frozen');
  });
});

describe('what was promised happens although the payer is frozen meanwhile:', () => {
  beforeEach(async () => {
    await post(engine, hold('alice', 60));
    await engine.change({ id: 'alice', status: 'frozen' });
  });

  test('taken', async () => {
    expect((await post(engine, take('alice', 60))).verdict).toBe(0);
    expect([await engine.balance('alice'), await engine.balance(TRANSIT)]).toEqual([
      [40, 0, 0],
      [60, 0, 0],
    ]);
  });

  test('given back', async () => {
    expect((await post(engine, release('alice', 60))).verdict).toBe(0);
    expect([await engine.balance('alice'), await engine.balance(TRANSIT)]).toEqual([
      [100, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('but nothing new', async () => {
    expect(refusalOf((await post(engine, hold('alice', 1))).verdict)).toBe('account_frozen');
  });
});

describe('the same account twice in one voucher:', () => {
  const twice = (first: number, second: number) => ({
    ...coupon(1),
    lines: [
      { account: 'alice', action: 'debit', amount: first },
      { account: 'alice', action: 'debit', amount: second },
      { account: 'shop', action: 'credit', amount: first + second },
    ] as const,
  });

  test('each line moves it', async () => {
    const version = (await engine.account('alice')).version;
    expect((await post(engine, twice(60, 40))).verdict).toBe(0);
    expect(await engine.account('alice')).toMatchObject({ available: 0, version: version + 2 });
  });

  test('together they are not more than it has', async () => {
    expect(refusalOf((await post(engine, twice(60, 41))).verdict)).toBe('insufficient_funds');
    expect(await engine.balance('alice')).toEqual([100, 0, 0]);
  });
});

test('taken back, what came out of a hold can be spent again', async () => {
  await post(engine, hold('alice', 60));
  const request = take('alice', 60);
  const { posted } = await post(engine, request);
  const at = posted[0] ?? { seq: 0, index: 0 };
  expect((await post(engine, reversalOfLines(request, at))).verdict).toBe(0);
  expect(await engine.balance('alice')).toEqual([100, 0, 0]);
  expect(await engine.balance(TRANSIT)).toEqual([0, 0, 0]);
});

test('a rule of crediting is for transfers: an order credits at once', async () => {
  await engine.change({ id: 'shop', crediting: { way: 'buffered', delayMs: 1_000 } });
  await post(engine, coupon(50), completed(50), settled(50, 0));
  expect(await engine.balance('shop')).toEqual([50, 0, 0]);
});

test('no voucher at all is done at once; one that does not balance is a fault', async () => {
  expect((await post(engine)).verdict).toBe(0);
  const unbalanced = { ...coupon(5), lines: coupon(5).lines.slice(1) };
  const posting = new Posting(contextOf(), [unbalanced], { postingsDone: () => {} });
  expect(() => posting.begin(engine.partition.desk)).toThrow('voucher PY3 of trd_1 does not balance');
});

test('a promise in another currency is a fault', async () => {
  await engine.open({ id: 'jan', currency: 'CZK' });
  const lines = [
    { account: 'jan', action: 'release', amount: 5 },
    { account: TRANSIT, action: 'forgo', amount: 5 },
  ] as const;
  await post(engine, coupon(1));
  new Posting(contextOf(), [{ ...coupon(1), lines }], { postingsDone: () => {} }).begin(engine.partition.desk);
  void engine.readTransfer('nothing');
  await expect.poll(() => engine.stops.length).toBe(1);
  expect(String(engine.stops[0]?.error)).toContain('has promised nothing in EUR');
});

describe('after a crash', () => {
  beforeEach(async () => {
    await post(engine, hold('alice', 60));
    await post(engine, take('alice', 60), coupon(40), completed(100));
  });

  test('everything is as it was, from the journal alone', async () => {
    const state = await stateOf(engine);
    engine = await engine.restart();
    expect(await stateOf(engine)).toEqual(state);
    expect(await engine.balance(PENDING)).toEqual([100, 0, 0]);
    expect(await stateFromJournal(engine)).toEqual(state);
  });

  test('and from a snapshot and what came after it', async () => {
    await engine.snapshot();
    await post(engine, settled(100, 3), hold('alice', 5));
    const state = await stateOf(engine);
    engine = await engine.restart();
    expect(await stateOf(engine)).toEqual(state);
    expect([await engine.balance('shop'), await engine.balance('alice')]).toEqual([
      [97, 0, 0],
      [35, 5, 0],
    ]);
    expect((await engine.account(PENDING)).creditLimit).toBe(Infinity);
    expect((await post(engine, take('alice', 5))).verdict).toBe(0);
  });
});

test('a journal whose last voucher does not balance is not believed', async () => {
  await post(engine, coupon(10));
  const { journal } = engine.disk;
  const frames = Array.from({ length: journal.position() }, (_, at) => journal.read(at + 1) ?? new Uint8Array());
  const cut = (facts: Fact[]): Fact[] =>
    facts.map((fact) => (fact.kind === 21 ? { ...fact, lines: fact.lines.slice(1) } : fact));
  await expect(startOn([...frames.slice(0, -1), forged(frames.at(-1), {}, cut)])).rejects.toThrow(
    'voucher PY3 of trd_1 does not balance',
  );
});
