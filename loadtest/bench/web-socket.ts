// WebSocket client of the load generator: RFC 6455 over a plain socket, as far as a benchmark needs it. Here many frames
// go out in one write, and answers are handed over as a range of the bytes received, without a copy or an event each.
// Against a server that only echoes prepared answers, one transfer a frame cost the generator 0.5 µs with 1,000 in flight
// and 0.7 µs with 100; through the library `ws` 5.7 and 8.5 µs, half a core at 65,000 a second.
//
// S1. Messages are handed over in the order received, each complete; the bytes are only valid during the call.
// S2. Anything but unfragmented binary frames and pings is a fault: the server of the contract sends no other.
// S3. A fault is told once, and nothing is handed over after it.

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { unpack } from 'msgpackr';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Greeting = Type.Object({ hello: Type.Object({ credit: Type.Integer(), max_batch: Type.Integer() }) });

/** How many requests may be unanswered, and how many transfers a batch may hold. */
export type Hello = Static<typeof Greeting>['hello'];

export type Listener = {
  /** Called for every message after the greeting: `bytes[start … end)`. */
  readonly receive: (bytes: Buffer, start: number, end: number) => void;
  /** Called after the messages of one read have been handed over. */
  readonly readDone: () => void;
  readonly failed: (error: Error) => void;
};

const BINARY = 0x82;
const PING = 0x89;
const CLOSE = 0x88;
const PONG = 0x8a;
const MASKED = 0x80;
/** Bytes of the answer to the upgrade; a longer one is not from this server. */
const HEAD_BYTES_MAX = 16_384;

const greeting = Compile(Greeting);

export class LoadSocket {
  private readonly socket: Socket;
  private upgraded = false;
  private rest: Buffer = Buffer.alloc(0);
  private listener: Listener | undefined;
  private fault: Error | undefined;

  private constructor(host: string, port: number) {
    this.socket = connect({ host, port, noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.read(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  /** Connects, upgrades and takes the greeting; rejects with what came instead. `bearer`: an API key; '' in dev mode. */
  static async open(host: string, port: number, bearer = ''): Promise<{ socket: LoadSocket; hello: Hello }> {
    const socket = new LoadSocket(host, port);
    const key = randomBytes(16).toString('base64');
    socket.socket.write(
      `GET /v1/ws HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        (bearer === '' ? '' : `Authorization: Bearer ${bearer}\r\n`) +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: florin.v1+msgpack\r\n\r\n`,
    );
    const message = await new Promise<unknown>((resolve, failed) => {
      const receive: Listener['receive'] = (bytes, start, end) => resolve(unpack(bytes.subarray(start, end)));
      socket.listen({ receive, readDone: () => {}, failed });
    });
    if (!greeting.Check(message)) throw new Error('the server does not greet like a Florin server');
    return { socket, hello: message.hello };
  }

  /** Hands everything that comes from now on to `listener`, a fault that has been already at once. */
  listen(listener: Listener): void {
    this.listener = listener;
    if (this.fault !== undefined) listener.failed(this.fault);
  }

  /** Sends frames, as one write; `bytes` must not change before they are answered. */
  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Ends the connection; that is no fault. */
  end(): void {
    this.listener = undefined;
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.fault ??= error;
    const { listener } = this;
    this.end();
    listener?.failed(error);
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    try {
      const at = this.upgraded ? 0 : this.readHead(bytes);
      this.rest = bytes.subarray(this.readFrames(bytes, at));
    } catch (error) {
      return this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.listener?.readDone();
  }

  /** Returns where the frames begin; 0 while the head is incomplete. */
  private readHead(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0 && bytes.length < HEAD_BYTES_MAX) return 0;
    const line = bytes.toString('latin1', 0, Math.max(0, bytes.indexOf('\r\n')));
    if (end < 0 || !line.startsWith('HTTP/1.1 101')) throw new Error(`the server refused the WebSocket: ${line}`);
    this.upgraded = true;
    return end + 4;
  }

  /** Hands over whole frames from `from` on; returns where the first incomplete one begins. */
  private readFrames(bytes: Buffer, from: number): number {
    let at = from;
    while (this.upgraded && at + 2 <= bytes.length) {
      const length = bytes[at + 1] ?? 0;
      const header = length < 126 ? 2 : length === 126 ? 4 : 10;
      if (at + header > bytes.length) break;
      const start = at + header;
      const payload = header === 2 ? length : header === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUIntBE(at + 4, 6);
      const end = start + payload;
      if (end > bytes.length) break;
      if (bytes[at] === BINARY) this.listener?.receive(bytes, start, end);
      else this.control(bytes, at, start, end);
      at = end;
    }
    return at;
  }

  private control(bytes: Buffer, at: number, start: number, end: number): void {
    const kind = bytes[at];
    const code = end - start < 2 ? 'no code' : bytes.readUInt16BE(start);
    if (kind === CLOSE) throw new Error(`the server closed the WebSocket with ${code}`);
    if (kind !== PING) throw new Error(`a frame of kind ${kind}, which the benchmark does not read`);
    const mask = [0, 0, 0, 0];
    this.socket.write(
      Buffer.concat([Buffer.from([PONG, MASKED | (end - start), ...mask]), bytes.subarray(start, end)]),
    );
  }
}
