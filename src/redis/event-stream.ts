// Event stream. Copies the journal's events to a stream elsewhere, in order and beside the payments.
//
// R1. In order, at least once: the stream itself says how far it is, and what follows goes on from there, after any break
// on either side. An event's place in the journal is its place in the stream, so the same one cannot be in it twice.
// R2. Nothing here is on the way of a payment: it looks into the journal by a clock of its own, reads for a tenth of the time
// at most, a fiftieth while payments need it, and waits for each piece to be taken before it reads the next: what the
// stream cannot take yet waits in the journal. R3. Nothing is skipped: a stream that is of another journal is not written to.

import { setTimeout as sleep } from 'node:timers/promises';
import type { FactPosition } from '../domain/ids.ts';
import { END_OF_FRAME } from '../webhooks/delivery.ts';
import type { EventFeed, FeedEvent } from '../webhooks/event-feed.ts';

export type StreamEntry = FeedEvent & { readonly place: FactPosition };

/** Where the events go. Each call fails when nobody answers in time; what became of it is then not known. */
export type StreamWriter = {
  /** Which connection it is, by number: behind a new one the stream may have lost something. 0: none. */
  readonly connection: () => number;
  /** The last entry's place; null while there was never one. Waits for a connection. @throws Error */
  readonly last: () => Promise<FactPosition | null>;
  /** Appends all of them or none. @throws Error */
  readonly append: (entries: readonly StreamEntry[]) => Promise<void>;
  readonly close: () => void;
};

export type EventStreamParts = {
  readonly feed: EventFeed;
  readonly writer: StreamWriter;
  /** Monotonic clock, ms. */
  readonly monotonic: () => number;
  /** Payments are under way now: they come first. */
  readonly isBusy: () => boolean;
  /** It broke off, or goes on after that: told once each time. */
  readonly broke: (error: unknown) => void;
  readonly goesOn: () => void;
};

/** Between two looks into the journal while nothing is left in it, and before it is tried again after a break, ms. */
const LOOK_MS = 50;
const RETRY_MS = 250;

/** Of one piece: time for reading, ms, and entries; what it rests, as a multiple of that time. */
const PIECE = { msMax: 5, entriesMax: 500, rest: 9, restWhileBusy: 49 } as const;

/** Facts looked at between two looks at the clock. */
const FACTS_PER_LOOK = 200;

/** Before the first event. */
const BEGINNING: FactPosition = { seq: 0, index: 0 };

export class EventStream {
  readonly #parts: EventStreamParts;
  readonly #end = new AbortController();
  #running: Promise<void> | null = null;
  #place: FactPosition = BEGINNING;
  #isBroken = false;
  /** Events that the stream has taken from this process. */
  sent = 0;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Frames that the stream does not have yet. */
  get lagRecords(): number {
    return Math.max(0, this.#parts.feed.position() - this.#place.seq);
  }

  /** Sends nothing any more. The next start goes on from what the stream has. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#parts.writer.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        if (!this.#isBroken) this.#parts.broke(error);
        this.#isBroken = true;
        await this.#pause(RETRY_MS);
      }
    }
  }

  /** From what the stream has, until something breaks. */
  async #follow(): Promise<void> {
    const { feed, writer, goesOn } = this.#parts;
    const last = (await writer.last()) ?? BEGINNING;
    const connection = writer.connection();
    if (last.seq > feed.position())
      throw new Error(`the stream has an entry of frame ${last.seq}, beyond this journal's last, ${feed.position()}`);
    this.#place = last;
    if (this.#isBroken) goesOn();
    this.#isBroken = false;
    while (!this.#end.signal.aborted) {
      if (writer.connection() !== connection) throw new Error('the connection was lost');
      await this.#piece();
    }
  }

  async #piece(): Promise<void> {
    const { monotonic, writer, isBusy } = this.#parts;
    const startedMs = monotonic();
    const { entries, next } = this.#read(startedMs + PIECE.msMax);
    const tookMs = monotonic() - startedMs;
    if (entries.length > 0) await writer.append(entries);
    this.sent += entries.length;
    this.#place = next;
    const restMs = tookMs * (isBusy() ? PIECE.restWhileBusy : PIECE.rest);
    await this.#pause(this.#isAtEnd ? Math.max(restMs, LOOK_MS) : restMs);
  }

  /** Everything that is durable has been read. */
  get #isAtEnd(): boolean {
    return this.lagRecords === 0 && this.#place.index === END_OF_FRAME;
  }

  #read(untilMs: number): { readonly entries: StreamEntry[]; readonly next: FactPosition } {
    const { feed, monotonic } = this.#parts;
    const entries: StreamEntry[] = [];
    const hasRoom = (): boolean => entries.length < PIECE.entriesMax && monotonic() < untilMs;
    let next = this.#place;
    if (this.#isAtEnd) return { entries, next };
    do {
      next = feed.follow(next, FACTS_PER_LOOK, ({ place, show }) => {
        entries.push({ ...show(), place });
        return hasRoom();
      });
    } while (hasRoom() && next.seq < feed.position());
    return { entries, next };
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#end.signal, ref: false }).catch(() => {});
  }
}
