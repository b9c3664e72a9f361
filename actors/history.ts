// History. Reads facts back by their frame: from the frames not durable yet, else from the journal.

import { encodedFacts } from '../src/journal/payload.ts';
import { readFrame } from '../src/journal/frame.ts';
import type { Journal } from '../src/journal/journal.ts';
import type { Commit } from './commit.ts';
import { FrameFacts } from './frame-facts.ts';

/** Decoded frames kept: a client that sends old batches again asks for the same frame a thousand times. */
const FRAMES_KEPT = 16;

export class History {
  readonly #journal: Journal;
  readonly #commit: Commit;
  readonly #kept = new Map<number, FrameFacts>();

  constructor(journal: Journal, commit: Commit) {
    this.#journal = journal;
    this.#commit = commit;
  }

  /** Number of the last durable frame. */
  get position(): number {
    return this.#journal.position();
  }

  /** null when there is no such frame (yet): an atomic batch that was taken back leaves such numbers behind. */
  frame(seq: number): FrameFacts | null {
    const known = this.#commit.unsettled(seq) ?? this.#kept.get(seq);
    if (known) return known;
    const bytes = this.#journal.read(seq);
    if (!bytes) return null;
    const { timeMs, count, payload } = readFrame(bytes);
    const frame = new FrameFacts(seq, timeMs, encodedFacts(count, payload));
    this.#keep(frame);
    return frame;
  }

  #keep(frame: FrameFacts): void {
    this.#kept.set(frame.seq, frame);
    if (this.#kept.size <= FRAMES_KEPT) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
