// Port of the WebSocket engines. An engine speaks WebSocket on connections that HTTP hands over; ws and
// uWebSockets.js stand behind it, and the same contract tests run on both.

import type { IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import type { LiveSocketOptions } from './live-socket.ts';

/** An upgrade that the gateway has taken and whose handshake is sound, but not answered yet. */
export type AgreedUpgrade = {
  readonly message: IncomingMessage;
  /** The connection: node:http has let go of it. */
  readonly tcp: TcpSocket;
  /** What came behind the upgrade request. */
  readonly rest: Buffer;
  /** '' for none. */
  readonly protocol: string;
  readonly session: unknown;
};

export type RunningEngine = {
  /** Answers the handshake; from then on the connection is a LiveSocket. */
  readonly adopt: (upgrade: AgreedUpgrade) => void;
  /** To be called when all sockets are closed. */
  readonly stop: () => void;
};

export type WebSocketEngine = {
  readonly name: 'uws' | 'node';
  /** The native build in use, e.g. "20.30 (node 115, linux x64)"; the version of Node for ws. */
  readonly version: string;
  /** `folder` is this process's alone, for files of the engine. */
  readonly start: (options: LiveSocketOptions, folder: string) => Promise<RunningEngine>;
};
