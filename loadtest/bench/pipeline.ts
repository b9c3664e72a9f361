// Pipeline: keeps a number of requests in flight over one WebSocket. Every place of the window is a slot, and its number
// is the request id, so that an answer leads to its slot without a table.
//
// P1. Never more than `window` requests are unanswered. P2. All requests that one read of answers makes room for leave
// in one write. P3. The pipeline ends when nothing is unanswered and the load has no more.

import { performance } from 'node:perf_hooks';
import { readAnswer, type AnswerHead } from './answers.ts';
import type { Listener, LoadSocket } from './web-socket.ts';

export type Load = {
  /** A prepared request; every request starts as a copy of it. */
  readonly frame: { readonly bytes: Buffer; readonly requestAt: number };
  /** Whether there is another request to send now. */
  readonly more: (nowMs: number) => boolean;
  /** Fills in the request of `slot`, whose copy of the frame begins at `at`. */
  readonly fill: (target: Buffer, at: number, slot: number) => void;
  /** The answer to the request of `slot` is `bytes[start … end)`, not unpacked. */
  readonly answered: (answer: Answered) => void;
};

/** One object for all answers: it is overwritten by the next. */
export type Answered = {
  slot: number;
  ok: boolean;
  latencyMs: number;
  nowMs: number;
  bytes: Buffer;
  start: number;
  end: number;
};

/** Runs a load to its end. Rejects when the connection breaks or an answer cannot be read. */
export function runPipeline(socket: LoadSocket, window: number, load: Load): Promise<void> {
  return new Promise((resolve, reject) => {
    const pipeline = new Pipeline(socket, window, load, resolve);
    const receive: Listener['receive'] = (bytes, start, end) => pipeline.receive(bytes, start, end);
    socket.listen({ receive, readDone: () => pipeline.refill(), failed: reject });
    pipeline.refill();
  });
}

class Pipeline {
  private readonly socket: LoadSocket;
  private readonly load: Load;
  private readonly done: () => void;
  /** When the request of a slot left; 0 while the slot is free. */
  private readonly sentMs: Float64Array;
  private readonly freeSlots: Int32Array;
  private free: number;
  private readonly head: AnswerHead = { id: 0, ok: false };
  private readonly answer: Answered;
  /** Time of the read whose answers are being handed over: one look at the clock for all of them. */
  private readMs = 0;

  constructor(socket: LoadSocket, window: number, load: Load, done: () => void) {
    this.socket = socket;
    this.load = load;
    this.done = done;
    this.sentMs = new Float64Array(window);
    this.freeSlots = Int32Array.from({ length: window }, (_, slot) => slot);
    this.free = window;
    this.answer = { slot: 0, ok: false, latencyMs: 0, nowMs: 0, bytes: Buffer.alloc(0), start: 0, end: 0 };
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const { head, answer } = this;
    readAnswer(bytes, start, end, head);
    if (this.readMs === 0) this.readMs = performance.now();
    const sentMs = this.sentMs[head.id] ?? 0;
    if (sentMs === 0) throw new Error(`an answer to request ${head.id}, which is not in flight`);
    this.sentMs[head.id] = 0;
    answer.slot = head.id;
    answer.ok = head.ok;
    answer.nowMs = this.readMs;
    answer.latencyMs = this.readMs - sentMs;
    answer.bytes = bytes;
    answer.start = start;
    answer.end = end;
    this.freeSlots[this.free++] = head.id;
    this.load.answered(answer);
  }

  refill(): void {
    const nowMs = performance.now();
    this.readMs = 0;
    const { bytes, requestAt } = this.load.frame;
    const target = Buffer.allocUnsafe(this.free * bytes.length);
    let at = 0;
    while (this.free > 0 && this.load.more(nowMs)) {
      const slot = this.freeSlots[--this.free] ?? 0;
      target.set(bytes, at);
      target.writeUInt32BE(slot, at + requestAt);
      this.load.fill(target, at, slot);
      this.sentMs[slot] = nowMs;
      at += bytes.length;
    }
    if (at > 0) this.socket.write(target.subarray(0, at));
    else if (this.free === this.freeSlots.length) this.done();
  }
}
