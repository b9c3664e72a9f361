// Connection. One WebSocket from dialling to its end. It knows frames; who asks what is the link's business.
//
// W1. Nothing is handed over before the greeting and nothing after the end. W2. The end is told once.

import type { Encoding } from './encodings.ts';

/** As much of a WebSocket as is needed: that of browsers and of Node 22, or that of the package ws. */
export type SocketLike = {
  binaryType: string;
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
};

export type MakeSocket = (url: string, protocols: string[]) => SocketLike;

/** What the server allows: requests in flight on this connection, transfers in a batch. */
export type Hello = { readonly credit: number; readonly max_batch: number };

export type AnswerFrame = {
  readonly id: number;
  readonly ok: boolean;
  readonly body?: unknown;
  readonly error?: unknown;
};

export type EventFrame = {
  readonly event: string;
  readonly topic: string;
  readonly cursor: string;
  readonly data: unknown;
};

export type ConnectionListener = {
  readonly greeted: (hello: Hello) => void;
  readonly answer: (frame: AnswerFrame) => void;
  readonly event: (frame: EventFrame) => void;
  readonly ended: (why: Error) => void;
};

/** Normal end, and a frame that cannot be read (RFC 6455). */
const CLOSE = { normal: 1000, unreadable: 4000 } as const;

export class Connection {
  readonly #socket: SocketLike;
  readonly #encoding: Encoding;
  readonly #listener: ConnectionListener;
  #greeted = false;
  #ended = false;

  constructor(socket: SocketLike, encoding: Encoding, listener: ConnectionListener) {
    this.#socket = socket;
    this.#encoding = encoding;
    this.#listener = listener;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    socket.addEventListener('close', ({ code, reason }) =>
      this.#end(new Error(`the WebSocket was closed: ${code} ${reason}`)),
    );
    socket.addEventListener('error', () => this.end('the WebSocket failed'));
  }

  send(frame: object): void {
    this.#socket.send(this.#encoding.encode(frame));
  }

  /** Ends it without waiting for the other side. */
  end(why: string, code: number = CLOSE.normal): void {
    // What is still connecting throws in some implementations when it is closed; its end is told all the same.
    try {
      this.#socket.close(code);
    } catch (error) {
      this.#end(new Error(why, { cause: error }));
    }
    this.#end(new Error(why));
  }

  #end(why: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.ended(why);
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    let frame: Partial<AnswerFrame & EventFrame & { readonly hello: Hello }>;
    try {
      frame = this.#encoding.decode(data) as typeof frame;
    } catch (error) {
      this.end(`a frame cannot be read: ${String(error)}`, CLOSE.unreadable);
      return;
    }
    if (!this.#greeted) this.#greet(frame.hello);
    else if (frame.event !== undefined) this.#listener.event(frame as EventFrame);
    else this.#listener.answer(frame as AnswerFrame);
  }

  #greet(hello: Hello | undefined): void {
    if (hello === undefined) return this.end('no greeting came', CLOSE.unreadable);
    this.#greeted = true;
    this.#listener.greeted(hello);
  }
}
