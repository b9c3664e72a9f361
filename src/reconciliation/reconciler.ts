// Reconciler. Follows the journal on its own, beside the books: judges what orders and vouchers say, finds their lines in the
// books, and those of some plain transfers, and keeps what channels owe us. It only looks; who is told, and what follows, is
// decided elsewhere.
//
// R1. Nothing is judged twice and nothing is passed over, however often its thread ends: what it knows changes together
// with how far it has come. R2. What it waits for is bounded; while it is full it follows no further.

import { ASIDE_ROW } from '../domain/aside-rows.ts';
import { FACT_KIND, type TransferMoved } from '../domain/facts.ts';
import { readFrame } from '../journal/frame.ts';
import { pickFacts } from '../journal/payload.ts';
import { shardOf } from '../ledger/shards.ts';
import { BooksJoin } from './books-join.ts';
import { BreachLog, type NamedBreach } from './breach-log.ts';
import { ExpectedChanges } from './expected-changes.ts';
import { LiveBalances, type AskedBalance, type LiveBalance } from './live-balances.ts';
import { mayBe, type Head } from './watch/account-heads.ts';
import type { Breach } from './watch/breach.ts';
import { FactWatch, type PickedFact, type WatchedLine } from './watch/fact-watch.ts';
import type { BusinessRow, OrderRow } from './watch/order-watch.ts';
import { ANY } from './watch/movements.ts';
import { CachedRows } from './watch/rows.ts';
import { isSampledRow, SampleClock, sampledSides } from './watch/transfer-samples.ts';
import { WaitingLines, type WaitingLine } from './watch/waiting-lines.ts';
import { WatchStore } from './watch-store.ts';

export type ReconcilerOptions = {
  /** Its own store. */
  readonly folder: string;
  /** The folder of the books' shards; null where no books are kept, and then nothing is looked for in them. */
  readonly books: string | null;
  readonly shards: number;
  /** By when a line has to be in the books, ms. */
  readonly windowMs: number;
  /** Lines that wait, at most. */
  readonly linesMax: number;
};

/** Orders, and accounts, in memory beside those that are not written. */
const ROWS_MAX = 50_000;

/** Lines that are looked for in one go: some ten milliseconds. */
const LOOK_LINES_MAX = 4_096;

/** Of the lines that may wait: above it plain transfers are not sampled. */
const SAMPLED_SHARE = 0.25;

/** Rows of accounts, transfers and lookups: most of a journal, and nothing of orders. */
const PASSED: ReadonlySet<number> = new Set([
  FACT_KIND.accountOpened,
  FACT_KIND.accountChanged,
  FACT_KIND.transferMoved,
  FACT_KIND.batchAnswered,
  FACT_KIND.keyRemembered,
  FACT_KIND.transferRouted,
  FACT_KIND.creditsApplied,
  FACT_KIND.accountRuled,
  FACT_KIND.subAccountGathered,
  FACT_KIND.transferReversed,
  ASIDE_ROW,
  FACT_KIND.callbackReceived,
  FACT_KIND.rulesAdopted,
]);

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #store: WatchStore;
  readonly #join: BooksJoin | null;
  readonly #heads: CachedRows<Head>;
  readonly #orders: CachedRows<OrderRow>;
  readonly #businesses: CachedRows<BusinessRow>;
  readonly #expected: ExpectedChanges;
  readonly #log: BreachLog;
  readonly #lines: WaitingLines;
  readonly #live = new LiveBalances();
  readonly #samples = new SampleClock();
  readonly #watch: FactWatch;
  /** Shards that were too late, until they come. */
  readonly #late = new Set<number>();
  /** The last frame that was followed, and the last one that was judged: more, after a crash. */
  #followed: number;
  #judged: number;
  #date: string;
  #nowMs = 0;
  /** The frame that is followed. */
  #seq = 0;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    const store = new WatchStore(options.folder);
    this.#store = store;
    this.#expected = new ExpectedChanges(store);
    const { seq, since, date } = store.checkpoint();
    this.#judged = seq;
    this.#followed = Math.min(seq, since - 1);
    this.#date = date;
    this.#join = options.books === null ? null : new BooksJoin(options.books, options.shards);
    this.#heads = new CachedRows(store.head, ROWS_MAX);
    this.#orders = new CachedRows(store.order, ROWS_MAX);
    this.#businesses = new CachedRows(store.business, ROWS_MAX);
    this.#log = new BreachLog(store.breaches());
    this.#lines = new WaitingLines(options.shards, options.windowMs, options.linesMax);
    this.#watch = new FactWatch({
      heads: this.#heads,
      orders: this.#orders,
      businesses: this.#businesses,
      report: (breach) => this.#found(breach),
      line: (line) => this.#wait(line),
    });
  }

  /** The last frame that was followed: the next one is wanted. */
  get followed(): number {
    return this.#followed;
  }

  get waiting(): number {
    return this.#lines.size;
  }

  /** Lines that were never found, because their shard did not come within the window. */
  get skipped(): number {
    return this.#lines.skipped;
  }

  /** True: nothing more is followed until lines have been found (R2). */
  get isFull(): boolean {
    return this.#lines.isFull;
  }

  /** Something waits to be found, asked, compared or told, although nothing new comes. */
  get isBusy(): boolean {
    return this.#lines.size > 0 || this.#live.isBusy || this.isUrgent || this.untold.length > 0;
  }

  /** Something is to be written before it can be told of. */
  get isUrgent(): boolean {
    return this.#log.hasChanged;
  }

  get untold(): NamedBreach[] {
    return this.#log.untold;
  }

  /** The next frame. `nowMs`: monotonic. @throws FrameDamage; Error for another frame than the next one */
  follow(bytes: Uint8Array, nowMs: number): void {
    const { seq, payload } = readFrame(bytes);
    if (seq !== this.#followed + 1) throw new Error(`frame ${seq} came after frame ${this.#followed}`);
    this.#nowMs = nowMs;
    this.#seq = seq;
    const facts: PickedFact[] = [];
    for (const { index, fact } of pickFacts(payload, PASSED, this.#mayBeSampled(nowMs) ? isSampledRow : undefined)) {
      if (fact.kind === FACT_KIND.transferMoved) this.#sample(fact, index);
      else if (fact.kind === FACT_KIND.dayOpened) this.#date = seq > this.#judged ? fact.date : this.#date;
      else if (fact.kind === FACT_KIND.orderStepped || fact.kind === FACT_KIND.voucherPosted)
        facts.push({ index, fact });
    }
    if (seq > this.#judged) this.#judge(seq, facts);
    else this.#watch.again(facts);
    this.#followed = seq;
  }

  /** So many frames have nothing of orders in them, and nobody has read them. */
  pass(frames: number): void {
    this.#followed += frames;
    this.#judged = Math.max(this.#judged, this.#followed);
  }

  /** Looks for lines in the books, and at what the engine has said. `nowMs`: monotonic. */
  look(nowMs: number): void {
    if (!this.#join) return;
    for (let shard = 0; shard < this.#options.shards; shard++) this.#lookIn(this.#join, shard, nowMs);
    const booked = (live: LiveBalance, { shard }: { shard: number }): number | null | undefined =>
      this.#bookedAt(live, shard);
    this.#live.compare(this.#followed, this.#headOf, booked, (breach, { merchant, account, version, available }) => {
      if (this.#found(breach)) mayBe(this.#heads, merchant, account, [version, available]);
    });
  }

  /** Accounts whose balances the engine is to be asked for, at most so many. */
  asks(max: number): AskedBalance[] {
    return this.#join ? this.#live.take(max) : [];
  }

  /** What the engine said, and which breaches somebody has heard of. */
  heard(balances: readonly LiveBalance[], told: readonly string[]): void {
    this.#live.answered(balances);
    for (const id of told) this.#log.told(id);
  }

  /** Writes all that it knows. @throws when the disk fails */
  async flush(): Promise<void> {
    const seq = Math.max(this.#followed, this.#judged);
    const breaches = this.#log.takeChanged();
    await this.#store.commit({
      orders: this.#orders.takeChanged(),
      businesses: this.#businesses.takeChanged(),
      heads: this.#heads.takeChanged(),
      breaches,
      expected: this.#expected.takeChanged(),
      checkpoint: { seq, since: Math.min(this.#lines.since, this.#followed + 1), date: this.#date },
    });
    this.#log.written(breaches);
  }

  /** Lets the stores of the books go, which open them anew. */
  async letGo(): Promise<void> {
    await this.#join?.close();
  }

  async close(): Promise<void> {
    await this.letGo();
    await this.#store.close();
  }

  #judge(seq: number, facts: readonly PickedFact[]): void {
    for (const { fact } of facts) {
      if (fact.kind !== FACT_KIND.orderStepped) continue;
      this.#log.caseStepped(fact);
      const { order, context } = fact;
      this.#expected.stepped(order, context.merchant, this.#date);
    }
    this.#watch.frame(seq, facts);
    this.#judged = seq;
  }

  /** False when something that it is about is in breach already. */
  #found(breach: Breach): boolean {
    return this.#log.found(breach);
  }

  #wait({ fact, index, line, sorts }: WatchedLine): void {
    const { context, order, currency } = fact;
    const { merchant, business } = context;
    const { account, action, amount, version, available } = line;
    this.#lookFor({ index, merchant, business, order, account, action, amount, currency, version, available, sorts });
  }

  /** What waits is for orders: with a long window samples are not to fill it. */
  #mayBeSampled(nowMs: number): boolean {
    return this.#lines.size < SAMPLED_SHARE * this.#options.linesMax && this.#samples.isDue(nowMs);
  }

  #sample(fact: TransferMoved, index: number): void {
    const { context, transfer: order, currency, moved: amount } = fact;
    const { merchant, business } = context;
    for (const side of sampledSides(fact))
      this.#lookFor({ ...side, index, merchant, business, order, amount, currency, sorts: ANY });
  }

  /** A line of the frame that is followed now. */
  #lookFor(line: Omit<WaitingLine, 'seq' | 'shard' | 'seenMs'>): void {
    if (!this.#join) return;
    const shard = shardOf(line.merchant, line.account, this.#options.shards);
    const waiting = { ...line, seq: this.#seq, shard, seenMs: this.#nowMs };
    this.#lines.add(waiting);
    this.#live.moved(waiting);
  }

  #lookIn(join: BooksJoin, shard: number, nowMs: number): void {
    const booked = join.booked(shard);
    const lines = this.#lines.take(shard, booked, nowMs, LOOK_LINES_MAX);
    if (lines.length > 0) {
      join.compare(shard, lines, this.#headOf, (breach) => this.#found(breach));
      for (const line of lines) this.#live.moved(line);
    }
    if (this.#lines.giveUp(shard, booked, nowMs) === 0) {
      if (lines.length > 0) this.#late.delete(shard);
      return;
    }
    if (!this.#late.has(shard)) this.#found(lateBreach(shard, booked));
    this.#late.add(shard);
  }

  readonly #headOf = (merchant: string, account: string): Head | undefined => this.#heads.get(`${merchant} ${account}`);

  #bookedAt({ merchant, account, version, position }: LiveBalance, shard: number): number | null | undefined {
    if (!this.#join || this.#late.has(shard)) return null;
    const standing = this.#join.standing(shard, merchant, account, version);
    return standing === null && this.#join.booked(shard) < position ? undefined : standing;
  }
}

function lateBreach(shard: number, booked: number): Breach {
  return {
    content: `books_late ${shard} ${booked}`,
    invariant: 'books_late',
    subjects: [`late ${shard}`],
    merchant: '',
    business: null,
    order: '',
    account: '',
    amount: 0,
    currency: '',
    detail: `Shard ${shard} of the books is at frame ${booked}, and has been for longer than the window.`,
  };
}
