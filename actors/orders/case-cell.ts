// Case actor. Owns one case: reminds of it until two people have decided, then tells the order that it is about.
//
// A1. Who proposed does not decide.

import type { Context } from '../../src/domain/context.ts';
import { judgeSecondPerson } from '../../src/domain/orders/approvals.ts';
import type { Case } from '../../src/domain/orders/case.ts';
import { makeId } from '../../src/domain/ids.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { OrderCell } from './order-cell.ts';
import { DecideCase, ReadOrder } from './order-commands.ts';
import { logOrder } from './order-log.ts';
import { CaseDecided, OrderDue } from './order-messages.ts';

const NOT_OPEN = numberOf('case_not_open');
const SAME_PERSON = numberOf('same_person_approval');

/** Whose a case is until somebody takes it. */
const FIRST_OWNER = 'operations';

/** A case that nobody looks at is told of again after this time, ms: a day. */
const REMINDER_MS = 86_400_000;

export type NewCase = Pick<Case, 'type' | 'order' | 'amount' | 'currency' | 'detail'>;

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
    const { context, keyed, decision } = command;
    const person = context.by;
    const { status, proposedBy } = this.order;
    if (status === 'resolved') return this.refuse(command, NOT_OPEN);
    if (decision === '' && (status !== 'proposed' || judgeSecondPerson(proposedBy, person) !== null))
      return this.refuse(command, SAME_PERSON);
    if (decision === '') this.change({ status: 'resolved', decidedBy: person, dueMs: 0 });
    else this.change({ status: 'proposed', decision, proposedBy: person, dueMs: this.#reminderMs() });
    this.state(context, keyed);
    logOrder(this, this.order.status === 'resolved' ? 'case_resolved' : 'case_proposed', context);
    this.answer(command);
    const isTold = this.order.order !== '' && this.order.type !== 'books_breach';
    if (this.order.status === 'resolved' && isTold) {
      this.tell(this.order.order, new CaseDecided(context, this.order));
    }
  }

  #remind(context: Context): void {
    this.change({ dueMs: this.#reminderMs() });
    this.state(context);
  }

  #reminderMs(): number {
    return this.desk.commit.timeMs + REMINDER_MS;
  }
}
