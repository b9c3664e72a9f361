// Fact watch. Takes the facts of orders and vouchers frame by frame and says what of them must never be. It shares no
// arithmetic with the engine or the books, only the names of things.
//
// F1. A frame is taken once; one that is only read again after a crash gives its lines to be looked for and nothing else.

import type { OrderStepped, VoucherLine, VoucherPosted } from '../../domain/order-facts.ts';
import { follow, type Head, type Standing } from './account-heads.ts';
import { businessOf, businessSubject, type Breach, type Invariant } from './breach.ts';
import { EFFECT, type Sorts } from './movements.ts';
import { OrderWatch, type OrderRows } from './order-watch.ts';
import type { Rows } from './rows.ts';
import { judgeVoucher } from './voucher-rule.ts';

/** Lines of wrong vouchers that are remembered: each is missing somewhere soon, or nowhere. */
const STRAYS_MAX = 64;

export type PickedFact = { readonly index: number; readonly fact: OrderStepped | VoucherPosted };

export type WatchedLine = {
  readonly fact: VoucherPosted;
  readonly index: number;
  readonly line: VoucherLine;
  readonly sorts: Sorts;
};

export type FactWatchOptions = OrderRows & {
  readonly heads: Rows<Head>;
  readonly report: (breach: Breach) => void;
  /** A line to be looked for in the books. */
  readonly line: (line: WatchedLine) => void;
};

export class FactWatch {
  readonly #heads: Rows<Head>;
  readonly #orders: OrderWatch;
  readonly #report: (breach: Breach) => void;
  readonly #line: (line: WatchedLine) => void;
  #strays: readonly Standing[] = [];

  constructor({ heads, report, line, ...rows }: FactWatchOptions) {
    this.#heads = heads;
    this.#orders = new OrderWatch(rows, report);
    this.#report = report;
    this.#line = line;
  }

  /** Facts of the frame after the last one. */
  frame(seq: number, facts: readonly PickedFact[]): void {
    const moved = new Map<string, number>();
    let last: VoucherPosted | null = null;
    let isSound = true;
    for (const { index, fact } of facts) {
      if (fact.kind === 20) {
        this.#orders.step(fact, seq);
        continue;
      }
      last = fact;
      isSound = this.#voucher(seq, index, fact) && isSound;
      for (const { action, amount } of fact.lines) {
        moved.set(fact.currency, (moved.get(fact.currency) ?? 0) + EFFECT[action].moved * amount);
      }
    }
    for (const [currency, sum] of moved) {
      if (sum !== 0 && last && isSound) this.#found(seq, 0, last, 'frame_sum', `${sum} ${currency} came from nowhere`);
    }
    this.#orders.frameEnded(seq);
  }

  /** A frame that was taken before, in an earlier life (F1). */
  again(facts: readonly PickedFact[]): void {
    for (const { index, fact } of facts) if (fact.kind === 21) this.#lines(index, fact, judgeVoucher(fact).sorts);
  }

  /** False for one that is not what its template says. */
  #voucher(seq: number, index: number, fact: VoucherPosted): boolean {
    const { fault, sorts } = judgeVoucher(fact);
    if (fault) this.#found(seq, index, fact, fault.invariant, fault.why);
    const { merchant } = fact.context;
    for (const line of fact.lines) {
      const why = follow(this.#heads, merchant, line, this.#strays);
      if (why !== null) this.#found(seq, index, fact, 'account_follows', `${line.account}: ${why}`, line);
    }
    if (fault) this.#remember(fact.lines);
    this.#orders.voucher(fact, seq);
    this.#lines(index, fact, sorts);
    return fault === null;
  }

  #remember(lines: readonly VoucherLine[]): void {
    const strays = lines.map(({ version, available }): Standing => [version, available]);
    this.#strays = [...this.#strays, ...strays].slice(-STRAYS_MAX);
  }

  /** What is no voucher of a template has no lines that could be looked for. */
  #lines(index: number, fact: VoucherPosted, sorts: readonly Sorts[]): void {
    fact.lines.forEach((line, place) => {
      const own = sorts[place];
      if (own) this.#line({ fact, index, line, sorts: own });
    });
  }

  #found(
    seq: number,
    index: number,
    fact: VoucherPosted,
    invariant: Invariant,
    why: string,
    line: VoucherLine | undefined = fact.lines[0],
  ): void {
    const { merchant, business } = fact.context;
    const { order, code, currency } = fact;
    const subject = businessSubject(merchant, businessOf(business, order));
    const content = `${invariant} ${subject} ${seq} ${index}`;
    const detail = `${code} of ${order}, fact ${index} of frame ${seq}: ${why}.`;
    const { account = '', amount = 0 } = line ?? {};
    // prettier-ignore
    this.#report({ content, invariant, subjects: [subject], merchant, business, order, account, amount, currency, detail });
  }
}
