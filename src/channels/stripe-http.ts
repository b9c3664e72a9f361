// Stripe HTTP. What the official SDK sends goes out through our own calls, so that what was never sent is known as such.
//
// H1. The SDK repeats nothing: it would, once, after a reset connection (its codes ECONNRESET and EPIPE) and whatever its
//     settings say. What fails here carries neither code. H2. Nothing of this machine leaves: the SDK's description of
//     the system and of who runs it is replaced by a name.

import { AsyncLocalStorage } from 'node:async_hooks';
import { Stripe } from 'stripe';
import type { HttpAnswer, HttpCalls, HttpRequest } from './http-call.ts';

/** What became of a request that got no answer; the SDK hands it on as the detail of its connection error. */
export class NoAnswer extends Error {
  readonly kind: 'unknown' | 'unsent';
  readonly reason: string;

  constructor(kind: 'unknown' | 'unsent', reason: string) {
    super(`no answer: ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}

/** Headers of the SDK that say more than they have to, or that the connection makes itself. */
const LEFT_OUT = new Set(['user-agent', 'x-stripe-client-user-agent', 'x-stripe-client-telemetry', 'content-length']);

type HeaderValues = Readonly<Record<string, string | number | string[]>>;

export class StripeHttp extends Stripe.HttpClient {
  readonly #http: HttpCalls;
  /** The SDK has no way to pass a signal to its client; the chain of promises has. */
  readonly #signals = new AsyncLocalStorage<AbortSignal>();

  constructor(http: HttpCalls) {
    super();
    this.#http = http;
  }

  /** Runs calls of the SDK, all requests of which end with the signal. */
  under<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#signals.run(signal, work);
  }

  override getClientName(): string {
    return 'florin';
  }

  override async makeRequest(
    _host: string,
    _port: string,
    path: string,
    method: string,
    headers: HeaderValues,
    body: string,
  ): Promise<InstanceType<typeof Stripe.HttpClientResponse>> {
    const signal = this.#signals.getStore();
    if (!signal) throw new Error('a call of the SDK outside of a verb');
    const outcome = await this.#http.send(requestOf(method, path, headers, body), signal);
    if (outcome.kind !== 'answer') throw new NoAnswer(outcome.kind, outcome.reason);
    return new StripeAnswer(outcome);
  }
}

class StripeAnswer extends Stripe.HttpClientResponse {
  readonly #answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super(answer.status, { ...answer.headers });
    this.#answer = answer;
  }

  override getRawResponse(): unknown {
    return {};
  }

  override toJSON(): unknown {
    return Promise.resolve().then(() => this._parseResponseBody(this.#answer.body) as unknown);
  }
}

function requestOf(method: string, path: string, headers: HeaderValues, body: string): HttpRequest {
  const kept = Object.entries(headers)
    .filter(([name]) => !LEFT_OUT.has(name.toLowerCase()))
    .map(([name, value]): [string, string] => [name, String(value)]);
  const sent = { ...Object.fromEntries(kept), 'User-Agent': 'florin' };
  switch (method) {
    case 'POST':
      return { method, path, headers: sent, body };
    case 'GET':
    case 'DELETE':
      return { method, path, headers: sent };
    default:
      throw new Error(`the SDK sends ${method}, which nobody expects`);
  }
}
