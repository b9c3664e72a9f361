// One HTTP exchange over node:http. Owns the request and the response until the answer is given.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestBody } from './request-body.ts';
import { discard, storeBody } from './stored-body.ts';
import type {
  Handlers,
  HttpAnswer,
  HttpRequest,
  RefusedStatus,
  TransportLimits,
  Upgrade,
  Upload,
  UploadTarget,
} from './transport.ts';

const NO_BODY = new Uint8Array(0);

export type ExchangeOptions = {
  readonly handlers: Handlers;
  readonly limits: TransportLimits;
  /** Exchanges that are not over; an exchange adds and removes itself. */
  readonly exchanges: Set<HttpExchange>;
  /** The listener closes: an answer ends its connection. */
  readonly isStopping: () => boolean;
};

export class HttpExchange {
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  #state: 'reading' | 'asked' | 'over' = 'reading';
  #isUpload = false;

  constructor(message: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#message = message;
    this.#response = response;
    this.#options = options;
    options.exchanges.add(this);
    response.on('close', () => this.#end());
  }

  /** Collects the body and asks `handlers.request`. */
  serve(): void {
    const { bodyBytesMax } = this.#options.limits;
    const { host, 'content-length': length, 'transfer-encoding': coding = 'chunked' } = this.#message.headers;
    // The parser has refused every other ambiguity. In a list of codings the body would arrive still coded.
    if (host === undefined || coding.toLowerCase() !== 'chunked') return this.refuse(400);
    const target = this.#options.handlers.upload?.(requestOf(this.#message, NO_BODY)) ?? null;
    if (target) return void this.#store(target, Number(length ?? 0));
    if (Number(length ?? 0) > bodyBytesMax) return this.refuse(413);
    const body = new RequestBody(bodyBytesMax);
    this.#message.on('data', (chunk: Buffer) => {
      if (this.#state === 'reading' && !body.add(chunk)) this.refuse(413);
    });
    this.#message.on('end', () => {
      if (this.#state === 'reading') this.#ask(body.take());
    });
  }

  /** Brings the body to a file, and asks `handlers.request` when all of it is there. */
  async #store(target: UploadTarget, length: number): Promise<void> {
    this.#isUpload = true;
    if (length > target.bytesMax) return this.refuse(413);
    const { handlers } = this.#options;
    try {
      const upload = await storeBody(this.#message, target);
      if (typeof upload === 'number') this.refuse(upload);
      else if (this.#state === 'over') discard(upload);
      else this.#ask(NO_BODY, upload);
    } catch (error) {
      // A client that left is no fault; a disk that is full is.
      if (this.#state === 'over' || this.#message.destroyed) return;
      handlers.fault(error);
      this.refuse(500);
    }
  }

  /** What `handlers.upgrade` says; a handler that throws refuses. */
  decide(): Upgrade {
    const { handlers } = this.#options;
    try {
      return handlers.upgrade(requestOf(this.#message, NO_BODY));
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

  /** Sends the answer; does nothing when there was one or the client left. */
  answer(answer: HttpAnswer): void {
    this.#send(answer, false);
  }

  /** Answers with `status` and closes the connection. */
  refuse(status: RefusedStatus): void {
    this.#send(this.#options.handlers.refuse(status), true);
  }

  /** True when the client of `socket` has sent all of this request and waits for the answer. */
  isOwedTo(socket: unknown): boolean {
    return this.#state !== 'over' && this.#message.complete && this.#message.socket === socket;
  }

  /** True while a body from `socket` goes to the disk: its time is counted by whoever stores it. */
  isUploadFrom(socket: unknown): boolean {
    return this.#isUpload && this.#state === 'reading' && this.#message.socket === socket;
  }

  #ask(body: Uint8Array, upload?: Upload): void {
    this.#state = 'asked';
    const { handlers } = this.#options;
    try {
      const request = requestOf(this.#message, body);
      handlers.request(upload ? { ...request, upload } : request, (answer) => this.answer(answer));
    } catch (error) {
      handlers.fault(error);
      this.answer(handlers.refuse(500));
    }
  }

  #send(answer: HttpAnswer, last: boolean): void {
    if (this.#state === 'over') return;
    this.#end();
    if (last || this.#options.isStopping()) this.#response.shouldKeepAlive = false;
    try {
      this.#write(answer);
    } catch (error) {
      // node:http refused a header, before anything was sent.
      this.#options.handlers.fault(error);
      this.#write(this.#options.handlers.refuse(500));
    }
  }

  #write({ status, headers, body }: HttpAnswer): void {
    const bodiless = status === 204 || status === 304;
    const pairs = bodiless ? [] : ['content-length', String(Buffer.byteLength(body))];
    for (const [name, value] of headers) pairs.push(name, value);
    this.#response.writeHead(status, pairs);
    this.#response.end(bodiless ? '' : body);
  }

  #end(): void {
    this.#state = 'over';
    this.#options.exchanges.delete(this);
  }
}

function requestOf(message: IncomingMessage, body: Uint8Array): HttpRequest {
  const { method = '', url = '' } = message;
  const mark = url.indexOf('?');
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    header: (name) => headerOf(message, name),
    headers: () => Object.fromEntries(Object.keys(message.headers).map((name) => [name, headerOf(message, name)])),
    body,
  };
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return Array.isArray(value) ? value.join(', ') : value;
}
