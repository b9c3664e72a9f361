// Planted bill. A day of orders and a channel's bill of it with a known mix of differences, and what a run has to find.
//
// P1. What a line is follows from its place and the seed alone, so a million of them are made as a stream and nothing is kept.
// P2. The bill is in another order than the orders: who matches by place finds nothing.

import type { ExpectedOrder } from '../../src/reconciliation/channel-rows.ts';
import { makeId } from '../../src/domain/ids.ts';

export const CHANNEL = 'card';
export const EVE = '2026-11-23';
export const DAY = '2026-11-24';

/** Booked so late that it is no match any more; and so early that nobody waits for the other side. */
const LATE_DAY = '2026-11-26';

/** Of payments: 30 minor units and 1%, as the rules of the bench say. */
export const FEE = { fixed: 30, basisPoints: 100 } as const;
export const AMOUNT_TOLERANCE = 1;

/**
 * What an order and its line are: one in a thousand of each, everything else agrees. Orders of LOCAL_ONLY are the eve's, whose
 * bill does not have them. A line that cannot be read is none of them: such a file is refused as a whole.
 */
const PLANTS = [
  'CHANNEL_ONLY',
  'LOCAL_ONLY',
  'DUPLICATE',
  'CURRENCY_DIFF',
  'STATUS_DIFF',
  'AMOUNT_DIFF',
  'FEE_DIFF',
  'LATE',
  'tolerated',
  'waiting',
] as const;

export type Plant = (typeof PLANTS)[number] | 'agrees';

const PLANT_ONE_IN = 1_000;

const CURRENCIES = ['CZK', 'EUR', 'JPY'];
const MERCHANTS = 100;

/** Strides that have no factor in common with round counts: steps of them visit every place once. */
const STRIDE = 611_953;

/** 32 bits that look like chance (murmur3's end). */
function chance(seed: number, index: number): number {
  let hash = Math.imul(index ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** What a run says of a line; as one text, so that both can be compared as sets. */
export type Told = {
  readonly kind: string;
  readonly lines: readonly string[];
  readonly local: readonly string[];
  readonly deltas: readonly { readonly currency: string; readonly amount: number; readonly fee: number }[];
};

export function tell({ kind, lines, local, deltas }: Told): string {
  const sums = deltas.map(({ currency, amount, fee }) => `${currency},${amount},${fee}`);
  return [kind, lines.join(), local.join(), sums.join(';')].join('|');
}

export class PlantedBill {
  readonly #seed: number;
  readonly #size: number;

  /** @param size lines of the bill, but for the few that a plant adds or leaves out */
  constructor(seed: number, size: number) {
    this.#seed = seed;
    this.#size = size;
  }

  plantOf(index: number): Plant {
    return PLANTS[chance(this.#seed, index) % PLANT_ONE_IN] ?? 'agrees';
  }

  *orders(): Generator<ExpectedOrder> {
    for (let index = 0; index < this.#size; index++) {
      const order = this.#orderAt(index);
      if (order) yield order;
    }
  }

  /** Pieces of the file's text. */
  *bill(): Generator<string> {
    yield emptyBill();
    for (let place = 0; place < this.#size; place++) yield this.#linesAt((place * STRIDE) % this.#size);
  }

  /** What has to be found; null where nothing has. */
  expectedAt(index: number): Told | null {
    const kind = this.plantOf(index);
    const { currency, amount, fee, number, reference } = this.#entry(index);
    const [line, shift] = [`${CHANNEL} ${DAY} ${reference}`, this.#shiftAt(index)];
    const pair = { kind, lines: [line], local: [number] };
    switch (kind) {
      case 'agrees':
      case 'tolerated':
      case 'waiting':
        return null;
      case 'CHANNEL_ONLY':
        return { ...pair, local: [], deltas: [{ currency, amount, fee }] };
      case 'LOCAL_ONLY':
        return { ...pair, lines: [], deltas: [{ currency, amount: -amount, fee: 0 - fee }] };
      case 'DUPLICATE':
        return { ...pair, lines: [`${line}+`], local: [], deltas: [{ currency, amount, fee }] };
      case 'CURRENCY_DIFF': {
        const ours = { currency, amount: -amount, fee: 0 - fee };
        return { ...pair, deltas: [ours, { currency: 'USD', amount, fee }] };
      }
      case 'STATUS_DIFF':
        return { ...pair, deltas: [{ currency, amount, fee }] };
      case 'AMOUNT_DIFF':
        return { ...pair, deltas: [{ currency, amount: amount < 0 ? -shift : shift, fee: 0 }] };
      case 'FEE_DIFF':
        return { ...pair, deltas: [{ currency, amount: 0, fee: shift }] };
      case 'LATE':
        return { ...pair, deltas: [] };
    }
  }

  #orderAt(index: number): ExpectedOrder | null {
    const plant = this.plantOf(index);
    if (plant === 'CHANNEL_ONLY' || (plant === 'waiting' && index % 2 === 0)) return null;
    const { number, amount, currency, reference, isRefund } = this.#entry(index);
    return {
      number,
      channel: CHANNEL,
      date: plant === 'LOCAL_ONLY' ? EVE : DAY,
      verb: isRefund ? 'refund' : 'pay',
      status: plant === 'STATUS_DIFF' ? 'failed' : 'succeeded',
      amount: Math.abs(amount),
      currency,
      reportedAmount: plant === 'STATUS_DIFF' ? 0 : Math.abs(amount),
      reportedCurrency: plant === 'STATUS_DIFF' ? '' : currency,
      channelTradeNo: reference,
      merchant: `merchant-${index % MERCHANTS}`,
      parent: `${isRefund ? 'rfd' : 'pay'}${number.slice(3)}`,
    };
  }

  #linesAt(index: number): string {
    const plant = this.plantOf(index);
    const entry = this.#entry(index);
    const shift = this.#shiftAt(index);
    switch (plant) {
      case 'LOCAL_ONLY':
        return '';
      case 'waiting':
        return index % 2 === 0 ? lineOf(entry, DAY) : '';
      case 'CHANNEL_ONLY':
        return lineOf(entry, EVE);
      case 'DUPLICATE':
        return lineOf(entry, DAY) + lineOf({ ...entry, reference: `${entry.reference}+` }, DAY);
      case 'CURRENCY_DIFF':
        return lineOf({ ...entry, currency: 'USD' }, DAY);
      case 'AMOUNT_DIFF':
        return lineOf({ ...entry, amount: entry.amount + (entry.isRefund ? -shift : shift) }, DAY);
      case 'tolerated':
        return lineOf({ ...entry, amount: entry.amount + AMOUNT_TOLERANCE }, DAY);
      case 'FEE_DIFF':
        return lineOf({ ...entry, fee: entry.fee + shift }, DAY);
      case 'LATE':
        return lineOf(entry, LATE_DAY);
      case 'STATUS_DIFF':
      case 'agrees':
        return lineOf(entry, DAY);
    }
  }

  #entry(index: number): Entry {
    const draw = chance(this.#seed + 1, index);
    const isRefund = draw % 5 === 0;
    const size = 10_000 + (draw % 1_000) * 100;
    const entropy = new Uint8Array(10);
    const random = new DataView(entropy.buffer);
    random.setUint32(0, chance(this.#seed + 3, index));
    random.setUint32(6, index);
    const began = Date.parse(`${this.plantOf(index) === 'LOCAL_ONLY' ? EVE : DAY}T00:00:00Z`);
    return {
      number: makeId('chn', began + Math.floor((index / this.#size) * 86_000_000), entropy),
      reference: `SIM${String(index).padStart(16, '0')}`,
      isRefund,
      amount: isRefund ? -size : size,
      currency: CURRENCIES[index % CURRENCIES.length] ?? '',
      fee: isRefund ? 0 : FEE.fixed + size / 100,
    };
  }

  /** 2 to 99 minor units: never within the tolerance. */
  #shiftAt(index: number): number {
    return 2 + (chance(this.#seed + 2, index) % 98);
  }
}

/** A line as it should be; the amount with its sign. */
type Entry = {
  readonly number: string;
  readonly reference: string;
  readonly isRefund: boolean;
  readonly amount: number;
  readonly currency: string;
  readonly fee: number;
};

/** The columns, and nothing below them. */
export function emptyBill(): string {
  return 'trade_number,number,type,amount,currency,fee,original,booked_at\n';
}

function lineOf({ reference, number, isRefund, amount, currency, fee }: Entry, day: string): string {
  const type = isRefund ? 'refund' : 'pay';
  return `${reference},${number},${type},${Math.abs(amount)},${currency},${fee},,${day}T10:11:12.123Z\n`;
}
