// HTTP calls. All that goes out to one provider over HTTP: an agent of its own, and an outcome for whatever happens.
//
// H1. Unsent is said only while the request has not been handed to a connection; from then on it is an answer or unknown.
// H2. No redirect is followed, no request is repeated, no body grows beyond its limit.
// H3. 5xx is unknown: who says that it failed does not say what it did. What a 4xx means is for the adapter.

import { Agent, type Dispatcher } from 'undici';

export type HttpLimits = {
  /** Connections to the provider; the bulkheads in front let no more requests through. */
  readonly connections: number;
  readonly connectMsMax: number;
  /** From the request until the last header of the answer. */
  readonly headersMsMax: number;
  /** Between two pieces of a body. */
  readonly bodyMsMax: number;
  readonly bodyBytesMax: number;
};

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** From the first slash on, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A status below 500 that is no redirect, with its body. Header names are lower case. */
export type HttpAnswer = {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type HttpOutcome = HttpAnswer | { readonly kind: 'unknown' | 'unsent'; readonly reason: string };

/** An idle connection is closed before most servers close it: a request on a connection just closed is lost. */
const KEEP_ALIVE_MS = 4_000;

export class HttpCalls {
  readonly #origin: string;
  readonly #bodyBytesMax: number;
  readonly #agent: Agent;

  /** @param origin scheme, host and port */
  constructor(origin: string, limits: HttpLimits) {
    this.#origin = origin;
    this.#bodyBytesMax = limits.bodyBytesMax;
    this.#agent = new Agent({
      connections: limits.connections,
      pipelining: 1,
      connect: { timeout: limits.connectMsMax },
      headersTimeout: limits.headersMsMax,
      bodyTimeout: limits.bodyMsMax,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: 16_384,
      allowH2: false,
    });
  }

  /** Never rejects. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    return new Promise((resolve) => {
      const exchange = new Exchange(this.#bodyBytesMax, signal, resolve);
      if (signal.aborted) return exchange.end();
      try {
        const { method, path, headers, body = null } = request;
        this.#agent.dispatch({ origin: this.#origin, method, path, headers: { ...headers }, body }, exchange);
      } catch (error) {
        exchange.onResponseError(null, error);
      }
    });
  }

  /**
   * The lines of an answer, as they come.
   * @throws on any other status than 200, on a line above the limit of a body, and when the body breaks off
   */
  async *lines(request: HttpRequest, signal: AbortSignal): AsyncGenerator<string> {
    const { method, path, headers } = request;
    const answer = await this.#agent.request({ origin: this.#origin, method, path, headers: { ...headers }, signal });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new Error(`the channel answered ${answer.statusCode}`);
    }
    let rest = '';
    for await (const text of answer.body.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > this.#bodyBytesMax) throw new Error('a line of the bill is too long');
    }
    if (rest !== '') yield rest;
  }

  /** What is under way ends as unknown. */
  async stop(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** One request and its answer. undici calls it; the first end counts. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #bytesMax: number;
  readonly #signal: AbortSignal;
  readonly #resolve: (outcome: HttpOutcome) => void;
  readonly #abort = () => this.end();
  readonly #pieces: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #ended = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #bytes = 0;

  constructor(bytesMax: number, signal: AbortSignal, resolve: (outcome: HttpOutcome) => void) {
    this.#bytesMax = bytesMax;
    this.#signal = signal;
    this.#resolve = resolve;
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** Nobody waits any more. */
  end(): void {
    this.#finish(this.#failed('deadline_exceeded'));
    this.#controller?.abort(new Error('deadline exceeded'));
  }

  /** undici calls this just before it writes the request; one that is aborted here is not written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) return controller.abort(new Error('deadline exceeded'));
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    this.#headers = {};
    for (const [name, value] of Object.entries(headers)) this.#headers[name.toLowerCase()] = String(value);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes <= this.#bytesMax) return void this.#pieces.push(piece);
    this.#finish(this.#failed('body_too_large'));
    controller.abort(new Error('body too large'));
  }

  onResponseEnd(): void {
    if (this.#status >= 500) return this.#finish(this.#failed(`http_${this.#status}`));
    if (this.#status >= 300 && this.#status < 400) return this.#finish(this.#failed('redirected'));
    const body = Buffer.concat(this.#pieces).toString('utf8');
    this.#finish({ kind: 'answer', status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#finish(this.#failed(this.#controller ? reasonLost(error) : reasonUnsent(error)));
  }

  #failed(reason: string): HttpOutcome {
    return { kind: this.#controller ? 'unknown' : 'unsent', reason };
  }

  #finish(outcome: HttpOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#abort);
    this.#resolve(outcome);
  }
}

function reasonUnsent(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'connect_refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'name_not_resolved';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return 'connect_timeout';
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return 'stopped';
    default:
      return 'connect_failed';
  }
}

function reasonLost(error: unknown): string {
  const code = codeOf(error);
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? 'timeout' : 'connection_lost';
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
