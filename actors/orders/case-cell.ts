// Case actor. Owns one case: reminds of it until two people have decided, then tells the order that it is about.
//
// A1. Who proposed does not decide.

import type { Context } from '../../src/domain/context.ts';
import type { Account } from '../../src/domain/accounts.ts';
import { accountIn, judgeAccountDecision } from '../../src/domain/orders/account-decision.ts';
import { judgeSecondPerson } from '../../src/domain/orders/approvals.ts';
import type { Case } from '../../src/domain/orders/case.ts';
import {
  decisionDrafts,
  isDifference,
  isTold,
  judgeDecision,
  setsAside,
  type AboutDifference,
} from '../../src/domain/orders/difference.ts';
import { makeId } from '../../src/domain/ids.ts';
import { numberOf, type Refusal } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { OrderCell } from './order-cell.ts';
import { DecideCase, ReadOrder } from './order-commands.ts';
import { logOrder } from './order-log.ts';
import { CaseDecided, OrderDue } from './order-messages.ts';
import { isBooked, rememberBooked } from './stranger.ts';

const NOT_OPEN = numberOf('case_not_open');
const SAME_PERSON = numberOf('same_person_approval');

/** Whose a case is until somebody takes it. */
const FIRST_OWNER = 'operations';

/** A case that nobody looks at is told of again after this time, ms: a day. */
const REMINDER_MS = 86_400_000;

export type NewCase = Pick<Case, 'type' | 'order' | 'amount' | 'currency' | 'detail'> &
  Partial<Pick<Case, 'reference'>>;

/** Opens a case about an order of the same identity. */
export function openCase(about: OrderCell, context: Context, found: NewCase): void {
  const opened = newCase(about.origin, found);
  opened.state(context);
  logOrder(opened, 'case_opened', context);
}

/** A case that nobody has stated yet. */
export function newCase({ desk, merchant, business, traceId }: OrderCell['origin'], found: NewCase): CaseCell {
  const { timeMs } = desk.commit;
  const order: Case = {
    kind: 'case',
    id: makeId('cas', timeMs, desk.entropy()),
    createdAtMs: timeMs,
    version: 0,
    dueMs: timeMs + REMINDER_MS,
    vouchers: [],
    reference: '',
    ...found,
    owner: FIRST_OWNER,
    status: 'open',
    decision: '',
    proposedBy: '',
    decidedBy: '',
  };
  return new CaseCell(desk, { order, business, merchant, traceId, seq: 0 });
}

export class CaseCell extends OrderCell<Case> {
  receive(message: Message): void {
    if (message instanceof DecideCase) this.#decide(message);
    else if (message instanceof OrderDue) this.#remind(message.context);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`a case cannot handle ${message.constructor.name}`);
  }

  #decide(command: DecideCase): void {
    const { context, decision } = command;
    const person = context.by;
    const { status, proposedBy } = this.order;
    if (status === 'resolved') return this.refuse(command, NOT_OPEN);
    const refused = decision === '' ? null : this.#judge(decision);
    if (refused) return this.refuse(command, numberOf(refused));
    if (decision === '' && (status !== 'proposed' || judgeSecondPerson(proposedBy, person) !== null))
      return this.refuse(command, SAME_PERSON);
    if (decision === '') {
      // What could be done when it was proposed may have been done since: by a callback, by another case.
      const late = this.#judge(this.order.decision);
      if (late) return this.refuse(command, numberOf(late));
      this.change({ status: 'resolved', decidedBy: person, dueMs: 0 });
      this.#resolve(context, command);
      return;
    }
    this.change({ status: 'proposed', decision, proposedBy: person, dueMs: this.#reminderMs() });
    this.#told(context, command);
  }

  /** Of a difference a decision books something; of anything else its order knows what it does. */
  #resolve(context: Context, command: DecideCase): void {
    const { type } = this.order;
    if (!isDifference(type)) return this.#told(context, command);
    const about = this.#about();
    this.book(context, decisionDrafts(this.order, about), ({ verdict, posted }) => {
      this.must(verdict);
      this.change({ vouchers: posted });
      this.#told(context, command);
      const [voucher] = posted;
      const { reference } = this.order;
      if (voucher && reference !== '')
        rememberBooked(this.desk, this.contextOf(context), about.channel, reference, voucher);
      const { id, amount, currency } = this.order;
      const detail = `${-amount} ${currency} that only we have was set aside by ${id}: found again, or to be written off.`;
      if (setsAside(this.order)) openCase(this, context, { type, order: id, amount, currency, detail });
    });
  }

  /** Its next fact, and who hears of it. */
  #told(context: Context, command: DecideCase): void {
    const { keyed } = command;
    this.state(context, keyed);
    logOrder(this, this.order.status === 'resolved' ? 'case_resolved' : 'case_proposed', context);
    this.answer(command);
    if (this.order.status === 'resolved' && this.#isForItsOrder()) {
      this.tell(this.order.order, new CaseDecided(context, this.order));
    }
  }

  #isForItsOrder(): boolean {
    const { type, order } = this.order;
    if (order === '' || type === 'books_breach') return false;
    return !isDifference(type) || isTold(this.order);
  }

  /** Of most that is no difference the order itself says what it makes of a decision. */
  #judge(decision: string): Refusal | null {
    const { type, currency } = this.order;
    if (type === 'account_closed') return judgeAccountDecision(decision, currency, this.#account(accountIn(decision)));
    return isDifference(type) ? judgeDecision(this.order, this.#about(), decision) : null;
  }

  #account(id: string): Account | undefined {
    return id === '' ? undefined : this.desk.accounts.find(this.merchant, id)?.account;
  }

  #about(): AboutDifference {
    const { order: id, reference } = this.order;
    const order = id === '' ? null : (this.desk.orders.find(this.merchant, id)?.order ?? null);
    const channelOrder = order?.kind === 'channel_order' ? order : null;
    const before = order?.kind === 'case' ? order : null;
    const channel = channelOrder?.channel ?? this.#channelBefore(before) ?? this.origin.business.payOrg;
    const booked = reference !== '' && isBooked(this.desk, this.merchant, channel, reference);
    return { channel, order: channelOrder, before, isBooked: booked };
  }

  /** Money that was set aside came of the difference that this names. */
  #channelBefore(before: Case | null): string | null {
    if (before === null || before.order === '') return null;
    const order = this.desk.orders.find(this.merchant, before.order)?.order;
    return order?.kind === 'channel_order' ? order.channel : null;
  }

  #remind(context: Context): void {
    this.change({ dueMs: this.#reminderMs() });
    this.state(context);
  }

  #reminderMs(): number {
    return this.desk.commit.timeMs + REMINDER_MS;
  }
}
