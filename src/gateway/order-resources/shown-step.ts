// Shown step. What every order shows, whatever it is: where it stands, when it began, its vouchers. A pure function of
// the order's step, so that a request that is repeated is answered byte for byte as it was.

import type { ShownOrder } from '../../../actors/orders/order-commands.ts';
import { voucherId } from '../../domain/books/voucher.ts';
import { isHouse } from '../../domain/house-accounts.ts';
import type { Order } from '../../domain/orders/order.ts';
import { timeText } from '../time-text.ts';

/** An order of one kind at one of its steps. */
export type Step<O extends Order> = Omit<ShownOrder, 'order'> & { readonly order: O };

/** When a durable frame was made, ms since 1970: vouchers are named by it. */
export type FrameTime = (seq: number) => number;

export type StepResource = {
  /** Ids of its vouchers, the oldest first. */
  readonly vouchers: readonly string[];
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
};

export function stepResource({ order, timeMs }: Step<Order>, frameTime: FrameTime): StepResource {
  return {
    vouchers: order.vouchers.map((place) => voucherId(frameTime(place.seq), place)),
    version: order.version,
    created_at: timeText(order.createdAtMs),
    updated_at: timeText(timeMs),
  };
}

/** '' is how orders say that there is none. */
export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** An account of the merchant's own; those of the house are nobody's business. */
export function ownAccount(account: string): string | null {
  return account === '' || isHouse(account) ? null : account;
}

/** A time that may not be there: since when nobody knows, until when a token is good. */
export function sinceText(sinceMs: number): string | null {
  return sinceMs === 0 ? null : timeText(sinceMs);
}
