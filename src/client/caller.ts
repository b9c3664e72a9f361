// Caller. Sends the calls of all resources where they belong, and counts them.

import { Batcher, type Tuple } from './batcher.ts';
import { Call, type CallRequest } from './call.ts';
import { lookMsOf, type CallOptions, type FullOptions } from './client-options.ts';
import type { EventFrame, MakeSocket, SocketLike } from './connection.ts';
import { ENCODINGS } from './encodings.ts';
import { UnansweredError } from './faults.ts';
import { HttpBatches } from './http-batches.ts';
import { Http, type HttpRequest } from './http.ts';
import { Link } from './link.ts';
import { Names } from './names.ts';
import { Results, type RefusalList } from './results.ts';
import { Room } from './room.ts';
import { placeOf, type OperationName } from './routes.ts';
import { Subscriptions } from './subscriptions.ts';
import type { BatchAnswer, TransferResult } from './transfer-types.ts';
import { turnEnd } from './turn.ts';

/** The client's own questions, tickets and lists of refusals, ms: others wait for them, and they are asked again. */
const OWN_MS_MAX = 4_000;

export class Caller {
  readonly names = new Names();
  readonly room: Room;
  readonly subscriptions: Subscriptions;
  readonly #options: FullOptions;
  readonly #makeSocket: MakeSocket;
  readonly #http: Http;
  readonly #link: Link;
  readonly #batcher: Batcher;
  #closing = false;

  constructor(options: FullOptions, makeSocket: MakeSocket) {
    this.#options = options;
    this.#makeSocket = makeSocket;
    this.room = new Room(options.pendingMax);
    const { url, key, connectionsMax, batchMax, timeoutMs } = options;
    const headers = key === '' ? {} : { authorization: `Bearer ${key}` };
    this.#http = new Http({ url, headers, fetch: globalThis.fetch.bind(globalThis), connectionsMax });
    this.#link = new Link({
      encoding: ENCODINGS[options.encoding],
      dial: () => this.#dial(),
      atTurnEnd: turnEnd(),
      event: (frame: EventFrame) => this.subscriptions.take(frame),
      opened: () => this.subscriptions.open(),
      denied: (error) => this.subscriptions.fail(error),
      lookMs: lookMsOf(options),
    });
    this.subscriptions = new Subscriptions(this.#link, timeoutMs);
    const results = new Results(() => this.request<RefusalList>('GET', '/v1/refusals', undefined, { own: true }));
    const overHttp = new HttpBatches(this.#http, turnEnd());
    const link = options.transport === 'http' ? overHttp : this.#link;
    this.#batcher = new Batcher({ link, results, batchMax, timeoutMs, ended: () => this.room.leave() });
  }

  /** An operation, over what the client was told to use; over HTTP where it is to wait. `keyed`: it changes something. */
  operation<Answer>(
    op: OperationName,
    body: object,
    { key = '', wait = 0 }: CallOptions,
    keyed: boolean,
  ): Promise<Answer> {
    const request = { op, body, key: keyed && key === '' ? this.names.next() : key };
    const overHttp = wait > 0 || this.#options.transport === 'http';
    return this.#call<Answer>(request, wait, (call) => {
      if (overHttp) this.#askHttp(call, wait);
      else this.#link.ask(call);
    });
  }

  /** What only HTTP has. `once`: it must not be sent twice. `own`: a question of the client itself: not counted, at once. */
  request<Answer>(
    method: string,
    path: string,
    body?: object | Uint8Array,
    { key = '', once = false, own = false }: { key?: string; once?: boolean; own?: boolean } = {},
  ): Promise<Answer> {
    const ask = (call: Call): void => void this.#http.ask(call, { method, path, body }, own);
    const request = { op: path, body: {}, key, once };
    if (!own) return this.#call<Answer>(request, 0, ask);
    return new Promise<Answer>((resolve, reject) => {
      ask(new Call(request, performance.now() + OWN_MS_MAX, (said) => resolve(said as Answer), reject));
    });
  }

  transfer(tuple: Tuple): Promise<TransferResult> {
    const fault = this.#enter(tuple[0]);
    if (fault) return Promise.reject(fault);
    return this.#batcher.add(tuple);
  }

  batch(transfers: readonly Tuple[], atomic: boolean): Promise<BatchAnswer> {
    return this.operation('transfers.batch', { transfers, ...(atomic ? { atomic } : {}) }, {}, false);
  }

  connect(): void {
    if (this.#options.transport === 'websocket') this.#link.connect();
  }

  /** Takes no more calls; resolves when all there are have ended. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.room.idle();
    this.destroy();
  }

  destroy(): void {
    this.#closing = true;
    this.subscriptions.close();
    this.#link.close();
    this.#http.close();
  }

  #enter(key: string): UnansweredError | null {
    if (this.#closing) return new UnansweredError('closed', 'none', key);
    return this.room.take() ? null : new UnansweredError('full', 'none', key);
  }

  #call<Answer>(request: CallRequest, wait: number, ask: (call: Call) => void): Promise<Answer> {
    const fault = this.#enter(request.key);
    if (fault) return Promise.reject(fault);
    const deadlineMs = performance.now() + this.#options.timeoutMs + wait * 1_000;
    return new Promise<Answer>((resolve, reject) => {
      const done = (body: unknown): void => {
        this.room.leave();
        resolve(body as Answer);
      };
      const failed = (error: Error): void => {
        this.room.leave();
        reject(error);
      };
      ask(new Call(request, deadlineMs, done, failed));
    });
  }

  #askHttp(call: Call, wait: number): void {
    const { op, body } = call.request;
    const request: HttpRequest = { ...placeOf(op as OperationName, body), wait };
    void this.#http.ask(call, request);
  }

  /** With a ticket, because browsers cannot send the key with the upgrade, and because a problem document says why not. */
  async #dial(): Promise<SocketLike> {
    const { url, ticket, encoding } = this.#options;
    const issued = ticket ? await ticket() : await this.#ticket();
    const { protocol } = ENCODINGS[encoding];
    return this.#makeSocket(`${url.replace(/^http/, 'ws')}/v1/ws?ticket=${encodeURIComponent(issued)}`, [protocol]);
  }

  async #ticket(): Promise<string> {
    const { ticket } = await this.request<{ ticket: string }>('POST', '/v1/ws_tickets', {}, { own: true });
    return ticket;
  }
}
