// Visits. What somebody outside the partition may ask of one cell through its nact reference, and how it gets there.
//
// W1. A visit is a command like any other: it counts as work in flight, begins when nothing else is running, and is
// answered with a copy, after everything in the copy is durable. W2. A message that is no visit, or that lacks a
// context of the cell's own merchant, is a dead letter: counted, never kept or shown.

import type { Account } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import { ALLOWED, numberOf, refusalOf, type Refusal, type Verdict } from '../src/domain/refusals.ts';
import { AccountCell } from './account-cell.ts';
import { ReadAccount, type Command } from './commands.ts';
import type { Desk } from './desk.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { InspectTransfer, TransferCell, type TransferState } from './transfer-cell.ts';

/** Asks for a copy of what the cell holds. */
export type Inspect = { readonly type: 'inspect'; readonly context: Context };

/** The copy, or why there is none. */
export type Inspected<State> = State | { readonly refused: Refusal };

/** Where a cell lives in its partition. */
export type Place = { readonly branch: 'accounts' | 'transfers'; readonly merchant: string; readonly id: string };

type Reply = (answer: Inspected<Account> | Inspected<TransferState>) => void;

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');
const TRANSFER_NOT_FOUND = numberOf('transfer_not_found');

export class Visits {
  readonly #desk: Desk;
  readonly #intake: VisitCell;
  readonly #submit: (intake: Cell, command: Command) => void;
  /** Messages that were no visits. */
  deadLetters = 0;

  constructor(desk: Desk, submit: (intake: Cell, command: Command) => void) {
    this.#desk = desk;
    this.#intake = new VisitCell(desk);
    this.#submit = submit;
  }

  /** True when there is such an account or transfer; it is in memory then. */
  has({ branch, merchant, id }: Place): boolean {
    return this.#desk[branch].find(merchant, id) !== null;
  }

  /** Lets the cell go, if it may; the next visit brings it back. */
  stop({ branch, merchant, id }: Place): void {
    this.#desk[branch].stop(merchant, id);
  }

  /** Null for a cell that nobody outside can visit. */
  placeOf(cell: Cell): Place | null {
    if (cell instanceof AccountCell)
      return { branch: 'accounts', merchant: cell.account.merchant, id: cell.account.id };
    if (!(cell instanceof TransferCell)) return null;
    return { branch: 'transfers', merchant: cell.transfer.merchant, id: cell.transfer.id };
  }

  /** Begins a visit. `reply` is called once, but never for a dead letter. */
  begin({ branch, merchant, id }: Place, message: unknown, reply: Reply): void {
    if (!isInspect(message) || message.context.merchant !== merchant) {
      this.deadLetters += 1;
      return;
    }
    const { context } = message;
    const command =
      branch === 'accounts'
        ? new ReadAccount(context, id, ({ verdict, account }) => reply(inspected(verdict, account)))
        : new InspectTransfer(context, id, ({ verdict, transfer }) => reply(inspected(verdict, transfer)));
    this.#submit(this.#intake, command);
  }
}

/** The door for visits: looks for the cell when it is the visit's turn, because it may have left meanwhile. */
class VisitCell extends Cell {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
  }

  receive(message: Message): void {
    const { accounts, transfers } = this.#desk;
    if (message instanceof ReadAccount)
      this.#lead(message, accounts.find(message.context.merchant, message.id), ACCOUNT_NOT_FOUND);
    else if (message instanceof InspectTransfer)
      this.#lead(message, transfers.find(message.context.merchant, message.id), TRANSFER_NOT_FOUND);
    else throw new Error(`a visit cannot be a ${message.constructor.name}`);
  }

  #lead(visit: Command, cell: Cell | null, notFound: Verdict): void {
    if (cell) {
      this.#desk.dispatcher.send(cell, visit);
      return;
    }
    visit.verdict = notFound;
    this.#desk.commit.after(visit);
  }
}

function inspected<State>(verdict: Verdict, copy: State | null): Inspected<State> {
  return verdict === ALLOWED && copy ? copy : { refused: refusalOf(verdict) };
}

function isInspect(message: unknown): message is Inspect {
  const { type, context } = (message ?? {}) as { type?: unknown; context?: Partial<Context> };
  return type === 'inspect' && context?.version === 1 && typeof context.requestId === 'string';
}
