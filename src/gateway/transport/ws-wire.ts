// Wire of a LiveSocket over ws. `tcp` is the connection that `socket` speaks over.

import type { Socket as TcpSocket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Wire } from './live-socket.ts';

export class WsWire implements Wire {
  readonly #socket: WebSocket;
  readonly #tcp: TcpSocket;

  constructor(socket: WebSocket, tcp: TcpSocket) {
    this.#socket = socket;
    this.#tcp = tcp;
  }

  send(message: string | Uint8Array): boolean {
    // Once the peer has begun to close, ws drops messages but counts them as a backlog.
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    if (typeof message === 'string') this.#socket.send(message, { binary: false, compress: false });
    else this.#socket.send(Buffer.from(message), { binary: true, compress: false });
    return this.#socket.bufferedAmount === 0;
  }

  cork(writes: () => void): void {
    this.#tcp.cork();
    try {
      writes();
    } finally {
      this.#tcp.uncork();
    }
  }

  backlogBytes(): number {
    return this.#socket.bufferedAmount;
  }

  ping(): void {
    this.#socket.ping();
  }

  end(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }
}
