// Bill days: bills of a channel, day by day, matched with orders that a test makes up.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { currencyTable } from '../../../src/currency-table.ts';
import { makeId } from '../../../src/domain/ids.ts';
import type { ExpectedOrder } from '../../../src/reconciliation/channel-rows.ts';
import { ExpectedOrders } from '../../../src/reconciliation/expected.ts';
import { runBill } from '../../../src/reconciliation/runs/bill-run.ts';
import type { Run } from '../../../src/reconciliation/runs/run.ts';
import { DEFAULT_RUN_RULES, type ChannelRules } from '../../../src/reconciliation/runs/run-rules.ts';
import { RunStore, type RunResult } from '../../../src/reconciliation/runs/run-store.ts';
import { WatchStore } from '../../../src/reconciliation/watch-store.ts';
import { temporaryFolder } from '../../support/folder.ts';

const NOTHING = { orders: new Map(), businesses: new Map(), heads: new Map(), breaches: new Map() };

const HEADER = 'trade_number,number,type,amount,currency,fee,original,booked_at';

export type Line = { readonly number: string; readonly amount: number; readonly type?: string; readonly fee?: number };

/** The id of the n-th order that was begun on a day. */
export function numberOf(date: string, nth: number): string {
  return makeId('chn', Date.parse(`${date}T12:00:00Z`) + nth, new Uint8Array(10));
}

export class BillDays {
  readonly folder = temporaryFolder();
  readonly store: RunStore;
  readonly #watch: WatchStore;
  #runs = 0;

  constructor() {
    this.store = new RunStore(join(this.folder, 'runs'));
    this.#watch = new WatchStore(join(this.folder, 'watch'));
    onTestFinished(() => this.store.close());
    onTestFinished(() => this.#watch.close());
  }

  /** Orders as they stand now. */
  async orders(
    ...orders: (Pick<ExpectedOrder, 'number' | 'date' | 'amount'> & Partial<ExpectedOrder>)[]
  ): Promise<void> {
    const expected = new Map(orders.map((order) => [order.number, { ...PAID, ...order }]));
    await this.#watch.commit({ ...NOTHING, expected, checkpoint: { seq: 1, since: 2, date: '2026-11-30' } });
  }

  async bill(date: string, lines: readonly Line[], rules: Partial<ChannelRules> = {}): Promise<RunResult> {
    const rows = lines.map(({ number, amount, type = 'pay', fee = 0 }, at) => `t-${number}-${at},${number},${type},${amount},EUR,${fee},,${date}T10:00:00Z`); // prettier-ignore
    return this.file(date, [HEADER, ...rows, ''].join('\n'), rules);
  }

  async file(date: string, text: string, rules: Partial<ChannelRules> = {}): Promise<RunResult> {
    const path = join(this.folder, `bill-${(this.#runs += 1)}`);
    writeFileSync(path, text);
    const run = {
      id: `run-${this.#runs}`,
      kind: 'channel_bill',
      channel: 'card',
      date,
      format: '',
      sha256: path,
    } as Run;
    const result = await runBill({
      run,
      path,
      spill: this.folder,
      rules: { ...DEFAULT_RUN_RULES.default, ...rules },
      store: this.store,
      expected: new ExpectedOrders(this.#watch),
      currencies: currencyTable([]),
      owner: 'house',
      read: () => {},
    });
    await this.store.finish(result);
    return result;
  }
}

const PAID = {
  channel: 'card',
  verb: 'pay',
  status: 'succeeded',
  currency: 'EUR',
  reportedAmount: 0,
  reportedCurrency: '',
  channelTradeNo: '',
  merchant: 'acme',
  parent: 'pay_1',
} as const;
