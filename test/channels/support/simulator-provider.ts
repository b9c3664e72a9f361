// The real simulator in this process, with a small server that receives its callbacks.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { HttpCalls } from '../../../src/channels/http-call.ts';
import { makeSimulatorChannel } from '../../../src/channels/simulator-channel.ts';
import type { Fault } from '../../../src/channels/simulator/faults.ts';
import { startSimulator } from '../../../src/channels/simulator/simulator.ts';
import { EXAMPLE_HTTP_LIMITS } from './channel-examples.ts';
import type { Delivery, Provider, ProviderFault } from './provider.ts';

const SECRET = 'a secret of the contract tests';

const FAULTS = {
  lose_reply: { fault: 'drop_reply' },
  reset: { fault: 'reset' },
  error_before: { fault: 'error', status: 503, when: 'before' },
  error_after: { fault: 'error', status: 500, when: 'after' },
  malformed_body: { fault: 'malformed_body' },
  hang: { fault: 'latency', ms: 60_000 },
  decline: { fault: 'refuse', reason: 'declined' },
  accept: { fault: 'accept' },
  require_action: { fault: 'require_action' },
} as const satisfies Record<ProviderFault, Fault>;

export async function startSimulatorProvider(): Promise<Provider> {
  const receiver = await startReceiver();
  const simulator = await startSimulator({ secret: SECRET, seed: 1 });
  const http = new HttpCalls(simulator.url, EXAMPLE_HTTP_LIMITS);
  const { url: callbackUrl } = receiver;
  const adapter = makeSimulatorChannel({
    name: 'simulator',
    secret: SECRET,
    callbackUrl,
    http,
    now: Date.now,
    newNonce: randomUUID,
  });
  let stopping: Promise<void> | null = null;
  const stopServer = () => (stopping ??= simulator.close());
  return {
    adapter,
    fault: (how) => simulator.faults([{ match: { times: 1 }, do: [FAULTS[how]] }]),
    debits: () => simulator.books().payments.filter(({ status }) => status === 'succeeded').length,
    callback: (number) => vi.waitFor(() => found(receiver.deliveries, number)),
    bankAccount: 'GB33BUKB20201555555555',
    stopServer,
    stop: async () => {
      await adapter.stop();
      await stopServer();
      await receiver.stop();
    },
  };
}

function found(deliveries: readonly Delivery[], number: string): Delivery {
  const delivery = deliveries.findLast(({ raw }) => Buffer.from(raw).toString().includes(`"${number}"`));
  expect(delivery).toBeDefined();
  return delivery as Delivery;
}

async function startReceiver() {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      deliveries.push({ headers: request.headers as Record<string, string>, raw: Buffer.concat(pieces) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { deliveries, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/callbacks/simulator` };
}
