// Non-core admission. Lists, statements, reports, pages of events and webhook settings on their way in: they are shed first, so
// that payments never wait for them.
//
// N1. Of each class so many requests run and so many wait; the next one is refused at once. N2. Under pressure, or while an
// operator has switched them off, none begins. N3. A place is free again when its request has been answered, whichever way.

import { answerProblem, type Exchange } from './exchange.ts';
import type { Pacer } from './pacer.ts';
import type { PressureReason } from './pressure.ts';
import type { Refused } from './problem.ts';
import type { NonCoreClass } from './route-classes.ts';

/** Why a request was not begun. */
export type ShedReason = PressureReason | 'full' | 'waited' | 'switched_off';

export const NON_CORE_CLASSES = ['side', 'books'] as const satisfies readonly NonCoreClass[];

export const SHED_REASONS = ['full', 'waited', 'switched_off', 'in_flight', 'loop_lag', 'journal_lag', 'books_lag'] as const satisfies readonly ShedReason[]; // prettier-ignore

/** Longest wait for a place, ms: whoever asked has given up soon after. */
const WAIT_MS_MAX = 5_000;

const DETAIL = {
  full: 'As many requests of this sort are being answered, or wait, as the server takes beside payments.',
  waited: 'It has waited too long for its turn.',
  switched_off: 'An operator has switched off what is no payment for the time being.',
  in_flight: 'Payments come first, and there are very many of them.',
  loop_lag: 'Payments come first, and the server is behind.',
  journal_lag: 'Payments come first, and the disk is slow.',
  books_lag: 'The books have to catch up first.',
} as const satisfies Record<ShedReason, string>;

/** Requests. */
export type Places = { readonly runningMax: number; readonly waitingMax: number };

export type NonCoreParts = {
  readonly places: Readonly<Record<NonCoreClass, Places>>;
  readonly pacer: Pacer;
  /** What there is too much of; null for nothing. */
  readonly pressure: () => PressureReason | null;
  readonly isSwitchedOff: () => boolean;
  /** Counts a request that was not begun. */
  readonly shed: (of: NonCoreClass, reason: ShedReason) => void;
};

type Begin = (exchange: Exchange) => void;
type Waiting = { readonly exchange: Exchange; readonly begin: Begin; readonly timer: NodeJS.Timeout };

type Lane = { running: number; readonly waiting: Set<Waiting> };

export class NonCore {
  readonly pacer: Pacer;
  readonly #parts: NonCoreParts;
  readonly #lanes: Readonly<Record<NonCoreClass, Lane>>;

  constructor(parts: NonCoreParts) {
    this.#parts = parts;
    this.pacer = parts.pacer;
    this.#lanes = { side: { running: 0, waiting: new Set() }, books: { running: 0, waiting: new Set() } };
  }

  running(of: NonCoreClass): number {
    return this.#lanes[of].running;
  }

  waiting(of: NonCoreClass): number {
    return this.#lanes[of].waiting.size;
  }

  /** Has `begin` answer the exchange when it has a place, or refuses it at once. `begin` does not throw. */
  serve(of: NonCoreClass, exchange: Exchange, begin: Begin): void {
    const lane = this.#lanes[of];
    const { runningMax, waitingMax } = this.#parts.places[of];
    const held = this.#heldBack();
    if (held) this.#shed(of, exchange, held);
    else if (lane.running < runningMax) this.#run(of, exchange, begin);
    else if (lane.waiting.size >= waitingMax) this.#shed(of, exchange, 'full');
    else this.#wait(of, exchange, begin);
  }

  #heldBack(): ShedReason | null {
    return this.#parts.isSwitchedOff() ? 'switched_off' : this.#parts.pressure();
  }

  #wait(of: NonCoreClass, exchange: Exchange, begin: Begin): void {
    const { waiting } = this.#lanes[of];
    const timer = setTimeout(() => {
      if (waiting.delete(one)) this.#shed(of, exchange, 'waited');
    }, WAIT_MS_MAX);
    const one: Waiting = { exchange, begin, timer };
    waiting.add(one);
  }

  #run(of: NonCoreClass, exchange: Exchange, begin: Begin): void {
    const lane = this.#lanes[of];
    lane.running += 1;
    const placed: Exchange = {
      ...exchange,
      answer: (answer) => {
        lane.running -= 1;
        exchange.answer(answer);
        this.#next(of);
      },
    };
    void this.pacer.run(() => begin(placed));
  }

  /** Whoever has waited longest, or all of them with a word when nothing may begin now. */
  #next(of: NonCoreClass): void {
    const { waiting } = this.#lanes[of];
    for (const one of waiting) {
      waiting.delete(one);
      clearTimeout(one.timer);
      const held = this.#heldBack();
      if (!held) return this.#run(of, one.exchange, one.begin);
      this.#shed(of, one.exchange, held);
    }
  }

  #shed(of: NonCoreClass, exchange: Exchange, reason: ShedReason): void {
    this.#parts.shed(of, reason);
    const refused: Refused = { code: 'postponed', detail: DETAIL[reason] };
    answerProblem(exchange, refused);
  }
}
