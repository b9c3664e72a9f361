// Card data: numbers and security codes of cards are found in free texts; numbers that only look alike are let through.

import { expect, test } from 'vitest';
import { hasCardData } from '../../src/domain/card-data.ts';
import * as fields from '../../src/gateway/fields.ts';

test.each([
  '4111111111111111',
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  'card 5555555555554444 of alice',
  '378282246310005',
  '3782 822463 10005',
  '6011111111111117',
  '3530111333300000',
  '30569309025904',
  '4222222222222',
  '２２２３００３１２２００３２２２',
  '4111111111111111-1',
  'invoice 7 4111 1111 1111 1111 2',
  'cvv 123',
  'CVC2: 1234',
  'cvv=999',
  'card verification code 123',
])('%s is data of a card', (text) => {
  expect(hasCardData(text)).toBe(true);
});

test.each([
  '',
  '4111111111111112',
  '411111111111111',
  '1767225600000',
  '20260131120000000',
  'DE89370400440532013000',
  'DE89 3704 0044 0532 0130 00',
  'GB82 WEST 1234 5698 7654 32',
  'BE68 5390 0754 7034',
  'order 12345, invoice 678',
  'cvvs are never asked for',
  '41111111111111114111111111111111',
])('%s is not', (text) => {
  expect(hasCardData(text)).toBe(false);
});

test('an IBAN beside a card does not hide it', () => {
  expect(hasCardData('DE89370400440532013000 or 4111111111111111')).toBe(true);
});

test('is taken in no reason and no metadata, under whatever name', () => {
  expect(fields.reason.read('4111 1111 1111 1111')).toBeUndefined();
  expect(fields.reason.read('sent twice')).toBe('sent twice');
  expect(fields.metadata.read({ note: '4111111111111111' })).toBeUndefined();
  expect(fields.metadata.read({ cvv: '123' })).toBeUndefined();
  expect(fields.metadata.read({ floor: '123' })).toEqual({ floor: '123' });
});
