// Events of orders: what they are called, who hears of them, and what they say.

import { describe, expect, test } from 'vitest';
import { ofBusiness } from '../../src/domain/context.ts';
import type { OrderStepped } from '../../src/domain/order-facts.ts';
import { isWanted } from '../../src/gateway/feed.ts';
import { eventResource } from '../../src/gateway/resources.ts';
import { sampleChannelOrder, sampleTrade } from '../support/order-samples.ts';
import { sampleContext } from '../support/samples.ts';

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
const step = { kind: 20, context: sampleContext, key: '', fingerprint: '', previousSeq: 0 } as const;
const trade: OrderStepped = { ...step, order: { ...sampleTrade, status: 'paid', version: 3 } };
const channel: OrderStepped = { ...step, context: ofBusiness(sampleContext, business), order: sampleChannelOrder };

test('say where the order stands', () => {
  const dated = { fact: trade, timeMs: 1_800_000_000_000, seq: 7, index: 0 };
  expect(eventResource(dated, () => 0)).toMatchObject({
    type: 'trade.paid',
    data: { id: 'trd_1', object: 'trade', status: 'paid', version: 3, amount: 100, currency: 'EUR', payer: 'alice' },
  });
});

describe('are heard by', () => {
  test.each<[string, OrderStepped, boolean]>([
    ['events', trade, true],
    ['trades:trd_1', trade, true],
    ['trades:trd_1', channel, false],
    ['events', channel, false],
    ['trades:trd_2', trade, false],
    ['payments', trade, false],
    ['transfers', trade, false],
    ['accounts:alice', trade, false],
  ])('%s', (topic, fact, heard) => {
    expect(isWanted(fact, { merchant: 'acme', topic, type: '' })).toBe(heard);
    expect(isWanted(fact, { merchant: 'other', topic, type: '' })).toBe(false);
  });
});
