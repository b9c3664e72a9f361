// Transits. What is on its way to a payee, and when it goes on: sums that gather, and single transfers between their two
// steps. Who carries it out is the transit clock's business.
//
// W1. Whatever is on its way is here with the time at which it goes on, until a fact has ended it; that time is in the
// journal and in the snapshots. W2. A sum is due when its first credit says so, or when it has gathered enough of them.

import { BUFFERED_CREDITS_MAX, isBuffer } from '../src/domain/crediting.ts';
import { FACT_KIND, type CreditsApplied, type TransferRouted } from '../src/domain/facts.ts';
import type { OpenHold } from '../src/journal/state-store.ts';
import { Timers } from './runtime/timers.ts';

/** Marks a transfer among the names of what waits; a buffer's name has a mark of its own. */
const TRANSFER_MARK = '~';

/** Timers of what has ended that are kept until they run out: fewer than that are not worth sorting out. */
const IDLE_TIMERS_MAX = 1_024;

/** Something on its way; its own timer, too. */
export type Waiting = {
  readonly merchant: string;
  /** A buffer, or a marked transfer. */
  readonly id: string;
  /** The account that it is on; '' while only a snapshot knows of it. */
  readonly via: string;
  /** When it goes on, ms since 1970. */
  readonly dueMs: number;
  /** Frame of its first fact. */
  readonly seq: number;
  /** Minor units and number of credits as far as they are known: after a restart from a snapshot only of what came since. */
  amount: number;
  credits: number;
  /** A snapshot has something by this name, which must be taken out of it at the end. */
  stored: boolean;
  /** A snapshot has it as it is. */
  written: boolean;
};

type Changed = OpenHold & { readonly open: boolean };

export class Transits {
  readonly #open = new Map<string, Waiting>();
  #timers = new Timers<Waiting>();
  /** What an earlier snapshot has, and has ended since the last one. */
  #ended = new Map<string, Changed>();

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
  setOut({ context: { merchant }, via: { account: via }, transfer, dueMs, amount }: TransferRouted, seq: number): void {
    const id = isBuffer(via) ? via : TRANSFER_MARK + transfer;
    const key = keyOf(merchant, id);
    const waiting = this.#open.get(key);
    if (!waiting) {
      this.#enter(key, { merchant, id, via, dueMs, seq, amount, credits: 1, stored: false, written: false });
      return;
    }
    waiting.amount += amount;
    waiting.credits += 1;
    // Once, when the bound is reached: the sum is due in the frame that has the last of them.
    if (waiting.credits === BUFFERED_CREDITS_MAX) this.#enter(key, { ...waiting, dueMs: 0, written: false });
  }

  /** A sum was applied, or a transfer has reached its end. */
  ended(merchant: string, id: string): void {
    const key = keyOf(merchant, id);
    const waiting = this.#open.get(key);
    if (!waiting) return;
    this.#open.delete(key);
    // What was never in a snapshot needs not to be taken out of one; the next one does not see it.
    if (waiting.stored) this.#ended.set(key, { merchant, id, seq: waiting.seq, dueMs: waiting.dueMs, open: false });
  }

  /** It could not go on: it is tried again at `dueMs`. */
  again(merchant: string, id: string, dueMs: number): void {
    const key = keyOf(merchant, id);
    const waiting = this.#open.get(key);
    if (waiting) this.#enter(key, { ...waiting, dueMs, written: false });
  }

  /** The journal says that something set out or ended. */
  replay(fact: TransferRouted | CreditsApplied, seq: number): void {
    const { merchant } = fact.context;
    if (fact.kind === FACT_KIND.creditsApplied) this.ended(merchant, fact.via.account);
    else if (fact.step === 'buffered' || fact.step === 'sent') this.setOut(fact, seq);
    else if (fact.step !== 'spread') this.ended(merchant, transitName(fact.transfer));
  }

  /** Something that an earlier snapshot has. True when it is one of these. */
  load({ merchant, id, seq, dueMs }: OpenHold): boolean {
    if (!isBuffer(id) && !id.startsWith(TRANSFER_MARK)) return false;
    this.#enter(keyOf(merchant, id), {
      merchant,
      id,
      via: '',
      dueMs,
      seq,
      amount: 0,
      credits: 0,
      stored: true,
      written: true,
    });
    return true;
  }

  /** When the next of them goes on, ms since 1970; null when nothing is on its way. */
  get nextDueMs(): number | null {
    return this.#timers.nextMs;
  }

  /** The next that are due, at most `max`; their timers are gone, and they stay here until they have ended. */
  takeDue(nowMs: number, max: number): Readonly<Waiting>[] {
    const taken: Readonly<Waiting>[] = [];
    while (taken.length < max) {
      const due = this.#timers.take(nowMs);
      if (!due) break;
      if (this.#open.get(keyOf(due.merchant, due.id)) === due) taken.push(due);
    }
    return taken;
  }

  /** What set out or ended since the last call, for a snapshot. */
  takeChanged(): Changed[] {
    const changed = [...this.#ended.values()];
    this.#ended = new Map();
    for (const waiting of this.#open.values()) {
      if (waiting.written) continue;
      const { merchant, id, seq, dueMs } = waiting;
      changed.push({ merchant, id, seq, dueMs, open: true });
      waiting.stored = true;
      waiting.written = true;
    }
    return changed;
  }

  /** In the place of what was there by this name, whose timer is of no use any more. */
  #enter(key: string, waiting: Waiting): void {
    this.#open.set(key, waiting);
    // The snapshot's entry is replaced; it is taken out when this has ended, too.
    if (this.#ended.size > 0 && this.#ended.delete(key)) waiting.stored = true;
    this.#timers.add(waiting);
    if (this.#timers.size > 2 * this.#open.size + IDLE_TIMERS_MAX) this.#sortOut();
  }

  /** A long replay leaves a timer for each transfer that has ended long ago. */
  #sortOut(): void {
    this.#timers = new Timers();
    for (const waiting of this.#open.values()) this.#timers.add(waiting);
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
