// A receiver of webhooks: a real HTTP server on a free port that keeps what it was sent and answers as it is told.

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

export type Received = { readonly headers: IncomingHttpHeaders; readonly text: string; readonly path: string };

export type Answering = (response: ServerResponse, received: Received) => void;

export const answerWith =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(status, headers).end();

export class Receiver {
  readonly received: Received[] = [];
  answering: Answering = answerWith(204);
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const received = { headers: request.headers, text, path: request.url ?? '' };
        receiver.received.push(received);
        receiver.answering(response, received);
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** Ids of the events, in the order in which they came. */
  ids(path = '/hook'): string[] {
    return this.received.filter((one) => one.path === path).map(({ headers }) => String(headers['webhook-id']));
  }

  /** Waits for so many at least, and answers them. */
  async waitFor(count: number): Promise<readonly Received[]> {
    await vi.waitFor(
      () => {
        if (this.received.length < count) throw new Error(`${this.received.length} of ${count} have come`);
      },
      { timeout: 10_000, interval: 10 },
    );
    return this.received;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
