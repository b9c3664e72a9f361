// One of each: a test takes it and changes what it is about.

import type { Account } from '../../src/domain/accounts.ts';
import type { Context } from '../../src/domain/context.ts';
import type { TransferMoved, TransferReversed } from '../../src/domain/facts.ts';

export const sampleContext: Context = {
  version: 1,
  merchant: 'acme',
  origin: 'http',
  requestId: 'r',
  traceId: '',
  shadow: false,
  by: '',
  business: null,
};

/** An open account with nothing on it. */
export function sampleAccount(state: Partial<Account> = {}): Account {
  return {
    merchant: 'acme',
    id: 'alice',
    ordinal: 1,
    currency: 'EUR',
    kind: 'user',
    createdAtMs: 1_800_000_000_000,
    status: 'active',
    creditLimit: 0,
    metadata: {},
    crediting: null,
    available: 0,
    held: 0,
    pending: 0,
    version: 1,
    updatedAtMs: 1_800_000_000_000,
    lastSeq: 1,
    ...state,
  };
}

/** A post of 70 from alice to the shop, without key and metadata. */
export const samplePost: TransferMoved = {
  kind: 3,
  context: sampleContext,
  key: '',
  fingerprint: '',
  step: 'posted',
  id: 't1',
  debit: { account: 'alice', version: 4, available: 30 },
  credit: { account: 'shop', version: 9, available: 70 },
  currency: 'EUR',
  amount: 70,
  transfer: 't1',
  moved: 70,
  captured: 0,
  released: 0,
  status: 'posted',
  version: 1,
  expiresAtMs: 0,
  expiresInSeconds: 0,
  requested: 0,
  createdAtMs: 0,
  originSeq: 0,
  previousSeq: 0,
  metadata: null,
};

const { step: _step, status: _status, id: _id, requested: _requested, kind: _kind, ...ofThePost } = samplePost;

/** The same post taken back. */
export const sampleReversal: TransferReversed = {
  ...ofThePost,
  kind: 11,
  step: 'reversed',
  status: 'reversed',
  id: '',
  debit: { account: 'alice', version: 5, available: 100 },
  credit: { account: 'shop', version: 10, available: 0 },
  version: 2,
  createdAtMs: 1_800_000_000_000,
  originSeq: 12,
  previousSeq: 12,
  takesBack: { step: 'posted', version: 1, seq: 12, index: 3, timeMs: 1_800_000_000_000 },
  reason: '',
  notes: null,
};
