// Connection to a running server. Owns one WebSocket at a time, the requests that were sent and not yet answered, and
// the way back after a loss.
//
// N1. Requests go out in the order of the calls; after a loss the unanswered ones go out again in that same order.
//     Every request of the replay carries ids of its own making, so sending one twice changes nothing.
// N2. Never more unanswered requests than the server's credit, nor than `inFlightMax`.
// N3. A refusal for load (429, 503) counts as a loss: the server judges the whole row of requests anew, in order.
//     Resending only the refused one would let later requests overtake it.

import { setTimeout as sleep } from 'node:timers/promises';
import { greet, packr, readFrame, Unwelcome, type Frame, type Hello } from './greeting.ts';
import type { WebSocket } from 'ws';

export type Answer = {
  /** Why the request was refused; undefined where it was carried out. */
  readonly code?: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The request went out more than once: an earlier copy may have done the work. */
  readonly resent: boolean;
};

export type ConnectionOptions = {
  /** Base address of the server, `http://host:port`. */
  readonly url: string;
  readonly key?: string | undefined;
  /** Requests without answer, at most; the server's credit may lower it. */
  readonly inFlightMax: number;
  /** How long to try to come back after a loss without a single answer. */
  readonly recoveryMsMax: number;
};

/** First pause after a loss; doubled up to the second figure, so that a restarting server is not hammered. */
const PAUSE_MS = 50;
const PAUSE_MS_MAX = 2_000;

type Request = {
  readonly bytes: Uint8Array;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  timesSent: number;
};

export class Connection {
  private readonly options: ConnectionOptions;
  /** Unanswered requests by id; a Map keeps the order of sending. */
  private readonly unanswered = new Map<number, Request>();
  private readonly waiting: (() => void)[] = [];
  private socket: WebSocket | undefined;
  private nextId = 1;
  private lostAtMs: number | undefined;
  private pauseMs = PAUSE_MS;
  private failure: Error | undefined;
  private closing = false;
  /** How often the connection was lost. */
  losses = 0;
  hello: Hello = { version: '', credit: 1, max_batch: 1 };

  private constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Opens and greets once; rejects with a readable Error where there is no server or it refuses the key. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options);
    await connection.connect();
    return connection;
  }

  /** Resolves when there is room for one more request, at once while the window is open. */
  async room(): Promise<void> {
    while (this.failure === undefined && this.unanswered.size >= this.window()) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Sends one request; call `room` before. Rejects only when the server stayed away for `recoveryMsMax`. */
  request(op: string, body: unknown): Promise<Answer> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = this.nextId++;
    // Copied: the packer hands out a view of the buffer it writes into next time.
    const bytes = Uint8Array.from(packr.pack({ id, op, body }));
    return new Promise((resolve, reject) => {
      const request = { bytes, resolve, reject, timesSent: 0 };
      this.unanswered.set(id, request);
      if (this.socket !== undefined) this.transmit(this.socket, request);
    });
  }

  close(): void {
    this.closing = true;
    this.socket?.close(1000);
  }

  private window(): number {
    return Math.max(1, Math.min(this.hello.credit, this.options.inFlightMax));
  }

  private transmit(socket: WebSocket, request: Request): void {
    request.timesSent += 1;
    // A failed send is followed by `close`, which starts the way back.
    socket.send(request.bytes, () => {});
  }

  private async connect(): Promise<void> {
    const { socket, hello } = await greet(this.options.url, this.options.key);
    this.hello = hello;
    this.socket = socket;
    socket.on('message', (data: Uint8Array) => this.receive(socket, data));
    socket.once('close', () => this.lose(socket));
    for (const request of this.unanswered.values()) this.transmit(socket, request);
  }

  private receive(socket: WebSocket, data: Uint8Array): void {
    if (socket !== this.socket) return;
    try {
      this.take(socket, readFrame(data));
    } catch (error) {
      this.fail(new Error(`${this.options.url} sent what is no answer`, { cause: error }));
    }
  }

  private take(socket: WebSocket, { id, ok, body, error }: Frame): void {
    const request = id === undefined ? undefined : this.unanswered.get(id);
    if (id === undefined || request === undefined) return;
    if (error?.status === 429 || error?.status === 503) return this.lose(socket);
    this.lostAtMs = undefined;
    this.pauseMs = PAUSE_MS;
    this.unanswered.delete(id);
    const refusal = ok === true ? {} : { code: error?.code ?? 'internal_error' };
    request.resolve({ ...refusal, body: body ?? {}, resent: request.timesSent > 1 });
    this.waiting.shift()?.();
  }

  private lose(socket: WebSocket): void {
    if (socket !== this.socket || this.closing) return;
    this.socket = undefined;
    socket.terminate();
    this.losses += 1;
    this.lostAtMs ??= performance.now();
    this.recover(this.lostAtMs).catch((error: unknown) => this.fail(error));
  }

  private async recover(lostAtMs: number): Promise<void> {
    while (performance.now() - lostAtMs < this.options.recoveryMsMax) {
      await sleep(this.pauseMs);
      this.pauseMs = Math.min(PAUSE_MS_MAX, this.pauseMs * 2);
      try {
        return await this.connect();
      } catch (error) {
        if (error instanceof Unwelcome) throw error;
      }
    }
    const seconds = this.options.recoveryMsMax / 1_000;
    throw new Error(`the connection to ${this.options.url} was lost and did not come back within ${seconds} s`);
  }

  private fail(error: unknown): void {
    this.failure = error instanceof Error ? error : new Error(String(error));
    this.closing = true;
    this.socket?.terminate();
    for (const request of this.unanswered.values()) request.reject(this.failure);
    this.unanswered.clear();
    for (const wake of this.waiting.splice(0)) wake();
  }
}
