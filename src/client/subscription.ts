// Subscription. The events of a topic as an async iterator, over any number of connections.
//
// S1. In order, none missing: after a loss it goes on behind the last cursor that it took. S2. Bounded: who reads too slowly
// is unsubscribed at the bound, and goes on behind the last event that was kept once half of them are read. S3. It ends when
// it is closed, or with an error that coming again does not help.

import { UnansweredError, type RefusedError } from './faults.ts';
import type { FlorinEvent, Topic } from './transfer-types.ts';

export type SubscribeOptions = {
  /** Go on behind this cursor; from now on where it is not said. */
  readonly after?: string;
  /** Only events of a type, such as transfer.posted. */
  readonly filter?: { readonly type?: string };
};

/** Asks over the connection that is there, and not again over the next one: `failed` tells that it was lost. */
export type AskNow = (
  op: 'subscribe' | 'unsubscribe',
  body: object,
  done: (body: unknown) => void,
  failed: (fault: RefusedError | UnansweredError) => void,
) => void;

/** Events that wait to be read. */
const KEPT_MAX = 10_000;

/** idle: nothing is asked. asked: the answer is not there. live: events come. full: the reader has to catch up. */
type State = 'idle' | 'asked' | 'live' | 'full' | 'ended';

type Reader = {
  readonly resolve: (result: IteratorResult<FlorinEvent, undefined>) => void;
  readonly reject: (error: Error) => void;
};

export class Subscription implements AsyncIterableIterator<FlorinEvent, undefined> {
  readonly topic: Topic;
  /** Resolves with the place from which on nothing will be missing. */
  readonly started: Promise<string>;
  readonly #filter: SubscribeOptions['filter'];
  readonly #askNow: AskNow;
  readonly #gone: () => void;
  #start!: { readonly resolve: (cursor: string) => void; readonly reject: (error: Error) => void };
  #state: State = 'idle';
  /** Of the last event that was kept. */
  #cursor: string | undefined;
  #readCursor: string | undefined;
  #kept: FlorinEvent[] = [];
  #readers: Reader[] = [];
  #fault: Error | null = null;
  /** The question is on its way, or waits for a connection. */
  #asking = false;

  constructor(topic: Topic, { after, filter }: SubscribeOptions, askNow: AskNow, gone: () => void) {
    this.topic = topic;
    this.#cursor = after;
    this.#readCursor = after;
    this.#filter = filter;
    this.#askNow = askNow;
    this.#gone = gone;
    this.started = new Promise((resolve, reject) => (this.#start = { resolve, reject }));
    this.started.catch(() => undefined);
  }

  /** Of the last event that was read: where to go on another time. undefined before the first connection. */
  get cursor(): string | undefined {
    return this.#readCursor;
  }

  /** A connection is there, and knows nothing of it. */
  open(): void {
    if (this.#state === 'ended' || this.#state === 'full' || this.#asking) return;
    this.#state = 'asked';
    this.#asking = true;
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const body = { topic: this.topic, ...after, ...(this.#filter ? { filter: this.#filter } : {}) };
    this.#askNow(
      'subscribe',
      body,
      (answer) => this.#opened((answer as { readonly cursor: string }).cursor),
      (fault) => {
        this.#asking = false;
        // The next connection is asked anew.
        if (!(fault instanceof UnansweredError && fault.reason === 'lost')) this.fail(fault);
      },
    );
  }

  #opened(cursor: string): void {
    this.#asking = false;
    if (this.#state !== 'asked') return;
    this.#state = 'live';
    this.#cursor ??= cursor;
    this.#readCursor ??= cursor;
    this.#start.resolve(cursor);
  }

  take(event: FlorinEvent): void {
    if (this.#state !== 'live') return;
    this.#cursor = event.cursor;
    const reader = this.#readers.shift();
    if (reader) return reader.resolve(this.#handed(event));
    this.#kept.push(event);
    if (this.#kept.length < KEPT_MAX) return;
    this.#state = 'full';
    this.#leave();
  }

  next(): Promise<IteratorResult<FlorinEvent, undefined>> {
    const event = this.#kept.shift();
    if (event) {
      if (this.#state === 'full' && this.#kept.length <= KEPT_MAX / 2) this.#catchUp();
      return Promise.resolve(this.#handed(event));
    }
    if (this.#fault) return Promise.reject(this.#fault);
    if (this.#state === 'ended') return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** Ends it; what was not read is dropped. */
  return(): Promise<IteratorResult<FlorinEvent, undefined>> {
    if (this.#state === 'live' || this.#state === 'asked') this.#leave();
    this.#kept = [];
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends it with an error, after what is there was read. */
  fail(fault: Error): void {
    if (this.#state === 'ended') return;
    const [reader] = this.#readers;
    if (reader) {
      this.#readers.shift();
      reader.reject(fault);
    } else {
      this.#fault = fault;
    }
    this.#start.reject(fault);
    this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #handed(event: FlorinEvent): IteratorResult<FlorinEvent, undefined> {
    this.#readCursor = event.cursor;
    return { done: false, value: event };
  }

  #catchUp(): void {
    this.#state = 'idle';
    this.open();
  }

  #leave(): void {
    this.#askNow(
      'unsubscribe',
      { topic: this.topic },
      () => undefined,
      () => undefined,
    );
  }

  #end(): void {
    this.#state = 'ended';
    for (const { resolve } of this.#readers.splice(0)) resolve({ done: true, value: undefined });
    this.#gone();
  }
}
