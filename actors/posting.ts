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

export class Posting extends Message {
  readonly vouchers: readonly VoucherRequest[];
  readonly #requester: PostingRequester;
  /** ALLOWED, or why the voucher at `refusedAt` did not happen. */
  verdict: Verdict = ALLOWED;
  /** Place in `vouchers` of the first that was refused; −1 for none. */
  refusedAt = -1;
  /** Where the facts of the vouchers that happened stand, in their order. */
  readonly posted: FactPosition[] = [];
  /** Which line of which voucher is at its account now, and what for. */
  #voucher = 0;
  #line = 0;
  #moving = false;
  /** Of the lines of this voucher. */
  readonly #cells: Cell[] = [];
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
    const voucher = this.vouchers[this.#voucher];
    if (!voucher) return this.#requester.postingsDone(this);
    if (!isBalanced(voucher.lines)) throw new Error(`voucher ${voucher.code} of ${voucher.order} does not balance`);
    this.verdict = this.#find(desk, voucher);
    if (this.verdict !== ALLOWED) return this.#refuse();
    this.#line = 0;
    this.#moving = false;
    this.#send(desk);
  }

  /** True when the account is to move; before that it is asked whether it would. */
  get isMoving(): boolean {
    return this.#moving;
  }

  /** The line that is at its account now. */
  get line(): PostingLine {
    return this.#request.lines[this.#line] as PostingLine;
  }

  /** What the account of this line says to it; lines of the same voucher before it count as if they had moved it. */
  ask(account: Account & { copy(): Account }): void {
    const { lines, currency } = this.#request;
    let asked: Account = account;
    for (let before = 0; before < this.#line; before++) {
      const line = lines[before] as PostingLine;
      if (line.account !== account.id) continue;
      if (asked === account) asked = account.copy();
      applyLine(asked, line);
    }
    this.verdict = firstOf(this.verdict, refuseLine(asked, this.line, currency));
  }

  /** What the account of this line has after it has moved. */
  move({ version, available }: Account): void {
    const { account, action, amount } = this.line;
    this.#moved.push({ account, action, amount, version, available });
  }

  /** On to the next line; after the last to move the voucher has happened, and the next one begins. */
  goOn(desk: Desk): void {
    this.#line += 1;
    if (this.#line < this.#cells.length) return this.#send(desk);
    if (this.#moving) return this.#state(desk);
    if (this.verdict !== ALLOWED) return this.#refuse();
    this.#line = 0;
    this.#moving = true;
    this.#send(desk);
  }

  get #request(): VoucherRequest {
    return this.vouchers[this.#voucher] as VoucherRequest;
  }

  #send(desk: Desk): void {
    desk.dispatcher.send(this.#cells[this.#line] as Cell, this);
  }

  #state(desk: Desk): void {
    const { code, segment, occurrence, order, currency, reverses } = this.#request;
    const lines = this.#moved;
    this.#moved = [];
    // prettier-ignore
    desk.emit({ kind: FACT_KIND.voucherPosted, context: this.context, code, segment, occurrence, order, currency, lines, reverses, key: '', fingerprint: '' });
    this.posted.push({ seq: desk.commit.seq, index: desk.commit.gathered - 1 });
    this.#voucher += 1;
    this.begin(desk);
  }

  #refuse(): void {
    this.refusedAt = this.#voucher;
    this.#requester.postingsDone(this);
  }

  /** The accounts of a voucher. Those of the house are opened, but only when all others are there. */
  #find(desk: Desk, voucher: VoucherRequest): Verdict {
    const { lines, currency } = voucher;
    const { accounts } = desk;
    const { merchant } = this.context;
    this.#cells.length = 0;
    for (const { account } of lines) {
      const cell = accounts.find(merchant, account);
      if (cell) this.#cells.push(cell);
    }
    if (this.#cells.length === lines.length) return ALLOWED;
    const absent = lines.filter(({ account }) => !accounts.find(merchant, account));
    if (!absent.every(({ account }) => isHouse(account))) return ACCOUNT_NOT_FOUND;
    for (const { account } of absent) {
      if (accounts.find(merchant, account)) continue;
      accounts.found(account, currency, houseKindOf(account), this.context, Infinity);
    }
    return this.#find(desk, voucher);
  }
}
