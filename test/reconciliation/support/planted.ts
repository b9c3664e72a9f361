// A bill and the orders that it should agree with, with a known mix of differences planted by chance from a seed. The mix is
// decided by the number of a line alone, so that both sides are made as streams and nothing of them is kept.

import { dayNumber } from '../../../src/reconciliation/formats/calendar.ts';
import type { Cause } from '../../../src/reconciliation/matching/totals.ts';
import type { MatchRow } from '../../../src/reconciliation/matching/row.ts';

export const BILL_DAY = dayNumber('2026-11-24');

/** What a line is; one in a thousand of each kind, everything else agrees. */
export type Plant = Cause | 'agrees';

const PLANTS: readonly Plant[] = [
  'UNPARSED',
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
];

const CURRENCIES = ['CZK', 'EUR', 'JPY'];

/** Rows of a batch. */
const BATCH = 1_000;

/** 32 bits that look like chance (murmur3's end). */
function chance(seed: number, index: number): number {
  let hash = Math.imul(index ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export class PlantedSides {
  private readonly seed: number;
  private readonly lines: number;

  constructor(seed: number, lines: number) {
    this.seed = seed;
    this.lines = lines;
  }

  plantOf(index: number): Plant {
    return PLANTS[chance(this.seed, index) % 1_000] ?? 'agrees';
  }

  *channel(): Generator<readonly MatchRow[]> {
    yield* this.batches((index) => {
      const plant = this.plantOf(index);
      const line = this.line('b', index);
      switch (plant) {
        case 'LOCAL_ONLY':
          return [];
        case 'waiting':
          return index % 2 === 0 ? [] : [{ ...line, day: BILL_DAY }];
        case 'UNPARSED':
          return [{ ...line, unparsed: 'type: one of pay, refund was expected', keys: [''] }];
        case 'DUPLICATE':
          return [line, { ...line, id: `${line.id}+` }];
        case 'CURRENCY_DIFF':
          return [{ ...line, currency: 'USD' }];
        case 'STATUS_DIFF':
          return [{ ...line, status: 'returned' }];
        case 'AMOUNT_DIFF':
          return [{ ...line, amount: line.amount + this.shiftOf(index) }];
        case 'tolerated':
          return [{ ...line, amount: line.amount + (index % 2 === 0 ? 1 : -1) }];
        case 'FEE_DIFF':
          return [{ ...line, fee: line.fee + this.shiftOf(index) }];
        case 'LATE':
          return [{ ...line, day: BILL_DAY + 3 }];
        case 'CHANNEL_ONLY':
        case 'agrees':
          return [line];
      }
    });
  }

  *local(): Generator<readonly MatchRow[]> {
    yield* this.batches((index) => {
      const plant = this.plantOf(index);
      const order = this.line('o', index);
      if (plant === 'CHANNEL_ONLY' || plant === 'UNPARSED') return [];
      if (plant === 'waiting') return index % 2 === 0 ? [{ ...order, day: BILL_DAY }] : [];
      return [order];
    });
  }

  /** What a matching has to say of a line: its kind, the ids of its rows, and currency, amount and fee of each delta. */
  expectedOf(index: number): { readonly kind: Cause; readonly told: string } | null {
    const kind = this.plantOf(index);
    if (kind === 'agrees') return null;
    const { id, amount, currency, fee } = this.line('b', index);
    const order = id.replace('b', 'o');
    const shift = this.shiftOf(index);
    const both = `${id}|${order}`;
    switch (kind) {
      case 'UNPARSED':
      case 'CHANNEL_ONLY':
        return { kind, told: `${kind}|${id}||${currency},${amount},${fee}` };
      case 'LOCAL_ONLY':
        return { kind, told: `${kind}||${order}|${currency},${-amount},${-fee}` };
      case 'DUPLICATE':
        return { kind, told: `${kind}|${id}+||${currency},${amount},${fee}` };
      case 'CURRENCY_DIFF':
        return { kind, told: `${kind}|${both}|${currency},${-amount},${-fee};USD,${amount},${fee}` };
      case 'AMOUNT_DIFF':
        return { kind, told: `${kind}|${both}|${currency},${shift},0` };
      case 'FEE_DIFF':
        return { kind, told: `${kind}|${both}|${currency},0,${shift}` };
      case 'STATUS_DIFF':
      case 'LATE':
        return { kind, told: `${kind}|${both}|` };
      case 'tolerated':
      case 'waiting':
        return { kind, told: '' };
    }
  }

  private line(prefix: string, index: number): MatchRow {
    const draw = chance(this.seed + 1, index);
    return {
      id: `${prefix}${index}`,
      keys: [`pay:chn_01JDEQ${String(index).padStart(20, '0')}`],
      amount: (draw % 5 === 0 ? -1 : 1) * (100 + (draw % 1_000_000)),
      currency: CURRENCIES[index % 3] ?? 'CZK',
      fee: 10 + (draw % 90),
      status: 'succeeded',
      day: BILL_DAY - 1,
      unparsed: '',
    };
  }

  /** 2 to 99 minor units up or down: never within the tolerance of 1. */
  private shiftOf(index: number): number {
    const draw = chance(this.seed + 2, index);
    return (draw % 2 === 0 ? 1 : -1) * (2 + (draw % 98));
  }

  private *batches(rowsOf: (index: number) => readonly MatchRow[]): Generator<readonly MatchRow[]> {
    let batch: MatchRow[] = [];
    for (let index = 0; index < this.lines; index++) {
      batch.push(...rowsOf(index));
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }
}
