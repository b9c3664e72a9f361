// Whether a request says what a fact says: a transfer asked for twice is the same transfer, or another one.

import { expect, test } from 'vitest';
import type { TransferMoved } from '../../src/domain/facts.ts';
import { sameSettle, sameTransfer } from '../../src/domain/repeats.ts';
import type { SettleRequest, TransferRequest } from '../../src/domain/transfers.ts';
import { samplePost } from '../support/samples.ts';

const request: TransferRequest = {
  id: 't1',
  debit: 'alice',
  credit: 'shop',
  amount: 70,
  currency: '',
  hold: false,
  expiresInSeconds: 0,
  metadata: null,
};

test.each<[boolean, Partial<TransferRequest>]>([
  [true, {}],
  [true, { currency: 'EUR' }],
  [false, { currency: 'CZK' }],
  [false, { debit: 'bob' }],
  [false, { credit: 'bob' }],
  [false, { amount: 71 }],
  [false, { hold: true }],
  [false, { expiresInSeconds: 60 }],
  [false, { metadata: {} }],
  [false, { metadata: { a: 'b' } }],
])('the same post? %o for %o', (same, change) => {
  expect(sameTransfer(samplePost, { ...request, ...change })).toBe(same);
});

test.each<[boolean, Partial<TransferRequest>]>([
  [true, {}],
  [false, { hold: false }],
  [false, { expiresInSeconds: 0 }],
  [false, { expiresInSeconds: 61 }],
])('the same hold? %o for %o', (same, change) => {
  const held: TransferMoved = { ...samplePost, step: 'held', status: 'held', expiresInSeconds: 60 };
  expect(sameTransfer(held, { ...request, hold: true, expiresInSeconds: 60, ...change })).toBe(same);
});

test('a capture is never the same as a transfer', () => {
  expect(sameTransfer({ ...samplePost, step: 'captured' }, request)).toBe(false);
  expect(sameTransfer({ ...samplePost, step: 'captured' }, { ...request, hold: true })).toBe(false);
});

test.each<[boolean, Record<string, string> | null]>([
  [true, { a: 'b', c: 'd' }],
  [true, { c: 'd', a: 'b' }],
  [false, { a: 'b' }],
  [false, { a: 'b', c: 'e' }],
  [false, { a: 'b', toString: 'd' }],
  [false, {}],
  [false, null],
])('the same metadata? %o for %o', (same, metadata) => {
  expect(sameTransfer({ ...samplePost, metadata: { a: 'b', c: 'd' } }, { ...request, metadata })).toBe(same);
});

test.each<[boolean, Partial<SettleRequest>]>([
  [true, {}],
  [true, { debit: 'alice', credit: 'shop' }],
  [true, { debit: 'alice' }],
  [false, { debit: 'bob' }],
  [false, { credit: 'bob' }],
  [false, { amount: 0 }],
  [false, { amount: 31 }],
  [false, { step: 'voided' }],
  [false, { transfer: 'h2' }],
])('the same capture? %o for %o', (same, change) => {
  const captured: TransferMoved = {
    ...samplePost,
    step: 'captured',
    id: 'c1',
    transfer: 'h1',
    requested: 30,
    moved: 30,
  };
  const capture: SettleRequest = { id: 'c1', transfer: 'h1', step: 'captured', amount: 30, debit: '', credit: '' };
  expect(sameSettle(captured, { ...capture, ...change })).toBe(same);
});
