// Bill run. Matches a channel's bill of a day with the orders that ended on it, and says what differs.
//
// L1. Ours are: what has succeeded on the day, what waits from earlier bills, what is on the bill although it has not succeeded,
// and what nobody knows the end of. L2. Who is on the bill of another day waits for that; of what is unknown the first bill
// after its own day is the evidence that the channel does not have it. L3. The day is read before the bill, so that only lines
// that none of its orders explains are looked up one by one.

import { createReadStream } from 'node:fs';
import type { Currencies } from '../../domain/currencies.ts';
import { hasSucceeded, type ExpectedOrder } from '../channel-rows.ts';
import type { ExpectedOrders } from '../expected.ts';
import { readStatements } from '../formats/read-statements.ts';
import type { StatementLine } from '../formats/statement.ts';
import type { Difference } from '../matching/difference.ts';
import { matchSides } from '../matching/matcher.ts';
import type { MatchRow, Side } from '../matching/row.ts';
import { numberOf } from '../returns.ts';
import { dayOfNumber, isOfClearing, rowOfLine, rowOfOrder } from './bill-rows.ts';
import { Findings, totalsOf, type About } from './findings.ts';
import { Clearings } from './clearings.ts';
import { DayOrders, type DayOrder } from './day-orders.ts';
import type { Run } from './run.ts';
import type { RunResult, RunStore, WaitingRow } from './run-store.ts';
import { dayOf, matchingRules, type ChannelRules } from './run-rules.ts';

export type FileRun = {
  readonly run: Run;
  readonly path: string;
  /** Where rows lie that do not fit into memory. */
  readonly spill: string;
  readonly rules: ChannelRules;
  readonly store: RunStore;
  readonly expected: ExpectedOrders;
  readonly currencies: Currencies;
  /** Merchant of what belongs to no order. */
  readonly owner: string;
  /** Told how many lines of the file have been read so far. */
  readonly read: (lines: number) => void;
};

/** Rows that wait: of more the bills of this channel have stopped coming. */
const WAITING_MAX = 1_000_000;

/** Orders on a bill that have not succeeded: of more it is the bill of another system. */
const STRANGE_MAX = 200_000;

const WARNINGS_MAX = 20;

/** Rows that are handed over together. */
const BATCH_ROWS = 1_024;

/** @throws FormatError for a file that is not what its format says; RangeError and Error as the matcher does */
export function runBill(parts: FileRun): Promise<RunResult> {
  return new BillRun(parts).match();
}

class BillRun {
  readonly #parts: FileRun;
  readonly #findings: Findings;
  readonly #waiting: WaitingRow[] = [];
  readonly #clearings = new Clearings();
  readonly #warnings: string[] = [];
  /** All that have succeeded on the day. */
  readonly #day = new DayOrders();
  /** On the bill and not among those: not succeeded as far as we know, or only since the day was read. */
  readonly #strange = new Map<string, ExpectedOrder>();
  readonly #bill: string;
  #lines = 0;

  constructor(parts: FileRun) {
    this.#parts = parts;
    this.#bill = `${parts.run.channel} ${parts.run.date}`;
    this.#findings = new Findings(parts.run, (difference) => this.#about(difference));
  }

  async match(): Promise<RunResult> {
    const { run, rules, spill } = this.#parts;
    const { counts, totals } = await matchSides({
      spillFolder: spill,
      local: this.#localRows(),
      channel: this.#channelRows(),
      localLast: this.#strangeRows(),
      rules: matchingRules(rules, run.date),
      onDifference: (difference) => this.#findings.add(difference),
      onWaiting: (side, row) => this.#wait(side, row),
    });
    const { found } = this.#findings;
    return {
      run: {
        ...run,
        status: 'matched',
        counts,
        totals: totalsOf(totals),
        clearing: this.#clearings.all,
        warnings: this.#warnings,
        differences: found.length,
      },
      differences: found,
      waiting: this.#waiting,
      spokenFor: found.filter(({ kind }) => kind === 'STATUS_DIFF').map(({ order }) => order),
    };
  }

  async *#channelRows(): AsyncGenerator<readonly MatchRow[]> {
    const { run, path, rules, store, currencies } = this.#parts;
    yield [...store.waiting(run.channel, run.date, 'channel')];
    const options = {
      file: run.id,
      currencies,
      ...(run.format === '' ? {} : { format: run.format }),
      ...(rules.csv === null ? {} : { csv: rules.csv }),
    };
    for await (const items of readStatements(createReadStream(path), options)) {
      const rows: MatchRow[] = [];
      for (const item of items) {
        if (item.kind === 'line' && item.line.booked) rows.push(this.#rowOf(item.line));
        if (item.kind === 'warning' && this.#warnings.length < WARNINGS_MAX) this.#warnings.push(item.warning.detail);
      }
      this.#parts.read(this.#lines);
      yield rows;
    }
  }

  #rowOf(line: StatementLine): MatchRow {
    this.#lines += 1;
    const order = this.#orderOf(line.ourReference);
    if (isOfClearing(line, order)) this.#clearings.add(order?.merchant ?? this.#parts.owner, line);
    return rowOfLine(line, this.#bill, this.#parts.rules);
  }

  #orderOf(number: string): DayOrder | null {
    const ofDay = this.#day.find(number);
    if (ofDay) return ofDay;
    const { run } = this.#parts;
    const order = this.#find(number);
    if (order && (!hasSucceeded(order) || order.date === run.date)) this.#strange.set(order.number, order);
    if (this.#strange.size > STRANGE_MAX) {
      throw new RangeError(`more than ${STRANGE_MAX} orders on it never succeeded: is this the bill of ${run.date}?`);
    }
    return order;
  }

  async *#localRows(): AsyncGenerator<readonly MatchRow[]> {
    const { run, rules, store, expected } = this.#parts;
    yield [...store.waiting(run.channel, run.date, 'local')];
    for await (const page of expected.pagesOfDay(run.channel, run.date)) {
      const spokenFor = store.spokenFor(page[0]?.number ?? '', page.at(-1)?.number ?? '', run.id);
      const rows: MatchRow[] = [];
      for (const order of page) {
        if (!hasSucceeded(order)) continue;
        this.#day.add(order.number, order);
        if (!spokenFor.has(order.number)) rows.push(rowOfOrder(order, rules));
      }
      yield rows;
    }
  }

  /** What only the lines of the bill bring up, and what is unknown. */
  async *#strangeRows(): AsyncGenerator<readonly MatchRow[]> {
    const { run, rules, store } = this.#parts;
    const isSpokenFor = ({ number }: ExpectedOrder): boolean => store.spokenFor(number, number, run.id).size > 0;
    yield [...this.#strange.values()]
      .filter((order) => !hasSucceeded(order) || !isSpokenFor(order))
      .map((order) => rowOfOrder(order, rules));
    yield* this.#unknown();
  }

  /** What nobody knows the end of, and was begun by the end of the day. */
  async *#unknown(): AsyncGenerator<readonly MatchRow[]> {
    const { run, rules, expected } = this.#parts;
    const day = dayOf(run.date);
    let rows: MatchRow[] = [];
    for await (const order of expected.open(run.channel)) {
      if (order.status !== 'unknown' || dayOfNumber(order.number) > day || this.#strange.has(order.number)) continue;
      rows.push(rowOfOrder(order, rules));
      if (rows.length >= BATCH_ROWS) yield rows.splice(0);
    }
    yield rows;
  }

  /** What is unknown is looked at again by the next bill anyway. */
  #wait(side: Side, row: MatchRow): void {
    if (side === 'local' && row.status !== 'succeeded') return;
    if (this.#waiting.length >= WAITING_MAX) {
      throw new RangeError(`more than ${WAITING_MAX} rows wait for another bill: is this the file of this day?`);
    }
    this.#waiting.push({ side, row });
  }

  #about({ key, local }: Difference): About {
    const { owner } = this.#parts;
    const order = this.#find(local[0] ?? key) ?? this.#find(key.split(' ')[0] ?? '');
    if (!order) return { merchant: owner, order: '', currency: '' };
    return { merchant: order.merchant, order: numberOf(order), currency: order.currency };
  }

  /** Of this channel: a number of another one's order on its bill is nobody's. */
  #find(number: string): ExpectedOrder | null {
    const order = number === '' ? null : this.#parts.expected.seen(number);
    return order?.channel === this.#parts.run.channel ? order : null;
  }
}
