// 100 planted corruptions, 25 of each sort: steps of orders, vouchers, entries on the disk of the books, and balances of
// books and engine. Each is told within the window and five seconds, each once, and nothing else is.
//
// FLORIN_SEED repeats a run.

import { expect, onTestFinished, test } from 'vitest';
import type { OrderStepped, VoucherPosted } from '../../src/domain/order-facts.ts';
import { MERCHANT } from '../support/engine.ts';
import { chanceFrom, SEED, type Chance } from '../actors/orders/support/chance.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pick, STEP_CHANGES, VOUCHER_CHANGES } from './support/corruptions.ts';
import { ordersOf, plantInBooks, withFact, type EntryChange, type Placed } from './support/planting.ts';
import { randomOrders, type Orders } from './support/random-orders.ts';
import { Watched, WINDOW_MS } from './support/watched.ts';

const TRIALS = 5;
const OF_EACH = 5;
const PAYMENTS = 120;
const FRAME_MS = 2;
const ALARM_MS = WINDOW_MS + 5_000;

/** What was planted, and when, and about what it has to be told. */
type Planted = { readonly what: string; readonly subjects: readonly string[]; readonly atMs: number };

/** The trade, or the order that belongs to none. */
const businessOf = ({ context, ...fact }: OrderStepped | VoucherPosted): string =>
  context.business?.tradeId || (fact.kind === 20 ? fact.order.id : fact.order);

/** The block of the books that has this version: 64 entries each. */
const blockOf = (account: string, version: number): string =>
  `block ${MERCHANT} ${account} ${Math.floor((version - 1) / 64) * 64 + 1}`;

/** The latest version of each account. */
function lastVersions(facts: readonly Placed<VoucherPosted>[]): Map<string, number> {
  return new Map(facts.flatMap(({ fact }) => fact.lines.map(({ account, version }) => [account, version] as const)));
}

class Planting {
  readonly watched = new Watched(temporaryFolder());
  readonly planted: Planted[] = [];
  readonly frames: Uint8Array[];
  readonly #chance: Chance;
  readonly #made: Orders;
  readonly #taken = new Set<string>();
  readonly #blocks = new Set<string>();
  #toldMs: number[] = [];

  constructor(made: Orders, chance: Chance) {
    this.#made = made;
    this.#chance = chance;
    this.frames = [...made.frames];
  }

  steps(facts: readonly Placed<OrderStepped>[]): void {
    for (let nth = 0; nth < OF_EACH;) {
      const { seq, index, fact } = pick(this.#chance, facts);
      const { name, change } = pick(this.#chance, STEP_CHANGES);
      // What an order says twice in a turn counts as it says it last.
      const isLast = !facts.some((one) => one.seq === seq && one.index > index && one.fact.order.id === fact.order.id);
      const changed = isLast && fact.order.version > 1 && fact.order.kind !== 'case' ? change(fact) : null;
      if (!changed || !this.#isFree(fact)) continue;
      this.#plantFact(`order ${name}`, fact, seq, index, changed);
      nth += 1;
    }
  }

  vouchers(facts: readonly Placed<VoucherPosted>[]): void {
    for (let nth = 0; nth < OF_EACH;) {
      const { seq, index, fact } = pick(this.#chance, facts);
      const { name, change } = pick(this.#chance, VOUCHER_CHANGES);
      const changed = change(fact, this.#chance.below(fact.lines.length));
      if (!changed || !this.#isFree(fact)) continue;
      this.#plantFact(`voucher ${name}`, fact, seq, index, changed);
      nth += 1;
    }
  }

  /** All frames, with the books close behind. */
  async follow(): Promise<void> {
    const { books, reconciler } = this.watched;
    for (const [at, frame] of this.frames.entries()) {
      reconciler.follow(frame, this.watched.nowMs);
      books.book(this.#made.frames[at] as Uint8Array);
      this.watched.nowMs += FRAME_MS;
      if (at % 100 === 0) await this.#look(0);
    }
    await this.#look(0);
  }

  async entries(facts: readonly Placed<VoucherPosted>[]): Promise<void> {
    const kinds: readonly EntryChange[] = ['amount', 'frame', 'index', 'order', 'side'];
    for (let nth = 0; nth < OF_EACH;) {
      const { fact } = pick(this.#chance, facts);
      const { account, version } = pick(this.#chance, fact.lines);
      if (!this.#isFree(fact) || !this.#isFreeBlock(account, version)) continue;
      const what = pick(this.#chance, kinds);
      await plantInBooks(this.watched.books, MERCHANT, account, version, what);
      this.#note(`entry ${what}`, blockOf(account, version));
      nth += 1;
    }
  }

  /** Of accounts, each the last block of one. */
  async balances(facts: readonly Placed<VoucherPosted>[]): Promise<void> {
    let nth = 0;
    for (const [account, version] of lastVersions(facts)) {
      if (nth === 3 || !account.startsWith('@') || !this.#isFreeBlock(account, version)) continue;
      const what = pick<EntryChange>(this.#chance, ['closing', 'opening']);
      await plantInBooks(this.watched.books, MERCHANT, account, version, what);
      this.#note(`balance ${what}`, blockOf(account, version));
      nth += 1;
    }
  }

  /**
   * Time passes, and the engine says what accounts have: of two of them something else. Of one whose latest line was planted
   * nobody knows what it should have, and it is told of already.
   */
  async end(facts: readonly Placed<VoucherPosted>[]): Promise<void> {
    const free = [...lastVersions(facts)].filter(([account, version]) => !this.#blocks.has(blockOf(account, version)));
    const wrong = free.map(([account]) => account).slice(-2);
    expect(wrong).toHaveLength(2);
    for (const account of wrong) this.#note('engine', `engine ${MERCHANT} ${account}`);
    const { engine } = this.#made.trial.shop;
    const position = this.frames.length;
    for (let second = 0; second <= ALARM_MS / 1_000; second++) {
      const asked = this.watched.reconciler.asks(10);
      const balances = await Promise.all(
        asked.map(async ({ merchant, account }) => {
          const { version, available } = await engine.account(account);
          return { merchant, account, version, position, available: available + (wrong.includes(account) ? 1 : 0) };
        }),
      );
      this.watched.reconciler.heard(balances, []);
      await this.#look(1_000);
    }
  }

  /** Each planted thing has its breach, in time, and no other breach was told. */
  compare(): void {
    const left = [...this.watched.told.keys()];
    for (const { what, subjects, atMs } of this.planted) {
      const found = left.find((at) => {
        const { breach } = this.watched.told[at] as (typeof this.watched.told)[number];
        return breach.subjects.some((subject) => subjects.includes(subject));
      });
      expect([what, subjects, found === undefined ? 'not told' : 'told']).toEqual([what, subjects, 'told']);
      left.splice(left.indexOf(found as number), 1);
      expect(this.#toldMs[found as number]).toBeLessThanOrEqual(atMs + ALARM_MS);
    }
    expect(left.map((at) => this.watched.told[at]?.breach.detail)).toEqual([]);
  }

  async #look(ms: number): Promise<void> {
    await this.watched.books.flush();
    await this.watched.pass(ms);
    while (this.#toldMs.length < this.watched.told.length) this.#toldMs.push(this.watched.nowMs);
  }

  #plantFact(what: string, fact: OrderStepped | VoucherPosted, seq: number, index: number, changed: typeof fact): void {
    this.frames[seq - 1] = withFact(this.frames[seq - 1] as Uint8Array, index, () => changed);
    const subjects = [`business ${MERCHANT} ${businessOf(fact)}`, `fact ${seq} ${index}`];
    // What it says of an account may not be what the books have: that is this planting, too.
    for (const one of [fact, changed]) {
      if (one.kind === 21) for (const { account, version } of one.lines) this.#blocks.add(blockOf(account, version));
    }
    this.planted.push({ what, subjects, atMs: seq * FRAME_MS });
  }

  #note(what: string, subject: string): void {
    this.planted.push({ what, subjects: [subject], atMs: this.watched.nowMs });
  }

  /** One planted thing for each trade. */
  #isFree(fact: OrderStepped | VoucherPosted): boolean {
    const business = businessOf(fact);
    if (this.#taken.has(business)) return false;
    this.#taken.add(business);
    return true;
  }

  /** And one for each block of the books. */
  #isFreeBlock(account: string, version: number): boolean {
    const block = blockOf(account, version);
    if (this.#blocks.has(block)) return false;
    this.#blocks.add(block);
    return true;
  }
}

test(`each of ${TRIALS * OF_EACH * 4} planted corruptions is told once and in time, FLORIN_SEED=${SEED}`, async () => {
  const counts = new Map<string, number>();
  for (let trial = 0; trial < TRIALS; trial++) {
    const made = await randomOrders(SEED + trial, PAYMENTS);
    const planting = new Planting(made, chanceFrom(SEED + trial + 1_000));
    onTestFinished(() => planting.watched.close());
    const { steps, vouchers } = ordersOf(made.frames);
    planting.steps(steps);
    planting.vouchers(vouchers);
    await planting.follow();
    await planting.entries(vouchers);
    await planting.balances(vouchers);
    await planting.end(vouchers);
    planting.compare();
    for (const { what } of planting.planted) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  console.info(`planted.test.ts: FLORIN_SEED=${SEED}`, Object.fromEntries(counts));
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(TRIALS * OF_EACH * 4);
}, 240_000);
