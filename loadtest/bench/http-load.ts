// HTTP load: one POST of one transfer at a time on each of many keep-alive connections. Plain sockets and a prepared
// request: a general HTTP client would take more of the two cores than the server it measures.
//
// H1. A connection has at most one request in flight. H2. An answer is taken when its body is complete.

import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Places } from './frame-writer.ts';
import type { Draw } from './draw.ts';
import type { Measurement } from './measurement.ts';
import { ACCOUNT_BYTES, TRANSFER_BYTES } from './names.ts';

/** Placeholders of the prepared request, of the width of what replaces them. */
const ID = 'T'.repeat(TRANSFER_BYTES);
const DEBIT = 'D'.repeat(ACCOUNT_BYTES);
const CREDIT = 'C'.repeat(ACCOUNT_BYTES);
const AMOUNT = '100';

const CREATED = 'HTTP/1.1 201 ';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
/** Bytes of an answer's head; a longer one is not from this server. */
const HEAD_BYTES_MAX = 16_384;
/** Bytes of the body of a refusal that are shown. */
const REASON_BYTES_MAX = 200;

export type HttpLoadOptions = {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly draw: Draw;
  readonly measurement: Measurement;
};

/** Runs until the measurement ends. Rejects when a connection breaks or an answer cannot be read. */
export async function runHttpLoad({ connections, ...rest }: HttpLoadOptions): Promise<void> {
  const clients = Array.from({ length: connections }, () => new Client(rest));
  try {
    await Promise.all(clients.map((client) => client.finished));
  } finally {
    for (const client of clients) client.end();
  }
}

/** The request with placeholders, and where they stand. */
function prepare(host: string, port: number): { bytes: Buffer; places: Places } {
  const body = `{"id":"${ID}","debit_account":"${DEBIT}","credit_account":"${CREDIT}","amount":${AMOUNT}}`;
  const bytes = Buffer.from(
    `POST /v1/transfers HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
    'latin1',
  );
  const [idAt, debitAt, creditAt] = [bytes.indexOf(ID), bytes.indexOf(DEBIT), bytes.indexOf(CREDIT)];
  return { bytes, places: { idAt, debitAt, creditAt, amountAt: bytes.length - AMOUNT.length - 1, refAt: -1 } };
}

class Client {
  private readonly socket: Socket;
  private readonly draw: Draw;
  private readonly measurement: Measurement;
  private readonly request: ReturnType<typeof prepare>;
  private rest: Buffer = Buffer.alloc(0);
  private sentMs = 0;
  private finish: () => void = () => {};
  private fail: (error: Error) => void = () => {};
  readonly finished: Promise<void>;

  constructor({ host, port, draw, measurement }: Omit<HttpLoadOptions, 'connections'>) {
    this.draw = draw;
    this.measurement = measurement;
    this.request = prepare(host, port);
    this.finished = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    this.socket = connect({ host, port, noDelay: true }, () => this.send());
    this.socket.on('data', (chunk: Buffer) => this.read(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server closed an HTTP connection')));
  }

  end(): void {
    this.socket.destroy();
  }

  private send(): void {
    if (!this.measurement.running()) return this.finish();
    const { bytes, places } = this.request;
    this.draw.fillText(bytes, places);
    this.sentMs = performance.now();
    this.socket.write(bytes);
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0 && bytes.length < HEAD_BYTES_MAX) return void (this.rest = bytes);
    const head = bytes.toString('latin1', 0, Math.max(0, headEnd));
    const length = LENGTH.exec(head)?.[1];
    if (length === undefined) return this.fail(new Error(`an answer without a length: ${head.slice(0, 200)}`));
    const end = headEnd + 4 + Number(length);
    if (bytes.length < end) return void (this.rest = bytes);
    this.rest = bytes.subarray(end);
    this.take(head.startsWith(CREATED), bytes, headEnd + 4, end);
  }

  private take(done: boolean, bytes: Buffer, start: number, end: number): void {
    const nowMs = performance.now();
    if (!done) this.measurement.refuse(1, bytes.toString('utf8', start, Math.min(end, start + REASON_BYTES_MAX)));
    this.measurement.answered(nowMs, nowMs - this.sentMs, done ? 1 : 0);
    this.send();
  }
}
