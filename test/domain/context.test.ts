// Context: with the root of an order or without, and a root that changed on the way.

import { describe, expect, test } from 'vitest';
import {
  contextRow,
  ofBusiness,
  readContext,
  sameBusiness,
  type Business,
  type ContextRow,
} from '../../src/domain/context.ts';
import { sampleContext } from '../support/samples.ts';

const root: Business = {
  orderType: 'sale',
  product: 'instant',
  ruleVersion: '3',
  tradeId: 'trd_1',
  outTradeNo: 'order 7',
  payer: 'alice',
  payee: 'shop',
  currency: 'EUR',
  payOrg: 'card',
};

test('what belongs to no order is written as it always was, and is read', () => {
  const row: ContextRow = [1, 'acme', 'http', 'r', '', false];
  expect(contextRow(sampleContext)).toEqual(row);
  expect(readContext(row)).toEqual(sampleContext);
});

test('what belongs to one has its root', () => {
  const context = ofBusiness(sampleContext, root);
  expect(contextRow(context)[0]).toBe(2);
  expect(readContext(contextRow(context))).toEqual(context);
  expect(sampleContext.business).toBeNull();
});

describe('the same root?', () => {
  test('yes', () => {
    expect(sameBusiness(root, root)).toBe(true);
    expect(sameBusiness(root, { ...root })).toBe(true);
    expect(sameBusiness(null, null)).toBe(true);
  });

  test('not one beside none', () => {
    expect(sameBusiness(root, null)).toBe(false);
    expect(sameBusiness(null, root)).toBe(false);
  });

  test.each(Object.keys(root))('not with another %s', (field) => {
    expect(sameBusiness(root, { ...root, [field]: 'x' })).toBe(false);
  });
});
