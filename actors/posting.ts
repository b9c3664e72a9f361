// Posting. Vouchers of an order on their way: from the order to the accounts of each line, once to be admitted and once
// to move, and back. It is in one mailbox at a time, and states one fact a voucher.
//
// G1. All vouchers happen or none does: nobody moves before everybody was asked. G2. Each line is judged as if those
// before it had happened, whichever voucher they are of. G3. Nothing else moves an account between
// its answer and its move (dispatcher, D1), so an order begins the next posting only when this one is done.
// G4. A payee is credited at once: its rule of crediting is for transfers, and an order has its own accounts between.

import type { Account } from '../src/domain/accounts.ts';
import type { VoucherRequest } from '../src/domain/books/order-voucher.ts';
import type { Context } from '../src/domain/context.ts';
import { FACT_KIND } from '../src/domain/facts.ts';
import { houseKindOf, isHouse } from '../src/domain/house-accounts.ts';
import type { FactPosition } from '../src/domain/ids.ts';
import type { VoucherLine } from '../src/domain/order-facts.ts';
import { applyLine, isBalanced, refuseLine, type PostingLine } from '../src/domain/posting-lines.ts';
import { ALLOWED, firstOf, numberOf, type Verdict } from '../src/domain/refusals.ts';
import type { Desk } from './desk.ts';
import type { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');

/** Who is told the outcome, in the turn in which it came about. */
export type PostingRequester = { readonly postingsDone: (posting: Posting) => void };

/** One line of one voucher, and whose it is. */
type Placed = { readonly voucher: VoucherRequest; readonly line: PostingLine; readonly cell: Cell };

export class Posting extends Message {
  readonly vouchers: readonly VoucherRequest[];
  readonly #requester: PostingRequester;
  /** ALLOWED, or why none of them happened. */
  verdict: Verdict = ALLOWED;
  /** Where the facts of the vouchers stand, in their order; empty when none happened. */
  readonly posted: FactPosition[] = [];
  /** All lines in their order, and which of them is at its account now, and what for. */
  readonly #lines: Placed[] = [];
  #at = 0;
  #moving = false;
  /** Of the voucher that is moving. */
  #moved: VoucherLine[] = [];

  constructor(context: Context, vouchers: readonly VoucherRequest[], requester: PostingRequester) {
    super(context);
    this.vouchers = vouchers;
    this.#requester = requester;
  }

  /**
   * Sets out. Where no account has to be asked (no voucher, or one of an account that is not there) the requester is told
   * before this returns. @throws Error for a voucher that does not balance: no template makes one
   */
  begin(desk: Desk): void {
    for (const voucher of this.vouchers) {
      if (!isBalanced(voucher.lines)) throw new Error(`voucher ${voucher.code} of ${voucher.order} does not balance`);
    }
    this.verdict = this.#provide(desk);
    if (this.verdict !== ALLOWED || this.vouchers.length === 0) return this.#requester.postingsDone(this);
    for (const voucher of this.vouchers) for (const line of voucher.lines) this.#place(desk, voucher, line);
    this.#send(desk);
  }

  /** True when the account is to move; before that it is asked whether it would. */
  get isMoving(): boolean {
    return this.#moving;
  }

  /** The line that is at its account now. */
  get line(): PostingLine {
    return this.#here.line;
  }

  /** What the account of this line says to it; lines before it count as if they had moved it. */
  ask(account: Account & { copy(): Account }): void {
    const { cell, line, voucher } = this.#here;
    let asked: Account = account;
    for (let before = 0; before < this.#at; before++) {
      const earlier = this.#lines[before] as Placed;
      if (earlier.cell !== cell) continue;
      if (asked === account) asked = account.copy();
      applyLine(asked, earlier.line);
    }
    this.verdict = firstOf(this.verdict, refuseLine(asked, line, voucher.currency));
  }

  /** What the account of this line has after it has moved. */
  move({ version, available }: Account): void {
    const { account, action, amount } = this.line;
    this.#moved.push({ account, action, amount, version, available });
  }

  /** On to the next line; after the last of a voucher to move it is stated. */
  goOn(desk: Desk): void {
    const { voucher } = this.#here;
    this.#at += 1;
    const next = this.#lines[this.#at];
    if (this.#moving && next?.voucher !== voucher) this.#state(desk, voucher);
    if (next) return this.#send(desk);
    if (this.#moving || this.verdict !== ALLOWED) return this.#requester.postingsDone(this);
    this.#at = 0;
    this.#moving = true;
    this.#send(desk);
  }

  get #here(): Placed {
    return this.#lines[this.#at] as Placed;
  }

  #send(desk: Desk): void {
    desk.dispatcher.send(this.#here.cell, this);
  }

  #state(desk: Desk, { code, segment, occurrence, order, currency, reverses }: VoucherRequest): void {
    const lines = this.#moved;
    this.#moved = [];
    // prettier-ignore
    desk.emit({ kind: FACT_KIND.voucherPosted, context: this.context, code, segment, occurrence, order, currency, lines, reverses, key: '', fingerprint: '' });
    this.posted.push({ seq: desk.commit.seq, index: desk.commit.gathered - 1 });
  }

  #place(desk: Desk, voucher: VoucherRequest, line: PostingLine): void {
    const cell = desk.accounts.find(this.context.merchant, line.account);
    if (!cell) throw new Error(`account ${line.account} is gone`);
    this.#lines.push({ voucher, line, cell });
  }

  /** Opens the accounts of the house that are not there yet, but only when all others are. */
  #provide(desk: Desk): Verdict {
    const { accounts } = desk;
    const { merchant } = this.context;
    const absent: (readonly [account: string, currency: string])[] = [];
    for (const { lines, currency } of this.vouchers) {
      for (const { account } of lines) if (!accounts.find(merchant, account)) absent.push([account, currency]);
    }
    if (!absent.every(([account]) => isHouse(account))) return ACCOUNT_NOT_FOUND;
    for (const [account, currency] of absent) {
      if (accounts.find(merchant, account)) continue;
      accounts.found(account, currency, houseKindOf(account), this.context, Infinity);
    }
    return ALLOWED;
  }
}
