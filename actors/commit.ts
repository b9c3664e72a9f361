// Commit. Gathers the facts of a turn, makes them durable as one frame, and only then lets their effects out.
//
// G1. At most one frame is in flight; the next one gathers meanwhile, so a slow disk makes larger batches, not more
// fsyncs. G2. An effect leaves only when every fact gathered before it is durable; reads are effects too, so nobody is
// told what a crash could undo. G3. After a failed append nothing leaves any more.

import type { Fact } from '../src/domain/facts.ts';
import { isShadow, mustBearMark } from '../src/domain/shadow.ts';
import { FIRST_PREVIOUS_HASH, frameHash, writeFrame } from '../src/journal/frame.ts';
import { JournalFault, type Journal } from '../src/journal/journal.ts';
import { encodedFacts, PayloadBuilder } from '../src/journal/payload.ts';
import { FrameFacts } from './frame-facts.ts';

/** Something that must not happen before its facts are durable: an answer, mostly. */
export type Effect = {
  /** The facts are durable up to frame `seq`. */
  release(seq: number): void;
  /** The partition stopped before that was known. */
  abandon(): void;
};

/** Runs work at once. */
export type Around = (work: () => void) => void;

/** Runs what an engine does on its thread, and counts its time: turns, and what follows when a frame is durable. */
export type EngineBusy = { readonly deciding: Around; readonly telling: Around };

export const run: Around = (work) => work();

/** What a frame became when it was written: for metrics and the feed. */
export type Durable = {
  readonly frame: FrameFacts;
  /** As it lies in the journal. Read only: the frame's facts are made from it. */
  readonly bytes: Uint8Array;
  /** From handing the frame to the journal until it was durable, ms. */
  readonly syncMs: number;
  /** False: there is no step of an order, no voucher and no new day in it. */
  readonly hasOrders: boolean;
};

/** The end of a journal: its last frame's number, SHA-256, time (ms since 1970) and epoch. */
export type Tail = {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly timeMs: number;
  readonly epoch: number;
};

export type CommitOptions = {
  readonly journal: Journal;
  readonly partition: number;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  /** Monotonic clock, ms. */
  readonly monotonic: () => number;
  /** True while somebody looks at the facts of every frame: then they are kept, and not read back from its bytes. */
  readonly isFollowed: () => boolean;
  /** Called before the effects of the frame are released. */
  readonly onDurable: (durable: Durable) => void;
  /** Runs what lets effects out, and counts its time. */
  readonly telling?: Around | undefined;
  /** The journal failed. Called once. */
  readonly onFault: (error: unknown) => void;
};

type Waiting = {
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (fault: JournalFault) => void;
};

export class Commit {
  readonly #options: CommitOptions;
  /** What is stated here is stress traffic. */
  readonly #shadow: boolean;
  readonly #telling: Around;
  readonly #payload = new PayloadBuilder();
  #gathering: FrameFacts | null = null;
  #effects: Effect[] = [];
  #inFlight: FrameFacts | null = null;
  #inFlightEffects: Effect[] = [];
  #sealedSeq: number;
  #hash: Uint8Array = FIRST_PREVIOUS_HASH;
  #timeMs = 0;
  #epoch = 1;
  #stopped = false;
  #durableSeq: number;
  #append: Promise<void> = Promise.resolve();
  #waiting: Waiting[] = [];
  #writingSinceMs = 0;

  constructor(options: CommitOptions) {
    this.#options = options;
    this.#shadow = isShadow(options.partition);
    this.#telling = options.telling ?? run;
    this.#sealedSeq = options.journal.position();
    this.#durableSeq = this.#sealedSeq;
  }

  /** Continues after the journal's last frame, in an epoch of its own. Once, before the first fact. */
  continueFrom(tail: Tail): void {
    this.#sealedSeq = tail.seq;
    this.#durableSeq = tail.seq;
    this.#hash = tail.hash;
    this.#timeMs = tail.timeMs;
    this.#epoch = tail.epoch + 1;
  }

  /** The frame that facts go to now. */
  get seq(): number {
    return this.#sealedSeq + 1;
  }

  /** Time of the facts emitted now, ms since 1970; never falls from frame to frame. */
  get timeMs(): number {
    return this.#gather().timeMs;
  }

  /** SHA-256 of the last frame handed to the journal. */
  get sealedHash(): Uint8Array {
    return this.#hash;
  }

  /** Wall clock, ms since 1970. */
  now(): number {
    return this.#options.now();
  }

  /** The last frame handed to the journal. */
  get sealedSeq(): number {
    return this.#sealedSeq;
  }

  /** How long the frame in flight has been with the journal, ms; 0 when none is. */
  get writingMs(): number {
    return this.#inFlight ? this.#options.monotonic() - this.#writingSinceMs : 0;
  }

  /** Facts gathered so far: the mark to cut back to. */
  get gathered(): number {
    return this.#gathering?.count ?? 0;
  }

  /** @throws MarkLost for a fact that belongs into another partition */
  emit(fact: Fact): void {
    mustBearMark(fact.context, this.#shadow);
    const frame = this.#gather();
    this.#payload.add(fact);
    if (this.#options.isFollowed()) frame.keep(fact);
  }

  /** Takes back, and returns, what was emitted since the mark. */
  cutTo(gathered: number): Fact[] {
    const cut = this.#payload.facts(gathered);
    this.#gathering?.cutTo(gathered);
    this.#payload.cutTo(gathered);
    return cut;
  }

  after(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** A frame that is not durable yet. */
  unsettled(seq: number): FrameFacts | null {
    if (this.#gathering?.seq === seq) return this.#gathering;
    return this.#inFlight?.seq === seq ? this.#inFlight : null;
  }

  /** The end of a turn: starts the next frame when none is in flight. */
  flush(): void {
    if (this.#inFlight || this.#stopped) return;
    const frame = this.#gathering;
    const effects = this.#effects;
    // Anew even when it is empty: what comes next must not join the effects of this frame.
    this.#effects = [];
    this.#gathering = null;
    if (!frame || frame.count === 0) {
      if (effects.length > 0) this.#telling(() => release(effects, this.#sealedSeq));
      return;
    }
    this.#inFlight = frame;
    this.#inFlightEffects = effects;
    this.#write(frame);
  }

  /** Resolves when everything gathered so far is durable. @throws JournalFault when it never will be. */
  async durable(): Promise<void> {
    const target = this.gathered > 0 ? this.seq : this.#sealedSeq;
    this.flush();
    if (this.#stopped) throw new JournalFault('the partition has stopped');
    if (target <= this.#durableSeq) return;
    await new Promise<void>((resolve, reject) => this.#waiting.push({ target, resolve, reject }));
  }

  /** Resolves when the journal is not busy with a frame any more, whatever became of it. */
  async quiet(): Promise<void> {
    await this.#append;
  }

  /** Nothing leaves any more; what waited is told that its outcome is unknown. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const effect of [...this.#inFlightEffects, ...this.#effects]) effect.abandon();
    this.#inFlightEffects = [];
    this.#effects = [];
    for (const { reject } of this.#waiting.splice(0)) reject(new JournalFault('the partition has stopped'));
  }

  #gather(): FrameFacts {
    if (this.#gathering) return this.#gathering;
    this.#timeMs = Math.max(this.#timeMs, this.#options.now());
    this.#gathering = new FrameFacts(this.seq, this.#timeMs, this.#payload);
    return this.#gathering;
  }

  #write(frame: FrameFacts): void {
    const { journal, partition, monotonic } = this.#options;
    const head = { partition, epoch: this.#epoch, seq: frame.seq, count: frame.count, timeMs: frame.timeMs };
    const { hasOrders } = this.#payload;
    const payload = this.#payload.take();
    const bytes = writeFrame({ ...head, previousHash: this.#hash }, payload);
    frame.seal(encodedFacts(head.count, payload));
    this.#hash = frameHash(bytes);
    this.#sealedSeq = frame.seq;
    const startedMs = monotonic();
    this.#writingSinceMs = startedMs;
    this.#append = journal.append(bytes).then(
      () => this.#durable({ frame, bytes, syncMs: monotonic() - startedMs, hasOrders }),
      (error: unknown) => this.#fail(error),
    );
  }

  #durable(durable: Durable): void {
    if (this.#stopped) return;
    const effects = this.#inFlightEffects;
    this.#inFlight = null;
    this.#inFlightEffects = [];
    this.#durableSeq = durable.frame.seq;
    this.#telling(() => {
      this.#options.onDurable(durable);
      release(effects, durable.frame.seq);
    });
    this.#wake();
    this.flush();
  }

  #wake(): void {
    const due = this.#waiting.filter(({ target }) => target <= this.#durableSeq);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ target }) => target > this.#durableSeq);
    for (const { resolve } of due) resolve();
  }

  #fail(error: unknown): void {
    this.#options.onFault(error);
    this.stop();
  }
}

function release(effects: readonly Effect[], seq: number): void {
  for (const effect of effects) effect.release(seq);
}
