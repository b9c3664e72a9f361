// Facts of orders: a step of one, a voucher of one, and what a channel called to say.
//
// O1. The latest step of an order has all of it. O2. A voucher is one fact, however many accounts it moves: it is there
// as a whole or not at all. O3. A callback is in the journal as it came before anybody is told that it arrived.

import type { TemplateCode } from './books/template-table.ts';
import type { Context } from './context.ts';
import type { FactPosition } from './ids.ts';
import type { Order } from './orders/order.ts';
import type { PostingLine } from './posting-lines.ts';

export type OrderStepped = {
  readonly kind: 20;
  readonly context: Context;
  /** The idempotency key under which it was caused ('' for none) and what the request said. */
  readonly key: string;
  readonly fingerprint: string;
  /** Frame of the order's fact before this one; 0 in the first. */
  readonly previousSeq: number;
  /** After the step. */
  readonly order: Order;
};

/** A line after it has moved its account. */
export type VoucherLine = PostingLine & {
  /** Of the account, after it. */
  readonly version: number;
  readonly available: number;
};

export type VoucherPosted = {
  readonly kind: 21;
  readonly context: Context;
  readonly code: TemplateCode;
  /** Which segment of the template, from 1. */
  readonly segment: number;
  /** Which time for this order, from 1: order, code, segment and occurrence are never booked twice. */
  readonly occurrence: number;
  /** Id of the order. */
  readonly order: string;
  readonly currency: string;
  /** In the order of the template's legs. */
  readonly lines: readonly VoucherLine[];
  /** The voucher that it takes back; null for none. */
  readonly reverses: FactPosition | null;
  /** An order's own step has the key. */
  readonly key: '';
  readonly fingerprint: '';
};

/** Rules that orders are agreed under, in full: `text` is JSON. Found by its key. */
export type RulesAdopted = {
  readonly kind: 23;
  readonly context: Context;
  readonly text: string;
  readonly key: string;
  readonly fingerprint: '';
};

/** For lookups and for people; the order that it advances says what it meant. */
export type CallbackReceived = {
  readonly kind: 22;
  readonly context: Context;
  readonly channel: string;
  /** The body, byte for byte. */
  readonly raw: Uint8Array;
  readonly key: '';
  readonly fingerprint: '';
};
