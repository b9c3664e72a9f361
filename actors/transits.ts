// Transits. What is on its way to a payee, and when it goes on: sums that gather, and single transfers between their two
// steps. Who carries it out is the transit clock's business.
//
// W1. Whatever is on its way is here with the time at which it goes on, until a fact has ended it; that time is in the
// journal and in the snapshots. W2. A sum is due when its first credit says so, or when it has gathered enough of them.

import { BUFFERED_CREDITS_MAX, isBuffer } from '../src/domain/crediting.ts';
import type { CreditsApplied, TransferRouted } from '../src/domain/facts.ts';
import type { OpenHold } from '../src/journal/state-store.ts';
import { Timers } from './runtime/timers.ts';

/** Marks a transfer among the names of what waits; a buffer's name has a mark of its own. */
const TRANSFER_MARK = '~';

/** Timers of what has ended that are kept until they run out: fewer than that are not worth sorting out. */
const IDLE_TIMERS_MAX = 1_024;

/** Something on its way. */
export type Waiting = {
  readonly merchant: string;
  /** A buffer, or a marked transfer. */
  readonly id: string;
  /** The account that it is on. */
  readonly via: string;
  /** When it goes on, ms since 1970. */
  dueMs: number;
  /** Frame of its latest fact. */
  seq: number;
  /** Minor units and number of credits as far as they are known: after a restart from a snapshot only of what came since. */
  amount: number;
  credits: number;
  /** A snapshot may have it. */
  stored: boolean;
};

type Due = { readonly dueMs: number; readonly key: string };

export class Transits {
  readonly #open = new Map<string, Waiting>();
  #timers = new Timers<Due>();
  /** What set out or ended since the last snapshot. */
  #changed = new Map<string, OpenHold & { readonly open: boolean }>();

  /** Sums and transfers on their way. */
  get size(): number {
    return this.#open.size;
  }

  /** Everything that is on its way. */
  waiting(): Iterable<Readonly<Waiting>> {
    return this.#open.values();
  }

  /** True while it is on its way. */
  has(merchant: string, id: string): boolean {
    return this.#open.has(keyOf(merchant, id));
  }

  /** When the sum that gathers on a buffer is due, ms since 1970; null while none does. */
  dueMs(merchant: string, buffer: string): number | null {
    return this.#open.get(keyOf(merchant, buffer))?.dueMs ?? null;
  }

  /** Money has left the payer. `seq`: of the frame that says so. */
  setOut(fact: TransferRouted, seq: number): void {
    const { merchant } = fact.context;
    const via = fact.via.account;
    const id = isBuffer(via) ? via : TRANSFER_MARK + fact.transfer;
    const key = keyOf(merchant, id);
    const waiting = this.#open.get(key) ?? this.#begin(key, { merchant, id, via, dueMs: fact.dueMs, seq });
    waiting.seq = seq;
    waiting.amount += fact.amount;
    waiting.credits += 1;
    // Once, when the bound is reached: the sum is due in the frame that has the last of them.
    if (waiting.credits === BUFFERED_CREDITS_MAX) this.#postpone(key, waiting, 0);
  }

  /** A sum was applied, or a transfer has reached its end. */
  ended(merchant: string, id: string): void {
    const key = keyOf(merchant, id);
    const waiting = this.#open.get(key);
    if (!waiting) return;
    this.#open.delete(key);
    if (waiting.stored) this.#changed.set(key, { merchant, id, seq: waiting.seq, dueMs: 0, open: false });
    else this.#changed.delete(key);
  }

  /** It could not go on: it is tried again at `dueMs`. */
  again(merchant: string, id: string, dueMs: number): void {
    const key = keyOf(merchant, id);
    const waiting = this.#open.get(key);
    if (waiting) this.#postpone(key, waiting, dueMs);
  }

  /** The journal says that something set out or ended. */
  replay(fact: TransferRouted | CreditsApplied, seq: number): void {
    const { merchant } = fact.context;
    if (fact.step === 'buffered' || fact.step === 'sent') this.setOut(fact, seq);
    else this.ended(merchant, fact.kind === 7 ? transitName(fact.transfer) : fact.via.account);
  }

  /** Something that an earlier snapshot has. True when it is one of these. */
  load({ merchant, id, seq, dueMs }: OpenHold): boolean {
    if (!isBuffer(id) && !id.startsWith(TRANSFER_MARK)) return false;
    const key = keyOf(merchant, id);
    this.#open.set(key, { merchant, id, via: '', dueMs, seq, amount: 0, credits: 0, stored: true });
    this.#timers.add({ dueMs, key });
    return true;
  }

  /** When the next of them goes on, ms since 1970; null when nothing is on its way. */
  get nextDueMs(): number | null {
    return this.#timers.nextMs;
  }

  /** The next that is due; its timer is gone, and it stays here until it has ended. */
  takeDue(nowMs: number): Readonly<Waiting> | null {
    for (let due = this.#timers.take(nowMs); due; due = this.#timers.take(nowMs)) {
      const waiting = this.#open.get(due.key);
      if (waiting?.dueMs === due.dueMs) return waiting;
    }
    return null;
  }

  /** What set out or ended since the last call, for a snapshot. */
  takeChanged(): (OpenHold & { readonly open: boolean })[] {
    const changed = this.#changed;
    this.#changed = new Map();
    for (const [key, { open }] of changed) {
      const waiting = open ? this.#open.get(key) : undefined;
      if (waiting) waiting.stored = true;
    }
    return [...changed.values()];
  }

  #begin(key: string, begun: Pick<Waiting, 'merchant' | 'id' | 'via' | 'dueMs' | 'seq'>): Waiting {
    const waiting = { ...begun, amount: 0, credits: 0, stored: this.#changed.get(key)?.open === false };
    this.#open.set(key, waiting);
    this.#note(key, waiting);
    this.#timers.add({ dueMs: waiting.dueMs, key });
    if (this.#timers.size > 2 * this.#open.size + IDLE_TIMERS_MAX) this.#sortOut();
    return waiting;
  }

  #postpone(key: string, waiting: Waiting, dueMs: number): void {
    waiting.dueMs = dueMs;
    this.#note(key, waiting);
    this.#timers.add({ dueMs, key });
  }

  #note(key: string, { merchant, id, seq, dueMs }: Waiting): void {
    this.#changed.set(key, { merchant, id, seq, dueMs, open: true });
  }

  /** A long replay leaves a timer for each transfer that has ended long ago. */
  #sortOut(): void {
    this.#timers = new Timers();
    for (const [key, { dueMs }] of this.#open) this.#timers.add({ dueMs, key });
  }
}

/** The name by which a transfer waits. */
export function transitName(transfer: string): string {
  return TRANSFER_MARK + transfer;
}

/** The transfer that waits by this name. */
export function transferNamed(name: string): string {
  return name.slice(TRANSFER_MARK.length);
}

function keyOf(merchant: string, id: string): string {
  return `${merchant} ${id}`;
}
