import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOLD_EXPIRY_SECONDS_MAX, isSettle, readExpiry, readMember } from '../../src/domain/batches.ts';
import { numberOf, REFUSAL_NUMBER_MIN, type Refusal } from '../../src/domain/refusals.ts';
import type { SettleRequest, TransferRequest } from '../../src/domain/transfers.ts';

const POST: TransferRequest = {
  id: 't1',
  debit: 'alice',
  credit: 'shop',
  amount: 70,
  currency: '',
  hold: false,
  expiresInSeconds: 0,
  metadata: null,
};
const HOLD: TransferRequest = { ...POST, hold: true };
const CAPTURE: SettleRequest = { id: 'c1', transfer: 'h1', step: 'captured', amount: 30, debit: '', credit: '' };
const VOID: SettleRequest = { ...CAPTURE, step: 'voided' };

describe('a tuple is read', () => {
  test.each<[readonly unknown[], TransferRequest | SettleRequest]>([
    [['t1', 'alice', 'shop', 70], POST],
    [['t1', 'alice', 'shop', '70'], POST],
    [['t1', 'alice', 'shop', 70n], POST],
    [['t1', 'alice', 'shop', 70, 0], POST],
    [['t1', 'alice', 'shop', 70, null], POST],
    [['t1', 'alice', 'shop', 70, undefined, null, null], POST],
    [['t1', 'alice', 'shop', 70, 1], HOLD],
    [['t1', 'alice', 'shop', 70, 1, null, 60], { ...HOLD, expiresInSeconds: 60 }],
    [['t1', 'alice', 'shop', 70, 1, null, HOLD_EXPIRY_SECONDS_MAX], { ...HOLD, expiresInSeconds: 31_536_000 }],
    [['c1', null, null, 30, 2, 'h1'], CAPTURE],
    [['c1', undefined, undefined, 30, 2, 'h1', null], CAPTURE],
    [['c1', 'alice', 'shop', 30, 2, 'h1'], { ...CAPTURE, debit: 'alice', credit: 'shop' }],
    [['c1', 'alice', null, 30, 2, 'h1'], { ...CAPTURE, debit: 'alice' }],
    [['c1', null, null, null, 2, 'h1'], { ...CAPTURE, amount: 0 }],
    [['c1', null, null, 30, 3, 'h1'], VOID],
    [['c1', null, null, undefined, 3, 'h1'], { ...VOID, amount: 0 }],
  ])('%o', (tuple, request) => {
    expect(readMember(tuple)).toEqual(request);
    expect(isSettle(request)).toBe('step' in request);
  });
});

describe('a tuple is refused', () => {
  test.each<[Refusal, unknown]>([
    ['body_invalid', null],
    ['body_invalid', undefined],
    ['body_invalid', 't1'],
    ['body_invalid', 1],
    ['body_invalid', {}],
    ['body_invalid', { 0: 't1', 1: 'a', 2: 'b', 3: 1, length: 4 }],
    ['body_invalid', []],
    ['body_invalid', ['t1', 'alice', 'shop']],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 0, null, null, null]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 4]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, -1]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 0.5]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, '0']],
    ['body_invalid', ['t1', 'alice', 'shop', 70, true]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 0, 'h1']],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 1, 'h1']],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 0, null, 60]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 1, null, 0]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 1, null, -1]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 1, null, 1.5]],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 1, null, '60']],
    ['body_invalid', ['t1', 'alice', 'shop', 70, 1, null, HOLD_EXPIRY_SECONDS_MAX + 1]],
    ['body_invalid', ['c1', null, null, 30, 2, 'h1', 60]],
    ['body_invalid', ['c1', null, null, 30, 3, 'h1', 60]],
    ['id_invalid', ['', 'alice', 'shop', 70]],
    ['id_invalid', [7, 'alice', 'shop', 70]],
    ['id_invalid', [null, 'alice', 'shop', 70]],
    ['id_invalid', ['t1', null, 'shop', 70]],
    ['id_invalid', ['t1', 'alice', undefined, 70]],
    ['id_invalid', ['t1', 'alice', 'shop!', 70]],
    ['id_invalid', ['c1', null, null, 30, 2]],
    ['id_invalid', ['c1', null, null, 30, 2, null]],
    ['id_invalid', ['c1', null, null, 30, 2, '']],
    ['id_invalid', ['', null, null, 30, 2, 'h1']],
    ['id_invalid', ['c1', '', null, 30, 2, 'h1']],
    ['id_invalid', ['c1', null, 5, 30, 3, 'h1']],
    ['amount_invalid', ['t1', 'alice', 'shop', 0]],
    ['amount_invalid', ['t1', 'alice', 'shop', null]],
    ['amount_invalid', ['t1', 'alice', 'shop', undefined]],
    ['amount_invalid', ['t1', 'alice', 'shop', 1.5, 1]],
    ['amount_invalid', ['t1', 'alice', 'shop', '070']],
    ['amount_invalid', ['c1', null, null, 0, 2, 'h1']],
    ['amount_invalid', ['c1', null, null, '', 3, 'h1']],
    ['same_account', ['t1', 'alice', 'alice', 70]],
    ['same_account', ['t1', 'alice', 'alice', 70, 1]],
  ])('%s: %o', (code, tuple) => {
    expect(readMember(tuple)).toBe(numberOf(code));
  });

  test.each<[Refusal, unknown]>([
    ['body_invalid', ['', '', '', 0, 9]],
    ['body_invalid', ['', 'alice', 'alice', 0, 0, 'h1']],
    ['id_invalid', ['', 'alice', 'alice', 0]],
    ['amount_invalid', ['t1', 'alice', 'alice', 0]],
    ['body_invalid', ['', null, null, 0, 2, '', 60]],
    ['id_invalid', ['c1', null, null, 0, 2, '']],
  ])('of several faults the first of the list: %s: %o', (code, tuple) => {
    expect(readMember(tuple)).toBe(numberOf(code));
  });
});

test('anything at all is either read or refused with a number of shape', () => {
  const anyTuple = fc.array(fc.oneof(fc.anything(), fc.constantFrom('t1', 'a', 1, 2, 3, 0, null)), { maxLength: 8 });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), anyTuple), (value) => {
      const read = readMember(value);
      if (typeof read === 'number') expect(read >= REFUSAL_NUMBER_MIN && read < numberOf('unauthenticated')).toBe(true);
      else expect(read.id).toMatch(/./);
    }),
    { numRuns: 2_000 },
  );
});

test.each<[unknown, number | null]>([
  [undefined, 0],
  [null, 0],
  [1, 1],
  [HOLD_EXPIRY_SECONDS_MAX, HOLD_EXPIRY_SECONDS_MAX],
  [0, null],
  [-1, null],
  [HOLD_EXPIRY_SECONDS_MAX + 1, null],
  [0.5, null],
  ['1', null],
  [NaN, null],
])('seconds of a hold: %o is %o', (value, seconds) => {
  expect(readExpiry(value)).toBe(seconds);
});
