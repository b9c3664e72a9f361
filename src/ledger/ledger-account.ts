// Ledger account. What the books know of one engine account while it is in memory: what it has, where its last block is,
// and which of its entries wait for the next flush.

import type { Balances } from '../domain/accounts.ts';
import { subjectsOfKind } from '../domain/books/subjects.ts';
import { BLOCK_ENTRIES, closingOf, spanOf } from './entry-block.ts';
import type { ShardAccount } from './shard-store.ts';
import { placeOf, type TurnoverPage } from './turnovers.ts';

/** No entry waits. */
export const NONE = -1;

export class LedgerAccount implements Balances {
  readonly no: number;
  readonly currency: string;
  readonly kind: string;
  readonly page: TurnoverPage;
  /** Where its available and its held money are in the page. */
  readonly availablePlace: number;
  readonly heldPlace: number;
  available = 0;
  held = 0;
  pending = 0;
  version = 0;
  /** As of the last flush. */
  readonly flushed: Balances = { available: 0, held: 0, pending: 0, version: 0 };
  /** First version of the block that is not full yet; 0 when the next entry begins a block. */
  openBlock = 0;
  /** Checksum of the last full block. */
  fullCrc = 0;
  /** First and last entry that wait for a flush. */
  first = NONE;
  last = NONE;

  constructor({ no, currency, kind }: ShardAccount, page: TurnoverPage) {
    this.no = no;
    this.currency = currency;
    this.kind = kind;
    this.page = page;
    const subjects = subjectsOfKind(kind);
    this.availablePlace = placeOf(subjects.available);
    this.heldPlace = placeOf(subjects.held);
  }

  /** Goes on after the account's last block. */
  resume(lastBlock: Buffer): void {
    const { balances, count, crc, previousCrc } = closingOf(lastBlock);
    const isFull = count === BLOCK_ENTRIES;
    this.openBlock = isFull ? 0 : spanOf(lastBlock).firstVersion;
    this.fullCrc = isFull ? crc : previousCrc;
    Object.assign(this.flushed, balances);
    this.available = balances.available;
    this.held = balances.held;
    this.pending = balances.pending;
    this.version = balances.version;
  }
}
