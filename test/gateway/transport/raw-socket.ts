// Raw TCP client for tests. Writes what no HTTP library would, and can stop reading.

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export type RawAnswer = {
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; the last of repeated ones. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

export class RawSocket {
  readonly #tcp: Socket;
  #room = Buffer.alloc(4096);
  #length = 0;
  /** Wakes those who wait for bytes or the end. */
  #wake: () => void = () => undefined;
  isClosed = false;
  /** Reads that brought something. */
  packets = 0;

  private constructor(tcp: Socket) {
    this.#tcp = tcp;
    tcp.on('data', (chunk) => {
      this.packets += 1;
      this.#keep(chunk);
      this.#wake();
    });
    tcp.on('error', () => undefined);
    tcp.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static async connect(port: number): Promise<RawSocket> {
    const tcp = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(tcp, 'connect');
    return new RawSocket(tcp);
  }

  write(data: string | Uint8Array): void {
    this.#tcp.write(data);
  }

  /** Lets what was written go out, so that it arrives apart from what follows. */
  async gap(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  pause(): void {
    this.#tcp.pause();
  }

  resume(): void {
    this.#tcp.resume();
  }

  destroy(): void {
    this.#tcp.destroy();
  }

  /** What has come and was not taken as an answer. */
  text(): string {
    return this.#bytes().toString('latin1');
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await this.#change();
  }

  /** The next answer; undefined when the connection closed before it was whole. `bodiless`: it answers a HEAD. */
  async answer(bodiless = false): Promise<RawAnswer | undefined> {
    for (;;) {
      const parsed = parse(this.#bytes(), bodiless);
      if (parsed !== undefined) {
        this.#length = this.#room.copy(this.#room, 0, parsed.length, this.#length);
        return parsed.answer;
      }
      if (this.isClosed) return undefined;
      await this.#change();
    }
  }

  /** Every answer until the connection closes. */
  async answersUntilClosed(): Promise<RawAnswer[]> {
    const answers: RawAnswer[] = [];
    for (let answer = await this.answer(); answer !== undefined; answer = await this.answer()) answers.push(answer);
    return answers;
  }

  #bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  #keep(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) this.#room = Buffer.concat([this.#bytes()], length * 2);
    this.#length += chunk.copy(this.#room, this.#length);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function parse(bytes: Buffer, bodiless: boolean): { answer: RawAnswer; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [, status = '', ...reason] = statusLine.split(' ');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const bodyBytes = bodiless ? 0 : Number(headers.get('content-length') ?? 0);
  const length = headEnd + 4 + bodyBytes;
  if (bytes.length < length) return undefined;
  const body = bytes.toString('utf8', headEnd + 4, length);
  return { answer: { status: Number(status), reason: reason.join(' '), headers, body }, length };
}
