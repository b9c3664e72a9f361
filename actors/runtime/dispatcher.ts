// Dispatcher. Decides whose turn it is.
//
// D1. What has begun is finished before anything new begins: messages between cells (`send`) run until none is left,
// then one new message (`admit`) is taken. So each request sees the whole effect of the one before it and nothing of
// the one after it, and a batch of facts never ends in the middle of a transfer.
// D2. New messages of one cell are taken in order; cells with new messages take turns.
// D3. A cell that keeps getting messages yields after `fairness` of them.

import type { Cell } from './cell.ts';
import type { Message } from './message.ts';

/** Messages of one mailbox handled before the next cell is served: enough to stay in cache, few enough to be fair. */
export const FAIRNESS_MESSAGES = 256;

class RunQueue {
  #first: Cell | null = null;
  #last: Cell | null = null;

  push(cell: Cell): void {
    cell.queued = true;
    cell.behind = null;
    if (this.#last) this.#last.behind = cell;
    else this.#first = cell;
    this.#last = cell;
  }

  shift(): Cell | null {
    const cell = this.#first;
    if (!cell) return null;
    this.#first = cell.behind;
    if (!this.#first) this.#last = null;
    cell.behind = null;
    cell.queued = false;
    return cell;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** Who is next; those behind it are reached from there. */
  get first(): Cell | null {
    return this.#first;
  }
}

export class Dispatcher {
  readonly #begun = new RunQueue();
  readonly #waiting = new RunQueue();
  readonly #fairness: number;
  /** Messages handled so far, for the metrics. */
  messages = 0;
  /** Whose turn it is; after a throw, who threw. */
  serving: Cell | null = null;
  /** The new message that is being carried out; after a throw, the one that it cut short. */
  current: Message | null = null;

  constructor(fairness: number = FAIRNESS_MESSAGES) {
    this.#fairness = fairness;
  }

  /** A message that belongs to what is being done now. */
  send(cell: Cell, message: Message): void {
    enqueue(cell, message);
    if (!cell.queued) this.#begun.push(cell);
  }

  /** A message that begins something new. `cell` receives such messages only. */
  admit(cell: Cell, message: Message): void {
    enqueue(cell, message);
    if (!cell.queued) this.#waiting.push(cell);
  }

  /**
   * Begins and finishes new messages until nothing is left or `messagesMax` messages have been handled.
   * @returns true when new messages still wait.
   * @throws what a cell threw; the partition cannot go on after that.
   */
  run(messagesMax: number): boolean {
    const end = this.messages + messagesMax;
    this.finishBegun();
    while (this.messages < end) {
      const cell = this.#waiting.shift();
      if (!cell) return false;
      const message = dequeue(cell);
      if (cell.first) this.#waiting.push(cell);
      if (!message) continue;
      this.messages += 1;
      this.serving = cell;
      this.current = message;
      cell.receive(message);
      this.finishBegun();
      this.current = null;
    }
    return !this.#waiting.isEmpty;
  }

  /** After the last turn: the new message that a throw cut short, and those that were never begun. */
  takeUnfinished(): Message[] {
    const unfinished = this.current ? [this.current] : [];
    for (let cell = this.#waiting.shift(); cell; cell = this.#waiting.shift()) {
      for (let message = dequeue(cell); message; message = dequeue(cell)) unfinished.push(message);
    }
    return unfinished;
  }

  /** New messages in each mailbox that has any, in the order of their turns; walks over `messagesMax` of them at most. */
  depths(messagesMax: number): number[] {
    const depths: number[] = [];
    let walked = 0;
    for (let cell = this.#waiting.first; cell && walked < messagesMax; cell = cell.behind) {
      let depth = 0;
      for (let message = cell.first; message && walked < messagesMax; message = message.next) {
        depth += 1;
        walked += 1;
      }
      depths.push(depth);
    }
    return depths;
  }

  /** Hands out begun messages until every mailbox but those with new messages is empty. */
  finishBegun(): void {
    for (let cell = this.#begun.shift(); cell; cell = this.#begun.shift()) {
      let budget = this.#fairness;
      this.serving = cell;
      for (let message = dequeue(cell); message; message = budget > 0 ? dequeue(cell) : null) {
        budget -= 1;
        this.messages += 1;
        cell.receive(message);
      }
      if (cell.first && !cell.queued) this.#begun.push(cell);
    }
    this.serving = null;
  }
}

function enqueue(cell: Cell, message: Message): void {
  message.next = null;
  if (cell.last) cell.last.next = message;
  else cell.first = message;
  cell.last = message;
}

function dequeue(cell: Cell): Message | null {
  const message = cell.first;
  if (!message) return null;
  cell.first = message.next;
  if (!cell.first) cell.last = null;
  message.next = null;
  return message;
}
