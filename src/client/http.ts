// HTTP. Calls as requests: a few at once, the others wait; sent again under the same keys until they have an answer or
// their time is over.

import { Backoff } from './backoff.ts';
import type { Call } from './call.ts';
import { isForLater, isProblem, RefusedError, type Problem } from './faults.ts';

export type HttpRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** undefined: none. Bytes go as they are. */
  readonly body?: object | Uint8Array | undefined;
  /** Seconds that the server may keep the answer back until the resource has ended; 0 for at once. */
  readonly wait?: number | undefined;
};

export type HttpOptions = {
  /** Without a path: http://127.0.0.1:8080 */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  /** Requests at once. */
  readonly connectionsMax: number;
};

/** One attempt may take so long beside what it asks to wait, ms; the next one is sent within the call's own time. */
const ATTEMPT_MS_MAX = 10_000;

type Answered = { readonly status: number; readonly body: unknown };

export class Http {
  readonly #options: HttpOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #aborts = new Set<AbortController>();
  #active = 0;
  #closed = false;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Ends with the call, whatever happens. `urgent`: does not wait for its turn. */
  async ask(call: Call, request: HttpRequest, urgent = false): Promise<void> {
    if (urgent) return this.#attempts(call, request);
    await this.#turn(call);
    try {
      await this.#attempts(call, request);
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    this.#closed = true;
    for (const abort of this.#aborts) abort.abort();
    for (const waiter of this.#waiting.splice(0)) waiter();
  }

  async #turn(call: Call): Promise<void> {
    if (this.#active >= this.#options.connectionsMax) {
      const timer = { id: setTimeout(() => call.givenUp('timeout'), call.deadlineMs - performance.now()) };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      clearTimeout(timer.id);
    }
    this.#active += 1;
  }

  async #attempts(call: Call, request: HttpRequest): Promise<void> {
    for (let attempt = 0; !call.ended; attempt++) {
      if (this.#closed) return call.givenUp('closed');
      const leftMs = call.deadlineMs - performance.now();
      if (leftMs <= 0) return call.givenUp('timeout');
      await this.#attempt(call, request, leftMs);
      if (call.ended) return;
      if (call.request.once && call.maybeDone) return call.givenUp('lost');
      const delayMs = Math.min(Backoff.delayMs(attempt), Math.max(0, call.deadlineMs - performance.now()));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  async #attempt(call: Call, request: HttpRequest, leftMs: number): Promise<void> {
    call.sent = true;
    let answer: Answered;
    try {
      answer = await this.#send(call.request.key, request, leftMs);
    } catch (error) {
      call.hindrance = error;
      if (!wasNeverSent(error)) call.maybeDone = true;
      return;
    }
    const { status, body } = answer;
    if (status < 300) return call.answered(body);
    const problem = isProblem(body) ? body : strangeProblem(status, request.path);
    if (!isForLater(problem)) return call.refused(problem);
    if (problem.outcome === 'unknown') call.maybeDone = true;
    call.hindrance = new RefusedError(problem);
  }

  async #send(key: string, { method, path, body, wait = 0 }: HttpRequest, leftMs: number): Promise<Answered> {
    const { url, headers, fetch } = this.#options;
    const abort = new AbortController();
    this.#aborts.add(abort);
    const timer = setTimeout(() => abort.abort(), Math.min(leftMs, ATTEMPT_MS_MAX + wait * 1_000));
    const bytes = body instanceof Uint8Array;
    try {
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
          ...(key === '' ? {} : { 'idempotency-key': key }),
          ...(wait === 0 ? {} : { prefer: `wait=${wait}` }),
        },
        ...(body === undefined ? {} : { body: bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
        signal: abort.signal,
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as unknown) };
    } finally {
      clearTimeout(timer);
      this.#aborts.delete(abort);
    }
  }
}

/** Only what never reached a server is certain not to have happened; browsers do not say. */
function wasNeverSent(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED';
}

/** Something between here and the server has answered: what it is worth is what a server that fails is worth. */
function strangeProblem(status: number, instance: string): Problem {
  const isFault = status >= 500 || status === 429 || status === 408;
  return {
    type: 'about:blank',
    title: 'An answer without a problem document.',
    status,
    detail: `HTTP ${status}`,
    instance,
    code: isFault ? 'internal_error' : `http_${status}`,
    outcome: isFault ? 'unknown' : 'none',
    retryable: isFault,
    request_id: '',
  };
}
