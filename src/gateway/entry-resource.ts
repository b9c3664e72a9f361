// Entry resource. How an entry of the books is shown to clients.

import type { DirectStep } from '../domain/accounts.ts';
import { voucherId } from '../domain/books/voucher.ts';
import type { BookedEntry } from '../ledger/entry-block.ts';
import { timeText } from './time-text.ts';

export type EntryResource = {
  /** The account's version after it: the cursor of the list. */
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly type: DirectStep;
  readonly side: 'debit' | 'credit';
  readonly transfer: string;
  readonly counterparty: string;
  readonly amount: number;
  /** By how much `available` changed. */
  readonly change: number;
  readonly available: number;
  /** The voucher that booked it. */
  readonly voucher: string;
};

/** An entry of the books that moves money. */
export function entryResource(entry: BookedEntry): EntryResource {
  const { version, timeMs, side, amount, transfer, counterparty, after } = entry;
  const type = entry.type as DirectStep;
  return {
    id: String(version),
    version,
    at: timeText(timeMs),
    type,
    side,
    transfer,
    counterparty,
    amount,
    change: changeOf(type, side, amount),
    available: after.available,
    voucher: voucherId(timeMs, entry),
  };
}

function changeOf(step: DirectStep, side: 'debit' | 'credit', amount: number): number {
  switch (step) {
    case 'posted':
      return side === 'debit' ? -amount : amount;
    case 'held':
      return side === 'debit' ? -amount : 0;
    case 'captured':
      return side === 'debit' ? 0 : amount;
    case 'voided':
    case 'expired':
      return side === 'debit' ? amount : 0;
    case 'reversed':
      return side === 'debit' ? amount : -amount;
  }
}
