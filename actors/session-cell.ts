// Session actor. One per connection: takes its commands in the order of sending and hands each to the actor that it
// concerns. Answers requests whose idempotency key was used before.
//
// K1. A key means one request: the same again gets the first answer, another one is refused. K2. Only effects are
// remembered, and keys of requests whose effect was there already under their name: what was refused is judged anew.

import { FACT_KIND, type Fact, type TransferFact } from '../src/domain/facts.ts';
import type { AccountView } from '../src/domain/accounts.ts';
import { numberOf } from '../src/domain/refusals.ts';
import { changedAccount } from './account-facts.ts';
import { newAccount } from './accounts.ts';
import { BatchCell } from './batch-cell.ts';
import {
  ChangeAccount,
  ListAccounts,
  MakeTransfer,
  OpenAccount,
  ReadAccount,
  ReadTransfer,
  ReverseTransfer,
  RunBatch,
  SettleHold,
  type Command,
  type Dated,
  type RequestKey,
} from './commands.ts';
import type { Desk } from './desk.ts';
import type { Found } from './names.ts';
import type { Begin, Operation, Requester } from './operation.ts';
import { listAccounts, readTransfer } from './reading.ts';
import { FindTrade, ListCases, OrderCommand, ReadTree } from './orders/order-commands.ts';
import { shownStep } from './orders/first-answer.ts';
import { findTrade, readTree } from './orders/order-reading.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { ReadSwitches, TurnSwitch } from './switch-commands.ts';
import { dated, type Immediate } from './transfers.ts';

const KEY_REUSED = numberOf('idempotency_key_reused');
const ACCOUNT_NOT_FOUND = numberOf('account_not_found');

export class SessionCell extends Cell {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
  }

  receive(message: Message): void {
    const command = message as Command;
    if (command instanceof RunBatch) this.#batch(command);
    else if (command instanceof MakeTransfer || command instanceof SettleHold) this.#transfer(command);
    else if (command instanceof OpenAccount) this.#open(command);
    else if (command instanceof ChangeAccount || command instanceof ReadAccount) this.#toAccount(command);
    else if (command instanceof ReverseTransfer) this.#reverse(command);
    else if (command instanceof OrderCommand) this.#order(command);
    else if (command instanceof TurnSwitch) this.#desk.switches.turn(command);
    else if (command instanceof ReadSwitches) this.#desk.switches.read(command);
    else this.#read(command);
  }

  #batch(command: RunBatch): void {
    if (this.#answeredBefore(command, command.keyed)) return;
    this.#desk.dispatcher.send(new BatchCell(this.#desk, command), command);
  }

  #transfer(command: MakeTransfer | SettleHold): void {
    if (this.#answeredBefore(command, command.keyed)) return;
    const { context, keyed } = command;
    const begin: Begin = { context, keyed, unit: null, requester: new Single(this.#desk, command) };
    const { transfers } = this.#desk;
    const immediate =
      command instanceof MakeTransfer
        ? transfers.make(command.request, begin)
        : transfers.settle(command.request, begin);
    if (immediate) this.#answer(command, immediate);
  }

  #order(command: OrderCommand): void {
    if (this.#answeredBefore(command, command.keyed)) return;
    this.#desk.orders.begin(command);
  }

  #reverse(command: ReverseTransfer): void {
    if (this.#answeredBefore(command, command.keyed)) return;
    const { context, keyed, request } = command;
    const begin: Begin = { context, keyed, unit: null, requester: new Single(this.#desk, command) };
    const immediate = this.#desk.transfers.reverse(request, begin);
    if (!immediate) return;
    command.verdict = immediate.verdict;
    this.#desk.commit.after(command);
  }

  #answer(command: MakeTransfer | SettleHold, immediate: NonNullable<Immediate>): void {
    command.verdict = immediate.verdict;
    if (immediate.earlier) this.#answerByName(command, immediate.earlier);
    this.#desk.commit.after(command);
  }

  /** The effect is there under the request's name; its key, if it has one, is new and means this request from now on. */
  #answerByName(command: MakeTransfer | SettleHold, earlier: Dated<TransferFact>): void {
    const { context, keyed } = command;
    const { seq: answerSeq, index: answerIndex } = earlier;
    command.replayed = true;
    command.position = answerSeq;
    command.transfer = earlier;
    if (keyed.key === '') return;
    this.#desk.emit({ kind: FACT_KIND.keyRemembered, context, ...keyed, answerSeq, answerIndex });
  }

  #open(command: OpenAccount): void {
    if (this.#answeredBefore(command, command.keyed)) return;
    this.#desk.accounts.open(command);
    this.#desk.commit.after(command);
  }

  #toAccount(command: ChangeAccount | ReadAccount): void {
    if (command instanceof ChangeAccount && this.#answeredBefore(command, command.keyed)) return;
    const id = command instanceof ReadAccount ? command.id : command.request.id;
    const cell = this.#desk.accounts.find(command.context.merchant, id);
    if (cell) {
      this.#desk.dispatcher.send(cell, command);
      return;
    }
    command.verdict = ACCOUNT_NOT_FOUND;
    this.#desk.commit.after(command);
  }

  #read(command: Command): void {
    if (command instanceof ReadTransfer) readTransfer(this.#desk, command);
    else if (command instanceof ListAccounts) listAccounts(this.#desk, command);
    else if (command instanceof FindTrade) findTrade(this.#desk, command);
    else if (command instanceof ReadTree) readTree(this.#desk, command);
    else if (command instanceof ListCases) this.#desk.orders.cases.list(this.#desk, command);
    else throw new Error(`a session cannot handle ${command.constructor.name}`);
    this.#desk.commit.after(command);
  }

  /** True when the key was used before: the command then has its answer. */
  #answeredBefore(command: Command, keyed: RequestKey): boolean {
    if (keyed.key === '') return false;
    const found = this.#desk.names.findKey(command.context.merchant, keyed.key);
    if (!found) return false;
    if (found.fact.fingerprint === keyed.fingerprint) answerAgain(command, this.#answerOf(found));
    else command.verdict = KEY_REUSED;
    this.#desk.commit.after(command);
    return true;
  }

  /** The fact that has the answer: the one that was found, or the one that it remembers. */
  #answerOf(found: Found): Found {
    const { fact } = found;
    if (fact.kind !== FACT_KIND.keyRemembered) return found;
    const frame = this.#desk.history.frame(fact.answerSeq);
    const answer = frame?.facts[fact.answerIndex];
    if (!frame || !answer) throw new Error(`journal has no fact ${fact.answerIndex} in frame ${fact.answerSeq}`);
    return { fact: answer, frame, index: fact.answerIndex };
  }
}

/** Whoever waits for a single transfer. */
class Single implements Requester {
  readonly #desk: Desk;
  readonly #command: MakeTransfer | SettleHold | ReverseTransfer;

  constructor(desk: Desk, command: MakeTransfer | SettleHold | ReverseTransfer) {
    this.#desk = desk;
    this.#command = command;
  }

  operationDone(operation: Operation): void {
    const { commit } = this.#desk;
    this.#command.verdict = operation.verdict;
    if (operation.fact) {
      this.#command.transfer = {
        fact: operation.fact,
        timeMs: commit.timeMs,
        seq: commit.seq,
        index: commit.gathered - 1,
      };
    }
    commit.after(this.#command);
  }
}

/** The first answer again; the fingerprint has made sure that it is for the same sort of command. */
function answerAgain(command: Command, found: Found): void {
  const { fact, frame } = found;
  command.replayed = true;
  command.position = frame.seq;
  if (command instanceof MakeTransfer || command instanceof SettleHold || command instanceof ReverseTransfer)
    command.transfer = dated(found);
  else if (command instanceof OpenAccount || command instanceof ChangeAccount) command.account = accountIn(fact, found);
  else if (command instanceof OrderCommand && fact.kind === FACT_KIND.orderStepped)
    command.shown = shownStep(fact, frame.timeMs);
  else if (command instanceof RunBatch && fact.kind === FACT_KIND.batchAnswered) command.results = [...fact.results];
}

function accountIn(fact: Fact, { frame }: Found): AccountView {
  if (fact.kind === FACT_KIND.accountOpened) return newAccount(fact, frame.timeMs, frame.seq);
  if (fact.kind === FACT_KIND.accountChanged || fact.kind === FACT_KIND.accountRuled)
    return changedAccount(fact, frame.timeMs, frame.seq);
  throw new Error('an account was expected');
}
