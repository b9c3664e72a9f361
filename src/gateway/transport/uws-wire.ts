// Wire of a LiveSocket over uWebSockets.js.

import type { Socket as TcpSocket } from 'node:net';
import type { LiveSocket, Wire } from './live-socket.ts';
import type { NativeWebSocket } from './uws-native.ts';

export type UwsUserData = {
  readonly session: unknown;
  /** The client's connection. */
  readonly tcp: TcpSocket;
  /** Set when the socket opens. */
  live?: LiveSocket;
  wire?: UwsWire;
};

/** The library's word for "all of it went to the operating system". */
const taken = 1;

export class UwsWire implements Wire {
  readonly #native: NativeWebSocket<UwsUserData>;
  readonly #tcp: TcpSocket;
  #farewell: { readonly code: number; readonly reason: string } | undefined;

  constructor(native: NativeWebSocket<UwsUserData>, tcp: TcpSocket) {
    this.#native = native;
    this.#tcp = tcp;
  }

  send(message: string | Uint8Array): boolean {
    // Compression is off; to ask for it only avoids a short cut of 20.30 that loses the payload of a message of
    // 16 KiB or more when the operating system takes nothing of it (uWebSockets #1662).
    return this.#native.send(message, typeof message !== 'string', true) === taken;
  }

  cork(writes: () => void): void {
    let thrown: { readonly error: unknown } | undefined;
    this.#native.cork(() => {
      try {
        writes();
      } catch (error) {
        thrown = { error };
      }
    });
    if (thrown !== undefined) throw thrown.error;
  }

  backlogBytes(): number {
    return this.#native.getBufferedAmount();
  }

  ping(): void {
    this.#native.ping();
  }

  /** Waits for the backlog: once the library has begun a closing handshake, its socket cannot be cut any more. */
  end(code: number, reason: string): void {
    if (this.#native.getBufferedAmount() === 0) this.#native.end(code, reason);
    else this.#farewell = { code, reason };
  }

  /** The library sent some of the backlog. */
  drained(): void {
    if (this.#farewell !== undefined) this.end(this.#farewell.code, this.#farewell.reason);
  }

  cut(): void {
    this.#tcp.destroy();
    this.#native.close();
  }
}
