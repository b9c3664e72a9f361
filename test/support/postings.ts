// Postings for tests: vouchers of an order, brought about on a real engine.

import { channelAccount, houseAccount, houseKindOf, isHouse, pendingAccount } from '../../src/domain/house-accounts.ts';
import { linesOf, type Parties, type VoucherRequest } from '../../src/domain/books/order-voucher.ts';
import type { TemplateCode } from '../../src/domain/books/template-table.ts';
import type { BookedEvent, Party } from '../../src/domain/books/templates.ts';
import { Posting } from '../../actors/posting.ts';
import { contextOf, type Engine } from './engine.ts';

export const TRANSIT = houseAccount('payment_transit', 'EUR');
export const REFUND_TRANSIT = houseAccount('refund_transit', 'EUR');
export const FEE = houseAccount('fee', 'EUR');
export const MARKETING = houseAccount('marketing', 'EUR');
export const ESCROW = houseAccount('escrow', 'EUR');
export const CHANNEL = channelAccount('card', 'EUR');
export const PENDING = pendingAccount('shop');

export function party(account: string, kind = 'user'): Party {
  return { account, kind: isHouse(account) ? houseKindOf(account) : kind, currency: 'EUR' };
}

let occurrences = 0;

/** @throws Error for what no template takes */
export function voucher(
  code: TemplateCode,
  parties: Parties,
  shares: BookedEvent['shares'],
  parts?: BookedEvent['parts'],
): VoucherRequest {
  const lines = linesOf(code, 1, parties, shares, parts);
  if ('refused' in lines) throw new Error(`${code}: ${lines.refused}`);
  return { code, segment: 1, occurrence: ++occurrences, order: 'trd_1', currency: 'EUR', lines, reverses: null };
}

const HELD_FOR = { payment_transit: party(TRANSIT) };

export function hold(payer: string, amount: number): VoucherRequest {
  return voucher('HD1', { payer: party(payer), ...HELD_FOR }, { total: amount });
}

export function take(payer: string, amount: number): VoucherRequest {
  return voucher('PY2', { user: party(payer), ...HELD_FOR }, { total: amount });
}

export function release(payer: string, amount: number): VoucherRequest {
  return voucher('HD3', { payer: party(payer), ...HELD_FOR }, { total: amount });
}

export function coupon(amount: number): VoucherRequest {
  return voucher('PY3', { marketing: party(MARKETING), ...HELD_FOR }, { total: amount });
}

/** What came through the channel. */
export function arrived(amount: number): VoucherRequest {
  return voucher('PY1', { channel: party(CHANNEL), ...HELD_FOR }, { total: amount });
}

export function topUp(user: string, amount: number): VoucherRequest {
  return voucher('RC1', { channel: party(CHANNEL), user: party(user) }, { total: amount });
}

export function completed(amount: number): VoucherRequest {
  return voucher('PY4', { receiver: party(PENDING), ...HELD_FOR }, { total: amount });
}

export function settled(total: number, fee: number): VoucherRequest {
  const parties = { pending: party(PENDING), merchant: party('shop', 'merchant'), fee: party(FEE) };
  return voucher('ST1', parties, { total, net: total - fee, fee });
}

/** The house gives so much of its fee back. */
export function feeReturned(amount: number): VoucherRequest {
  return voucher('RF3', { fee: party(FEE), merchant: party('shop', 'merchant') }, { total: amount });
}

/** Resolves when it has been told and what it did is durable. */
export async function post(engine: Engine, ...vouchers: VoucherRequest[]): Promise<Posting> {
  const told: Posting[] = [];
  const posting = new Posting(contextOf(), vouchers, { postingsDone: (one) => told.push(one) });
  posting.begin(engine.partition.desk);
  // A read is answered after everything that was begun before it.
  await engine.readTransfer('nothing');
  if (told.length !== 1 || told[0] !== posting) throw new Error(`told ${told.length} times`);
  return posting;
}
