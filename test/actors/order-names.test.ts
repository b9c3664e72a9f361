// Orders by their names: by id, by the merchant's order number, and a channel's by its number alone, before and after a
// crash. What the engine keeps of orders itself is tested with their actors.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/domain/context.ts';
import { ofBusiness } from '../../src/domain/context.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { contextOf, Engine } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';
import { sampleChannelOrder, sampleTrade } from '../support/order-samples.ts';

let engine: Engine;

const business = {
  orderType: 'sale',
  product: 'instant',
  ruleVersion: '1',
  tradeId: 'trd_1',
  outTradeNo: 'order 7',
  payer: 'alice',
  payee: 'shop',
  currency: 'EUR',
  payOrg: '',
};

function ofContext(merchant?: string): Context {
  return ofBusiness(contextOf(merchant), business);
}

beforeEach(async () => {
  engine = await Engine.start();
});

/** States a step; durable when it resolves. */
async function step(order: Order, context: Context = ofContext(), key = ''): Promise<void> {
  const { desk } = engine.partition;
  const previousSeq = desk.names.findOrder(context.merchant, order.id)?.frame.seq ?? 0;
  desk.emit({ kind: 20, context, key, fingerprint: key, previousSeq, order });
  await desk.commit.durable();
}

function found(): Record<string, Order | undefined> {
  const { names } = engine.partition.desk;
  return {
    trade: names.findOrder('acme', 'trd_1')?.fact.order,
    byNumber: names.findTradeNo('acme', 'order 7')?.fact.order,
    channel: names.findChannelOrder('chn_1')?.fact.order,
  };
}

const paid = { ...sampleTrade, version: 2, status: 'paid' } as const;
// Accepted, because a crash makes of what was only sent something unknown: see the tests of orders.
const sent = { ...sampleChannelOrder, version: 2, status: 'accepted' } as const;

test('an order is its latest step, whichever name leads to it', async () => {
  await step(sampleTrade);
  await step(sampleChannelOrder);
  expect(found()).toEqual({ trade: sampleTrade, byNumber: sampleTrade, channel: sampleChannelOrder });
  await step(paid);
  await step(sent);
  expect(found()).toEqual({ trade: paid, byNumber: paid, channel: sent });
});

test('the same before it is durable, and of several steps in one frame the last one', async () => {
  const { desk } = engine.partition;
  const emit = (order: Order, previousSeq: number): void =>
    desk.emit({ kind: 20, context: ofContext(), key: '', fingerprint: '', previousSeq, order });
  emit(sampleTrade, 0);
  emit(paid, desk.commit.seq);
  expect(found()).toMatchObject({ trade: paid, byNumber: paid });
  await desk.commit.durable();
  expect(found()).toMatchObject({ trade: paid, byNumber: paid });
});

test('steps do not fill the index', async () => {
  await step(sampleTrade);
  const { names } = engine.partition.desk;
  const before = names.size;
  for (let version = 2; version < 50; version++) await step({ ...sampleTrade, version });
  expect(names.size).toBe(before);
  expect(found().trade?.version).toBe(49);
});

describe('after a crash', () => {
  const all = { trade: paid, byNumber: paid, channel: sent };

  beforeEach(async () => {
    for (const order of [sampleTrade, sampleChannelOrder, paid]) await step(order);
  });

  test('from the journal', async () => {
    await step(sent);
    engine = await engine.restart();
    expect(found()).toEqual(all);
  });

  test('from a snapshot and what came after it', async () => {
    await engine.snapshot();
    await step(sent);
    engine = await engine.restart();
    expect(found()).toEqual(all);
  });
});

test('names of a merchant are its own; the number of a channel order is nobody’s', async () => {
  await step(sampleTrade);
  await step(sampleChannelOrder, ofContext('other'));
  const { names } = engine.partition.desk;
  expect(names.findOrder('other', 'trd_1')).toBeNull();
  expect(names.findTradeNo('other', 'order 7')).toBeNull();
  expect(names.findOrder('acme', 'chn_1')).toBeNull();
  expect(names.findChannelOrder('chn_1')?.fact.context.merchant).toBe('other');
});

test('nothing is found that is not there', () => {
  expect(found()).toEqual({ trade: undefined, byNumber: undefined, channel: undefined });
});

test('its key leads to it, and its root stands in the journal', async () => {
  const context = ofContext();
  await step(sampleTrade, context, 'key 1');
  engine = await engine.restart();
  expect(engine.partition.desk.names.findKey('acme', 'key 1')?.fact).toMatchObject({ order: sampleTrade });
  expect(engine.partition.desk.names.findOrder('acme', 'trd_1')?.fact.context).toEqual(context);
});

test('a callback is kept byte for byte', async () => {
  const raw = Uint8Array.of(0, 255, 10, 123, 34);
  const { desk } = engine.partition;
  desk.emit({ kind: 22, context: contextOf(), channel: 'card', raw, key: '', fingerprint: '' });
  await desk.commit.durable();
  engine = await engine.restart();
  const callback = factsOf(engine.disk.journal).find(({ fact }) => fact.kind === 22)?.fact;
  expect(callback).toMatchObject({ channel: 'card', raw });
});
