// Link. The one WebSocket of a client, made again when it breaks: calls wait in order, go out as far as the server's credit
// allows, and are sent again under the same keys when a connection ends before their answers.
//
// L1. Calls are sent in the order in which they were asked, and after a loss again in that order, before any newer one.
// L2. Never more than the credit of the greeting is in flight. L3. Every call ends: with its answer, or at its deadline.

import { Backoff } from './backoff.ts';
import type { Call } from './call.ts';
import { Connection, type AnswerFrame, type EventFrame, type Hello, type SocketLike } from './connection.ts';
import type { Encoding } from './encodings.ts';
import { isForLater, isProblem, RefusedError } from './faults.ts';
import type { AtTurnEnd } from './turn.ts';

export type LinkOptions = {
  readonly encoding: Encoding;
  /** Opens a socket, after what authority needs. Rejects with a RefusedError for what coming again does not help. */
  readonly dial: () => Promise<SocketLike>;
  readonly atTurnEnd: AtTurnEnd;
  readonly event: (frame: EventFrame) => void;
  /** The connection stands, and is new. */
  readonly opened: () => void;
  /** Who may not connect: coming again does not help. */
  readonly denied: (error: RefusedError) => void;
  /** How often deadlines and silence are looked at, ms. */
  readonly lookMs: number;
};

/** A dial that takes longer is begun anew, ms. */
const DIAL_MS_MAX = 5_000;

/** Without a sound for so long the server is asked, and after as much again the connection is given up, ms. */
const SILENCE_MS_MAX = 5_000;

/** Batches on the way: while the server has so many, transfers gather for the next one. */
const BATCHES_IN_FLIGHT_MAX = 4;

/** The id of pings; calls begin at 1. */
const PING_ID = 0;

export const BATCH = 'transfers.batch';

export class Link {
  readonly #options: LinkOptions;
  readonly #backoff = new Backoff();
  #connection: Connection | null = null;
  #hello: Hello | null = null;
  #greeted = false;
  #waiting: Call[] = [];
  readonly #inFlight = new Map<number, Call>();
  /** Told to come later: sent again when their time has come. */
  readonly #later = new Map<Call, ReturnType<typeof setTimeout>>();
  #batches = 0;
  #nextId = 1;
  #pumpDue = false;
  #closed = false;
  #redial: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  #dials = 0;
  #dialling = false;
  #dialledMs = 0;
  #heardMs = 0;
  #pinged = false;
  #lastFault: unknown = undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The last greeting; null before the first one. */
  get hello(): Hello | null {
    return this.#hello;
  }

  /** The greeting of this connection has come. */
  get isOpen(): boolean {
    return this.#greeted;
  }

  /** The call that would be sent last; undefined when nothing waits. */
  get last(): Call | undefined {
    return this.#waiting.at(-1);
  }

  ask(call: Call): void {
    if (this.#closed) return call.givenUp('closed');
    this.#waiting.push(call);
    this.connect();
    this.#pumpSoon();
  }

  /** Connects if it is not, and stays connected until it is closed. */
  connect(): void {
    if (this.#closed) return;
    if (!this.#connection && !this.#dialling && this.#redial === undefined) this.#dial();
    this.#look ??= setInterval(() => this.#lookAround(), this.#options.lookMs);
  }

  /** Ends everything now; what has no answer gets none. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#redial);
    clearInterval(this.#look);
    for (const call of this.#inFlight.values()) call.maybeDone = true;
    for (const call of this.#all()) call.givenUp('closed');
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#connection?.end('the client was closed');
  }

  *#all(): Iterable<Call> {
    yield* this.#inFlight.values();
    yield* this.#waiting;
    yield* this.#later.keys();
  }

  #dial(): void {
    this.#redial = undefined;
    this.#dialling = true;
    this.#dialledMs = performance.now();
    const dial = ++this.#dials;
    this.#options.dial().then(
      (socket) => (this.#closed || dial !== this.#dials ? socket.close() : this.#take(socket)),
      (error: unknown) => {
        if (this.#closed || dial !== this.#dials) return;
        this.#dialling = false;
        if (error instanceof RefusedError && !isForLater(error.problem)) this.#deny(error);
        else this.#dialLater(error);
      },
    );
  }

  #take(socket: SocketLike): void {
    const connection: Connection = new Connection(socket, this.#options.encoding, {
      greeted: (hello) => this.#greet(hello),
      answer: (frame) => this.#answer(frame),
      event: (frame) => {
        this.#heardMs = performance.now();
        this.#options.event(frame);
      },
      ended: (why) => {
        if (this.#connection === connection) this.#lose(why);
      },
    });
    this.#connection = connection;
    this.#dialling = false;
  }

  #greet(hello: Hello): void {
    this.#hello = hello;
    this.#greeted = true;
    this.#heardMs = performance.now();
    this.#pinged = false;
    this.#backoff.reset();
    this.#options.opened();
    this.#pump();
  }

  /** Who may not connect will not be let in later: everything ends with why, and the next call tries again. */
  #deny(error: RefusedError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) call.refused(error.problem);
    this.#options.denied(error);
  }

  #lose(why: Error): void {
    this.#connection = null;
    this.#greeted = false;
    this.#batches = 0;
    const lost = [...this.#inFlight.values()];
    this.#inFlight.clear();
    for (const call of lost) {
      call.maybeDone = true;
      if (call.request.once) call.givenUp('lost');
    }
    this.#waiting = [...lost.filter(({ ended }) => !ended), ...this.#waiting];
    this.#dialLater(why);
  }

  #dialLater(why: unknown): void {
    if (this.#closed) return;
    this.#lastFault = why;
    clearTimeout(this.#redial);
    this.#redial = setTimeout(() => this.#dial(), this.#backoff.next());
  }

  #pumpSoon(): void {
    if (this.#pumpDue) return;
    this.#pumpDue = true;
    this.#options.atTurnEnd(() => {
      this.#pumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (!this.#greeted || !this.#connection || !this.#hello) return;
    const { credit } = this.#hello;
    let taken = 0;
    for (const call of this.#waiting) {
      const isBatch = call.request.op === BATCH;
      if (this.#inFlight.size >= credit || (isBatch && this.#batches >= BATCHES_IN_FLIGHT_MAX)) break;
      taken += 1;
      if (call.ended) continue;
      this.#send(this.#connection, call, isBatch);
      if (!this.#greeted) break;
    }
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
  }

  #send(connection: Connection, call: Call, isBatch: boolean): void {
    const id = this.#nextId++;
    const { op, body, key } = call.request;
    call.sent = true;
    this.#inFlight.set(id, call);
    if (isBatch) this.#batches += 1;
    connection.send(key === '' ? { id, op, body } : { id, op, key, body });
  }

  #answer({ id, ok, body, error }: AnswerFrame): void {
    this.#heardMs = performance.now();
    this.#pinged = false;
    const call = this.#inFlight.get(id);
    if (!call) return;
    this.#inFlight.delete(id);
    if (call.request.op === BATCH) this.#batches -= 1;
    if (ok) call.answered(body);
    else if (isProblem(error)) this.#judge(call, error);
    this.#pumpSoon();
  }

  #judge(call: Call, problem: RefusedError['problem']): void {
    if (!isForLater(problem)) return call.refused(problem);
    if (problem.outcome === 'unknown') call.maybeDone = true;
    if (call.request.once && call.maybeDone) return call.givenUp('lost');
    call.hindrance = new RefusedError(problem);
    const again = (): void => {
      this.#later.delete(call);
      this.#waiting.push(call);
      this.connect();
      this.#pumpSoon();
    };
    this.#later.set(call, setTimeout(again, Backoff.delayMs(call.refusals++)));
  }

  /** Deadlines, a dial without an end, a server without a sound. */
  #lookAround(): void {
    const nowMs = performance.now();
    for (const call of this.#inFlight.values()) if (call.deadlineMs <= nowMs) call.maybeDone = true;
    for (const call of this.#all()) {
      if (call.deadlineMs > nowMs) continue;
      call.hindrance ??= this.#lastFault;
      call.givenUp('timeout');
    }
    this.#waiting = this.#waiting.filter(({ ended }) => !ended);
    for (const [call, timer] of this.#later) {
      if (!call.ended) continue;
      clearTimeout(timer);
      this.#later.delete(call);
    }
    if (this.#greeted) this.#listen(nowMs);
    else if ((this.#dialling || this.#connection) && nowMs - this.#dialledMs > DIAL_MS_MAX) this.#dialAnew();
  }

  #dialAnew(): void {
    this.#dials += 1;
    this.#dialling = false;
    if (this.#connection) this.#connection.end('no greeting came in time');
    else this.#dialLater(new Error('dialling took too long'));
  }

  #listen(nowMs: number): void {
    if (nowMs - this.#heardMs < SILENCE_MS_MAX) return;
    if (this.#pinged) return this.#connection?.end('the server is silent');
    this.#pinged = true;
    this.#heardMs = nowMs;
    this.#connection?.send({ id: PING_ID, op: 'ping' });
  }
}
