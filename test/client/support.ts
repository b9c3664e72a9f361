// What the tests of the client share: clients of a server under test that are ended with it, and a way to a server that can
// be cut.

import { once } from 'node:events';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClientOptions } from '../../src/client/client-options.ts';
import { connect } from '../../src/client/node.ts';

export type Client = ReturnType<typeof connect>;

/** A client of a server on this port, ended with the test. */
export function clientOf(port: number, options: Partial<ClientOptions> = {}): Client {
  const client = connect({ url: `http://127.0.0.1:${port}`, timeoutMs: 10_000, ...options });
  onTestFinished(() => client.destroy());
  return client;
}

/** Two accounts: one that has no bound, and one without money. */
export async function twoAccounts(client: Client): Promise<{ readonly rich: string; readonly poor: string }> {
  const rich = await client.accounts.create({ currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  const poor = await client.accounts.create({ currency: 'EUR', kind: 'user' });
  return { rich: rich.id, poor: poor.id };
}

/** A way to a server. Requests go through; what comes back can be kept back, and all can be cut. */
export class Way {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [client: Socket, server: Socket]>();
  readonly #silent = new WeakSet<object>();
  /** Answers are lost. */
  deaf = false;
  /** Requests are lost. */
  mute = false;
  /** Bytes of requests that were lost. */
  swallowed = 0;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connectTcp(port, '127.0.0.1');
      const pair = [client, server] as const;
      this.#pairs.add(pair);
      client.on('data', (bytes) => {
        if (this.mute) this.swallowed += bytes.length;
        else server.write(bytes);
      });
      server.on('data', (bytes) => {
        if (!this.deaf && !this.#silent.has(pair)) client.write(bytes);
      });
      for (const socket of pair) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          for (const one of pair) one.destroy();
          this.#pairs.delete(pair);
        });
      }
    });
  }

  static async to(port: number): Promise<Way> {
    const way = new Way(port);
    way.#server.listen(0, '127.0.0.1');
    await once(way.#server, 'listening');
    onTestFinished(() => way.close());
    return way;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** From the connections that there are nothing comes any more, and none of them ends. */
  silence(): void {
    for (const pair of this.#pairs) this.#silent.add(pair);
  }

  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
