// Prepaid: a shop whose channel is paid by the payer with a token, and one trade of 60 there. The payer has 100.

import type { Outcome, OrderOf } from './shop.ts';
import { Shop } from './shop.ts';

/** Of everybody, when nothing was paid, and when it was. */
export const GONE = { alice: 100 };
export const PAID = { alice: 80, shop: 59, '@fee:EUR': 1, '@channel:simulator:EUR': -40 };

const LIFE_MS = 15 * 60_000;

export class Prepaid {
  readonly shop: Shop;
  readonly trade: string;

  private constructor(shop: Shop, trade: string) {
    this.shop = shop;
    this.trade = trade;
  }

  static async open(): Promise<Prepaid> {
    const shop = await Shop.open();
    shop.provider.prepaid = true;
    return new Prepaid(shop, await shop.trade());
  }

  /** 20 by balance, the rest at the channel. */
  pay(): Promise<Outcome> {
    return this.shop.pay(this.trade, 'balance:20 channel');
  }

  token(inMs = LIFE_MS) {
    return { token: 'tok_1', expiresAtMs: this.shop.engine.nowMs + inMs };
  }

  /** The channel answers what it was asked for. */
  gives(inMs = LIFE_MS) {
    return this.shop.provider.says('call', { class: 'requires_action', token: this.token(inMs) });
  }

  get voucher(): OrderOf<'external_voucher'> | undefined {
    return this.shop.orders('external_voucher')[0];
  }

  get asked(): OrderOf<'channel_order'> | undefined {
    return this.shop.orders('channel_order')[0];
  }

  get payment(): OrderOf<'payment'> | undefined {
    return this.shop.orders('payment')[0];
  }

  /** Of voucher, channel order and payment. */
  statuses(): string {
    return [this.voucher?.status, this.asked?.status, this.payment?.status].join(' ');
  }
}
