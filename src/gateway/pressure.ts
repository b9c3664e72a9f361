// Pressure. When the engine has so much to do that what is no payment has to wait: well before payments themselves are
// refused.

import type { Engine } from '../../actors/engine.ts';
import type { Books } from '../../workers/books.ts';

/** Why non-core work is not begun. */
export type PressureReason = 'in_flight' | 'loop_lag' | 'journal_lag' | 'books_lag';

/** Shares of what is refused to payments, and delays that their clients notice. */
const AT = {
  /** Of --in-flight-max. */
  inFlightShare: 0.75,
  /** Of --books-lag-max. */
  booksLagShare: 0.75,
  /** Delay of the event loop, averaged over about a second, ms: payments wait for it in both directions. */
  loopLagMs: 250,
  /** Since the frame that is being written was handed over, ms: every answer waits for it. */
  journalLagMs: 1_000,
} as const;

/** How often the delay is looked at, ms, and how much the latest look counts. */
const LOOK = { everyMs: 50, weight: 0.05 } as const;

/** The delay of the event loop, averaged. */
export class LoopLag {
  #averageMs = 0;
  #dueMs: number;
  readonly #monotonic: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#dueMs = monotonic() + LOOK.everyMs;
    this.#timer = setInterval(() => this.#look(), LOOK.everyMs).unref();
  }

  get averageMs(): number {
    return this.#averageMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = this.#monotonic();
    this.#averageMs += LOOK.weight * (Math.max(0, nowMs - this.#dueMs) - this.#averageMs);
    this.#dueMs = nowMs + LOOK.everyMs;
  }
}

export type PressureLimits = { readonly inFlightMax: number; readonly booksLagMax: number };

/** Says what there is too much of now; null for nothing. */
export function pressureOf(
  engine: Engine,
  books: Books | null,
  { inFlightMax, booksLagMax }: PressureLimits,
  lag: Pick<LoopLag, 'averageMs'>,
): () => PressureReason | null {
  return () => {
    const { partition } = engine;
    if (partition.inFlight > AT.inFlightShare * inFlightMax) return 'in_flight';
    if (lag.averageMs > AT.loopLagMs) return 'loop_lag';
    if (partition.desk.commit.writingMs > AT.journalLagMs) return 'journal_lag';
    return books && books.owedFacts > AT.booksLagShare * booksLagMax ? 'books_lag' : null;
  };
}
