// One HTTP exchange over uWebSockets.js. Owns the native response from the request to the answer.
//
// X1. The native response is touched only before it was answered and before the client left: it throws afterwards.
// X2. A refusal is sent outside the parser's call and closes the connection. While it waits, the library cuts the
//     connection if another request follows in the same bytes, so nothing behind bad framing is ever obeyed.
// X3. An answer whose reader is slow waits as one body here, not as bytes in the library, which would take answers to
//     pipelined requests without a limit. A reader that stands still for 10 s is cut by the library.
// X4. While an answer is awaited nothing is read: the library would cut the connection at the next request. That the
//     client left is then noticed when the answer is sent, into nothing.

import { STATUS_CODES, validateHeaderValue } from 'node:http';
import { RequestBody } from './request-body.ts';
import type { Handlers, HttpAnswer, RefusedStatus, TransportLimits, Upgrade } from './transport.ts';
import { readHead, requestOf } from './uws-head.ts';
import type { Head } from './uws-head.ts';
import type { NativeRequest, NativeResponse } from './uws-native.ts';

export type ExchangeOptions = {
  readonly handlers: Handlers;
  readonly limits: TransportLimits;
  /** Exchanges that are not over; an exchange adds and removes itself. */
  readonly exchanges: Set<UwsExchange>;
  /** The listener closes: an answer ends its connection. */
  readonly isStopping: () => boolean;
};

type State = 'reading' | 'asked' | 'paused' | 'refused' | 'sending' | 'over';

const noBody = new Uint8Array(0);
const statusLines = new Map(Object.entries(STATUS_CODES).map(([code, text]) => [Number(code), `${code} ${text}`]));

export class UwsExchange {
  readonly head: Head;
  readonly #response: NativeResponse;
  readonly #options: ExchangeOptions;
  readonly #startedMs = performance.now();
  #state: State = 'reading';
  /** The library has corked the connection, as it does while it hands over a request. */
  #corked = false;

  /** To be called from the native handler of the request. */
  constructor(response: NativeResponse, native: NativeRequest, options: ExchangeOptions) {
    this.head = readHead(native);
    this.#response = response;
    this.#options = options;
    options.exchanges.add(this);
    response.onAborted(() => this.#end());
  }

  /** Collects the body and asks `handlers.request`; to be called from the native handler too. */
  serve(): void {
    const { framed, chunked, bodyBytes } = this.head;
    const { bodyBytesMax } = this.#options.limits;
    if (!framed) this.refuse(400);
    else if (bodyBytes > bodyBytesMax) this.refuse(413);
    else if (bodyBytes === 0 && !chunked) this.#ask(noBody);
    else this.#read(new RequestBody(bodyBytesMax));
  }

  /** Sends the answer; does nothing when there was one or the client left. */
  answer(answer: HttpAnswer): void {
    if (isOwed(this.#state)) this.#send(this.#checked(answer), false);
  }

  /** Answers with `status` and closes the connection. */
  refuse(status: RefusedStatus): void {
    if (this.#state !== 'reading') return;
    this.#state = 'refused';
    setImmediate(() => {
      if (this.#state === 'refused') this.#send(this.#options.handlers.refuse(status), true);
    });
  }

  /** Refuses a body that takes longer than `requestSeconds`. */
  checkTime(nowMs: number): void {
    if (nowMs - this.#startedMs >= this.#options.limits.requestSeconds * 1000) this.refuse(408);
  }

  /** What `handlers.upgrade` says; a handler that throws refuses. */
  decide(): Upgrade {
    const { handlers } = this.#options;
    try {
      return handlers.upgrade(requestOf(this.head, noBody));
    } catch (error) {
      handlers.fault(error);
      return { refuse: handlers.refuse(500) };
    }
  }

  /** Ends the exchange, as `upgrade` makes its connection a WebSocket. */
  handOver(upgrade: () => void): void {
    this.#end();
    upgrade();
  }

  /** Cuts the connection. */
  cut(): void {
    if (this.#state !== 'over') this.#response.close();
  }

  #read(body: RequestBody): void {
    this.#response.onData((chunk, last) => {
      if (this.#state !== 'reading') return;
      if (!body.add(new Uint8Array(chunk))) return this.refuse(413);
      if (last) this.#ask(body.take());
    });
  }

  #ask(body: Uint8Array): void {
    this.#state = 'asked';
    this.#corked = true;
    const { handlers } = this.#options;
    try {
      handlers.request(requestOf(this.head, body), (answer) => this.answer(answer));
    } catch (error) {
      handlers.fault(error);
      this.answer(handlers.refuse(500));
    }
    this.#corked = false;
    this.#pause();
  }

  /** Lets the next request wait in the operating system, unless the handler has answered (X4). */
  #pause(): void {
    if (this.#state !== 'asked') return;
    this.#state = 'paused';
    this.#response.pause();
  }

  /** The answer, if its headers can be sent: a line break in one would forge another. */
  #checked(answer: HttpAnswer): HttpAnswer {
    try {
      for (const [name, value] of answer.headers) validateHeaderValue(name, value);
      return answer;
    } catch (error) {
      this.#options.handlers.fault(error);
      return this.#options.handlers.refuse(500);
    }
  }

  #send(answer: HttpAnswer, last: boolean): void {
    // Before anything is written: the library resumes wrongly where bytes wait that did not when it paused.
    if (this.#state === 'paused') this.#response.resume();
    const closes = last || this.#options.isStopping();
    if (this.#corked) this.#write(answer, closes);
    else this.#response.cork(() => this.#write(answer, closes));
  }

  #write({ status, headers, body }: HttpAnswer, closes: boolean): void {
    const response = this.#response;
    this.#state = 'sending';
    response.writeStatus(statusLines.get(status) ?? `${status} Unknown`);
    for (const [name, value] of headers) response.writeHeader(name, value);
    const isHead = this.head.method === 'HEAD';
    const bodiless = isHead || status === 204 || status === 304;
    if (!bodiless && !closes) return this.#writeBody(body);
    if (closes) {
      response.end(bodiless ? '' : body, true);
    } else {
      // Not told to the library: on 20.30 an answer that ends with a length and without a body never ends.
      if (isHead) response.writeHeader('Content-Length', String(Buffer.byteLength(body)));
      response.endWithoutBody();
    }
    this.#end();
  }

  #writeBody(body: string | Uint8Array): void {
    const [, complete] = this.#response.tryEnd(body, 0);
    if (complete) return this.#end();
    const bytes = typeof body === 'string' ? Buffer.from(body) : body.slice();
    this.#response.onWritable((offsetBytes) => {
      const [taken, done] = this.#response.tryEnd(bytes.subarray(offsetBytes), bytes.length);
      if (done) this.#end();
      return taken;
    });
  }

  #end(): void {
    this.#state = 'over';
    this.#options.exchanges.delete(this);
  }
}

/** True while the client may still get the handler's answer. */
function isOwed(state: State): boolean {
  return state === 'reading' || state === 'asked' || state === 'paused';
}
