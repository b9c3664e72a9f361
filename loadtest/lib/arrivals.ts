// Arrivals: when each request of an open-model load is due. Latency is counted from that moment and not from the sending,
// so a server that holds the generator up is charged for it (no coordinated omission).
//
// A1. What is due does not depend on what was answered. A2. The rate is linear within a stage, as k6's own
// `ramping-arrival-rate` has it, so both agree about the n-th arrival.

import type { Profile } from '../profiles/profile.ts';

type Piece = { readonly startMs: number; readonly before: number; readonly from: number; readonly slope: number };

export class Arrivals {
  readonly #pieces: Piece[] = [];
  /** Arrivals in all. */
  readonly total: number;
  readonly durationMs: number;

  /** `rate`: arrivals a second at level 1. */
  constructor({ from, stages }: Profile, rate: number) {
    let level = from;
    let startMs = 0;
    let before = 0;
    for (const { level: to, seconds } of stages) {
      const begin = (level * rate) / 1_000;
      const end = (to * rate) / 1_000;
      const lengthMs = seconds * 1_000;
      this.#pieces.push({ startMs, before, from: begin, slope: (end - begin) / lengthMs });
      before += ((begin + end) / 2) * lengthMs;
      startMs += lengthMs;
      level = to;
    }
    this.total = Math.floor(before);
    this.durationMs = startMs;
  }

  /** When arrival `index`, from 0, is due: ms after the start. */
  dueMs(index: number): number {
    let piece = this.#pieces[0];
    for (const next of this.#pieces) if (next.before <= index) piece = next;
    if (!piece) throw new Error('a profile needs a stage');
    const rest = index - piece.before;
    // rest = from * t + slope * t² / 2, solved for t in the form that also stands slope 0.
    const root = Math.sqrt(Math.max(0, piece.from * piece.from + 2 * piece.slope * rest));
    const sum = piece.from + root;
    return piece.startMs + (sum === 0 ? 0 : (2 * rest) / sum);
  }
}
