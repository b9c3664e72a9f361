// A merchant's address for callbacks: keeps what comes, says whether it is genuine, answers as it is told.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { NonceMemory } from '../../../src/channels/nonce-memory.ts';
import {
  checkSignature,
  DEVELOPMENT_SECRET,
  SIGNATURE_WINDOW_MS,
  type CallbackBody,
} from '../../../src/channels/simulator-protocol.ts';

export type Received = {
  readonly body: CallbackBody;
  /** ok, or why a careful receiver would refuse it. */
  readonly verdict: string;
  readonly atMs: number;
};

export type Receiver = {
  readonly url: string;
  readonly received: readonly Received[];
  /** The statuses of the next answers; 200 when there are none left. */
  readonly statuses: number[];
  /** Answers only once this is resolved. */
  hold: Promise<void>;
};

/** Listens until the test is over. */
export async function receiveCallbacks(secret: string = DEVELOPMENT_SECRET): Promise<Receiver> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const receiver = { received, statuses, hold: Promise.resolve() };
  const nonces = new NonceMemory(SIGNATURE_WINDOW_MS);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const message = { method: request.method ?? '', path: request.url ?? '', body };
      const checked = checkSignature(secret, request.headers, message, Date.now());
      const isNew = typeof checked === 'string' || nonces.take(checked.nonce, Date.now());
      const verdict = typeof checked === 'string' ? checked : isNew ? 'ok' : 'nonce_reused';
      received.push({ body: JSON.parse(body.toString()) as CallbackBody, verdict, atMs: Date.now() });
      void receiver.hold.then(() => response.writeHead(statuses.shift() ?? 200).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, { url: `http://127.0.0.1:${port}/callbacks?of=simulator` });
}
