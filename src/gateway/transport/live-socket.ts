// Live WebSocket. Owns the life of one socket, the same over both transports; a Wire is all it needs of the library.
//
// L1. `handlers.close` is called exactly once, and no message is delivered after it was decided.
// L2. Above `backlogBytesMax` the socket closes with 1013. A reader that has stopped never gets to the close frame
//     behind its backlog, so whatever the peer does, the connection is cut `closingMsMax` after a close was decided.
// L3. A peer that is silent for `silenceSeconds` is cut. Whole messages, pings and pongs count as a sign of life.

import type { Handlers, Socket, TransportLimits } from './transport.ts';

/** Time for a peer to read the backlog and finish the closing handshake. Longer only holds memory for the departed. */
export const closingMsMax = 3_000;

/** One connection of a library. None of its methods is called after `LiveSocket.gone`. */
export type Wire = {
  /** Queues a message; true when the operating system took all of it. Copies bytes. */
  readonly send: (message: string | Uint8Array) => boolean;
  readonly cork: (writes: () => void) => void;
  readonly backlogBytes: () => number;
  readonly ping: () => void;
  /** Closing handshake, once the backlog is sent. */
  readonly end: (code: number, reason: string) => void;
  /** Drops the connection and its backlog now. */
  readonly cut: () => void;
};

export type LiveSocketOptions = {
  readonly handlers: Handlers;
  readonly limits: TransportLimits;
  /** The open sockets of the listener; a socket adds and removes itself. */
  readonly sockets: Set<LiveSocket>;
};

export class LiveSocket implements Socket {
  readonly session: unknown;
  readonly #wire: Wire;
  readonly #options: LiveSocketOptions;
  #state: 'open' | 'closing' | 'gone' = 'open';
  #heardMs = performance.now();
  #pingedMs = this.#heardMs;
  #cutTimer: NodeJS.Timeout | undefined;

  constructor(wire: Wire, session: unknown, options: LiveSocketOptions) {
    this.#wire = wire;
    this.session = session;
    this.#options = options;
    options.sockets.add(this);
  }

  /** Tells the gateway; called once by the transport, when the socket can send. */
  opened(): void {
    this.#guard(() => this.#options.handlers.open(this));
  }

  send(message: string | Uint8Array): void {
    if (this.#state !== 'open') return;
    if (!this.#wire.send(message)) this.#checkBacklog();
  }

  cork(writes: () => void): void {
    if (this.#state === 'gone') return writes();
    this.#wire.cork(writes);
    // A library may report corked bytes as sent; only now it is known whether the reader took them.
    if (this.#state === 'open') this.#checkBacklog();
  }

  backlogBytes(): number {
    return this.#state === 'gone' ? 0 : this.#wire.backlogBytes();
  }

  close(code: number, reason: string): void {
    this.#finish(code, reason, false);
  }

  /** A message came. `bytes` may be reused by the library after the call. */
  received(bytes: Uint8Array, binary: boolean): void {
    this.heard();
    if (this.#state !== 'open') return;
    if (bytes.length > this.#options.limits.messageBytesMax) return this.close(1009, 'message too large');
    this.#guard(() => this.#options.handlers.message(this, bytes, binary));
  }

  /** A sign of life came. */
  heard(): void {
    this.#heardMs = performance.now();
  }

  /** Pings when a ping is due; cuts a silent peer. */
  beat(nowMs: number): void {
    const { pingSeconds, silenceSeconds } = this.#options.limits;
    if (this.#state !== 'open') return;
    if (nowMs - this.#heardMs >= silenceSeconds * 1000) return this.#wire.cut();
    if (nowMs - this.#pingedMs < pingSeconds * 1000) return;
    this.#pingedMs = nowMs;
    this.#wire.ping();
  }

  /** The connection ended, for whatever reason; the transport calls it once. */
  gone(code: number): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'gone';
    clearTimeout(this.#cutTimer);
    this.#options.sockets.delete(this);
    if (wasOpen) this.#report(code, false);
  }

  /** Drops the connection now. */
  cut(): void {
    if (this.#state !== 'gone') this.#wire.cut();
  }

  #checkBacklog(): void {
    if (this.#wire.backlogBytes() > this.#options.limits.backlogBytesMax) this.#finish(1013, 'reader too slow', true);
  }

  #finish(code: number, reason: string, slow: boolean): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#cutTimer = setTimeout(() => this.cut(), closingMsMax);
    // Not from inside `send` or `close`: their caller may be in the middle of a loop over its own sockets.
    queueMicrotask(() => this.#report(code, slow));
    this.#wire.end(code, reason);
  }

  #report(code: number, slow: boolean): void {
    try {
      this.#options.handlers.close(this, code, slow);
    } catch (error) {
      this.#options.handlers.fault(error);
    }
  }

  #guard(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#options.handlers.fault(error);
      this.close(1011, 'internal error');
    }
  }
}

/** Beats for every socket of `sockets`, often enough for `limits`; the answer stops it. */
export function startHeartbeat(sockets: ReadonlySet<LiveSocket>, limits: TransportLimits): () => void {
  const everyMs = Math.min(1_000, limits.pingSeconds * 500);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const socket of sockets) socket.beat(nowMs);
  }, everyMs);
  return () => clearInterval(timer);
}
