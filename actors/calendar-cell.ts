// Calendar actor. Owns the accounting date: it is stated as a fact, and everything after the fact in the journal belongs
// to it. Nobody who dates something reads a clock.
//
// D1. A day is opened before anything else once the partition is ready, and at each day cut while it runs. D2. Dates only
// go forward: a clock that jumps back, or a day cut that was moved, opens nothing. A day on which nobody was there to
// open it is never opened.

import { accountingDate, nextDayMs } from '../src/domain/accounting-date.ts';
import type { Context } from '../src/domain/context.ts';
import { clockContext } from './clock-context.ts';
import type { Desk } from './desk.ts';
import { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';

/** A timer that has run out: by the clock it is this date now. */
export class OpenDay extends Message {
  readonly date: string;

  constructor(context: Context, date: string) {
    super(context);
    this.date = date;
  }
}

export class CalendarCell extends Cell {
  readonly #desk: Desk;
  readonly #dayCutMs: number;
  /** What happens now belongs to it: YYYY-MM-DD; '' before the first day was opened. */
  date = '';
  /** When the clock must be looked at again, ms since 1970. */
  nextDueMs = 0;
  /** Date of the snapshot that recovery began at. */
  #snapshotDate = '';

  /** `dayCutMs`: when a day ends, ms after midnight UTC. */
  constructor(desk: Desk, dayCutMs: number) {
    super();
    this.#desk = desk;
    this.#dayCutMs = dayCutMs;
  }

  /** Sends itself the day that has begun, if one may have. */
  wake(nowMs: number): void {
    if (nowMs < this.nextDueMs) return;
    this.nextDueMs = nextDayMs(nowMs, this.#dayCutMs);
    const date = accountingDate(nowMs, this.#dayCutMs);
    this.#desk.dispatcher.admit(this, new OpenDay(clockContext(this.#desk, '', `day:${date}`), date));
  }

  receive(message: Message): void {
    if (!(message instanceof OpenDay)) throw new Error(`the calendar cannot handle ${message.constructor.name}`);
    const { context, date } = message;
    if (date <= this.date) return;
    this.date = date;
    this.#desk.emit({ kind: 6, context, date, key: '', fingerprint: '' });
  }

  /** The date of a snapshot. */
  load(date: string): void {
    this.date = date;
    this.#snapshotDate = date;
  }

  /** A day that the journal says was opened. False when it lies before the one that was open. */
  replay(date: string): boolean {
    // A snapshot may be ahead of its mark.
    if (date <= this.#snapshotDate) return true;
    if (date < this.date) return false;
    this.date = date;
    return true;
  }
}
