// WebSocket client for tests, in either wire format: asks and waits for the answer, and keeps everything it was sent.

import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Packr } from 'msgpackr';
import { expect, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Problem } from '../../../../src/gateway/problem.ts';

export type Format = 'json' | 'msgpack';

export const formats: readonly Format[] = ['json', 'msgpack'];

export type Dialling = {
  readonly format?: Format;
  readonly bearer?: string | undefined;
  readonly ticket?: string;
  readonly origin?: string;
  /** Instead of the one that the format has. */
  readonly protocols?: string[];
};

/** What the server said, as it came. */
export type Heard = Readonly<Record<string, unknown>> & {
  readonly id?: string | number | bigint;
  readonly ok?: boolean;
  readonly body?: unknown;
  readonly error?: Problem;
  readonly event?: string;
  readonly topic?: string;
  readonly cursor?: string;
  readonly data?: Readonly<Record<string, unknown>>;
};

/** An answer to a request, on whichever surface. */
export type Told<Body = Readonly<Record<string, unknown>>> =
  { readonly ok: true; readonly body: Body } | { readonly ok: false; readonly error: Problem };

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

/** Time for an answer, ms: far above what it takes, below what a test may take. */
const PATIENCE = { timeout: 10_000, interval: 5 };

export class SocketClient {
  readonly format: Format;
  readonly socket: WebSocket;
  readonly heard: Heard[] = [];
  /** When it closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #waiting = new Map<unknown, (frame: Heard) => void>();
  #asked = 0;

  private constructor(socket: WebSocket, format: Format) {
    this.socket = socket;
    this.format = format;
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, why) => resolve({ code, reason: why.toString() })),
    );
    socket.on('error', () => undefined);
    socket.on('message', (data, binary) => this.#take(data as Buffer, binary));
  }

  static async open(port: number, dialling: Dialling = {}): Promise<SocketClient> {
    const { format = 'json' } = dialling;
    const client = new SocketClient(dial(port, dialling), format);
    await once(client.socket, 'open');
    return client;
  }

  /** The greeting. */
  async hello(): Promise<Heard> {
    await vi.waitFor(() => expect(this.heard.length).toBeGreaterThan(0), PATIENCE);
    return this.heard[0] as Heard;
  }

  /** Asks, under an id of its own, and waits for the answer. */
  async ask<Body = Readonly<Record<string, unknown>>>(op: string, body: unknown, key?: string): Promise<Told<Body>> {
    return this.askFrame<Body>({ id: this.nextId(), op, body, ...(key === undefined ? {} : { key }) });
  }

  /** An id that no request of this client has had. */
  nextId(): number {
    this.#asked += 1;
    return this.#asked;
  }

  /** Sends a whole frame and waits for the answer to its id. `encoded`: its bytes, where the client has its own. */
  async askFrame<Body = Readonly<Record<string, unknown>>>(
    frame: Readonly<Record<string, unknown>>,
    encoded: string | Uint8Array = this.encode(frame),
  ): Promise<Told<Body>> {
    const answered = new Promise<Heard>((resolve) => this.#waiting.set(frame['id'], resolve));
    this.send(encoded);
    const closed = this.closed.then(({ code, reason }) => {
      throw new Error(`closed with ${code} ${reason} instead of an answer`);
    });
    return (await Promise.race([answered, closed])) as unknown as Told<Body>;
  }

  encode(frame: unknown): string | Uint8Array {
    return this.format === 'json' ? JSON.stringify(frame) : packr.pack(frame);
  }

  /** Sends text as a text message and bytes as a binary one. */
  send(message: string | Uint8Array): void {
    this.socket.send(message);
  }

  /** Events of a topic so far. */
  events(topic: string): Heard[] {
    return this.heard.filter((frame) => frame.event !== undefined && frame.topic === topic);
  }

  /** Waits until the topic has brought so many events. */
  async eventsOf(topic: string, count: number): Promise<Heard[]> {
    await vi.waitFor(() => expect(this.events(topic).length).toBeGreaterThanOrEqual(count), PATIENCE);
    return this.events(topic);
  }

  end(): void {
    this.socket.terminate();
  }

  #take(data: Buffer, binary: boolean): void {
    expect(binary).toBe(this.format === 'msgpack');
    const frame = (binary ? packr.unpack(data) : JSON.parse(data.toString())) as Heard;
    this.heard.push(frame);
    if (frame.ok === undefined) return;
    this.#waiting.get(frame.id)?.(frame);
    this.#waiting.delete(frame.id);
  }
}

/** The answer to an upgrade that is refused. */
export async function refusedUpgrade(
  port: number,
  dialling: Dialling,
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly problem: Problem }> {
  const socket = dial(port, dialling);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  socket.terminate();
  const problem = JSON.parse(Buffer.concat(chunks).toString()) as Problem;
  return { status: response.statusCode ?? 0, headers: response.headers, problem };
}

function dial(port: number, { format = 'json', bearer, ticket, origin, protocols }: Dialling): WebSocket {
  const query = ticket === undefined ? '' : `?ticket=${ticket}`;
  const options: ClientOptions = {
    ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
    ...(origin === undefined ? {} : { origin }),
  };
  return new WebSocket(`ws://127.0.0.1:${port}/v1/ws${query}`, protocols ?? [`florin.v1+${format}`], options);
}
