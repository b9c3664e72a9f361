// Planting: changes one thing in a journal, or in the books, as nobody may: with checksums that are right, so that only
// what it says can give it away.

import { crc32c } from '@node-rs/crc32';
import type { Fact } from '../../../src/domain/facts.ts';
import type { OrderStepped, VoucherPosted } from '../../../src/domain/order-facts.ts';
import { readFrame, writeFrame } from '../../../src/journal/frame.ts';
import { decodeFacts, encodeFacts } from '../../../src/journal/payload.ts';
import { shardOf } from '../../../src/ledger/shards.ts';
import type { KeptBooks } from '../../ledger/support/shard-folders.ts';
import { SHARDS } from './watched.ts';

/** A frame with one fact changed. */
export function withFact(frame: Uint8Array, index: number, change: (fact: Fact) => Fact): Uint8Array {
  const { payload, ...head } = readFrame(frame);
  const facts = decodeFacts(payload).map((fact, place) => (place === index ? change(fact) : fact));
  return writeFrame(head, encodeFacts(facts));
}

export type Placed<F extends Fact> = { readonly seq: number; readonly index: number; readonly fact: F };

/** All steps of orders, and all vouchers, of a journal. */
export function ordersOf(frames: readonly Uint8Array[]): {
  readonly steps: Placed<OrderStepped>[];
  readonly vouchers: Placed<VoucherPosted>[];
} {
  const steps: Placed<OrderStepped>[] = [];
  const vouchers: Placed<VoucherPosted>[] = [];
  frames.forEach((frame, place) => {
    decodeFacts(readFrame(frame).payload).forEach((fact, index) => {
      if (fact.kind === 20) steps.push({ seq: place + 1, index, fact });
      if (fact.kind === 21) vouchers.push({ seq: place + 1, index, fact });
    });
  });
  return { steps, vouchers };
}

const HEAD_BYTES = 88;

export type EntryChange = 'amount' | 'frame' | 'index' | 'order' | 'side' | 'closing' | 'opening';

/** Changes the entry of that version in its block, on the disk, with the right checksum. What it adds up to is changed with it. */
export async function plantInBooks(
  books: KeptBooks,
  merchant: string,
  account: string,
  version: number,
  what: EntryChange,
): Promise<void> {
  const store = books.stores[shardOf(merchant, account, SHARDS)];
  const known = store?.account(merchant, account);
  const [found] = known ? store?.blocksBackwards(known.no, version) ?? [] : []; // prettier-ignore
  if (!store || !known || !found) throw new Error(`the books have no version ${version} of ${account}`);
  const block = Buffer.from(found);
  const first = block.readDoubleLE(4);
  let at = HEAD_BYTES;
  for (let skipped = first; skipped < version; skipped++) at = entryEnd(block, at);
  changeEntry(block, at, what);
  block.writeUInt32LE(crc32c(block.subarray(0, block.length - 4)), block.length - 4);
  await store.commit((writer) => writer.block(known.no, first, block));
  store.refresh();
}

function entryEnd(block: Buffer, at: number): number {
  const otherAt = at + 30 + (block[at + 29] as number);
  return otherAt + 1 + (block[otherAt] as number);
}

function changeEntry(block: Buffer, at: number, what: EntryChange): void {
  const add = (to: number, by: number): unknown => block.writeDoubleLE(block.readDoubleLE(to) + by, to);
  switch (what) {
    case 'amount': {
      const isCredit = ((block[at] as number) & 8) !== 0;
      add(at + 21, 1);
      add(44, isCredit ? 1 : -1);
      return;
    }
    case 'frame':
      return void add(at + 1, 1);
    case 'index':
      return void block.writeUInt32LE(block.readUInt32LE(at + 9) + 1, at + 9);
    case 'order':
      return void block.write('*', at + 30 + 10, 'latin1');
    case 'side': {
      const isCredit = ((block[at] as number) & 8) !== 0;
      block[at] = (block[at] as number) ^ 8;
      add(44, (isCredit ? -2 : 2) * block.readDoubleLE(at + 21));
      return;
    }
    case 'closing':
      return void add(44, 100);
    case 'opening':
      add(20, 100);
      add(44, 100);
  }
}
