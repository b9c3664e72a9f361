// The load generator against a server that checks what it is sent.

import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Packr } from 'msgpackr';
import { afterEach, describe, expect, it } from 'vitest';
import { generate } from '../../../loadtest/bench/generator.ts';
import type { Measured } from '../../../loadtest/bench/measurement.ts';
import { LoadSocket } from '../../../loadtest/bench/web-socket.ts';
import { WORKLOADS, type Workload } from '../../../loadtest/bench/workloads.ts';
import { FakeServer } from './fake-server.ts';

let server: FakeServer;

function workload(key: string): Workload {
  const found = WORKLOADS.find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no workload ${key}`);
  return { ...found, accounts: 200 };
}

function play(job: Workload): Promise<Measured> {
  const target = { host: '127.0.0.1', port: server.port, serverPid: process.pid };
  return generate({ workload: job, ...target, warmUpSeconds: 0.05, seconds: 0.2, seed: 1 }, () => {});
}

describe.each(['W1', 'W2', 'W3a', 'W3b', 'W4', 'W5'])('%s', (key) => {
  afterEach(() => server.close());

  it('sends what the contract says, keeps its window full, and counts what is answered', async () => {
    server = await FakeServer.start();
    const job = workload(key);
    const measured = await play(job);
    expect([...server.complaints]).toEqual([]);
    expect(server.accounts.size).toBe(200);
    // Opening accounts may have more in flight than the load that follows.
    expect(server.unansweredMax).toBeGreaterThanOrEqual(Math.min(job.window, 200));
    expect(measured.refused).toBe(0);
    expect(measured.perSecond * measured.seconds).toBeGreaterThan(0);
    expect(measured.perSecond * measured.seconds).toBeLessThanOrEqual(server.transfers.size);
    expect(measured.seconds).toBeGreaterThanOrEqual(0.2);
    expect(measured.p50Ms).toBeGreaterThan(0);
    expect(measured.p99Ms).toBeGreaterThanOrEqual(measured.p50Ms);
    expect(server.debits.size === 1).toBe(key === 'W2');
  });

  it('counts what is refused, and not as done', async () => {
    server = await FakeServer.start((id) => id.endsWith('A'));
    const measured = await play(workload(key));
    expect(measured.refused).toBeGreaterThan(0);
    expect(measured.refused).toBeLessThan(server.transfers.size);
    expect(measured.firstRefusal).toMatch(/160|insufficient_funds/);
  });
});

it('pays one account from any other, after it has set its rule, and counts what is sent on', async () => {
  server = await FakeServer.start();
  const crediting = { way: 'segmented', delay_ms: 7 } as const;
  const measured = await play({ ...workload('W1'), debits: 'payee', crediting });
  expect([...server.complaints]).toEqual([]);
  expect([...server.rules]).toEqual([['/v1/accounts/a0000000', { crediting }]]);
  expect([...server.credits]).toEqual(['a0000000']);
  expect(server.debits.size).toBeGreaterThan(100);
  expect(measured.refused).toBe(0);
  await server.close();
});

it('says why it cannot run: the server takes less than the window', async () => {
  server = await FakeServer.start();
  await expect(play({ ...workload('W1'), window: 3_000 })).rejects.toThrow(
    '3000 requests in flight, the server takes 2048',
  );
  await server.close();
});

describe('the WebSocket of the generator', () => {
  let raw: Server;

  /** Answers the upgrade with `first`, and what the client sends then with `second`, in pieces. */
  async function serve(first: Buffer, second: Buffer, pieceBytes: number): Promise<number> {
    raw = createServer((stream) => {
      stream.setNoDelay(true);
      stream.on('error', () => {});
      stream.once('data', () => {
        void writePieces(stream, first, pieceBytes);
        stream.once('data', () => void writePieces(stream, second, pieceBytes));
      });
    });
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const address = raw.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  afterEach(() => raw.close());

  it.each([1, 3, 64, 100_000])('reads frames that come in pieces of %i bytes', async (pieceBytes) => {
    const payloads = [
      Buffer.from('a'),
      Buffer.alloc(125, 'b'),
      Buffer.alloc(700, 'c'),
      Buffer.alloc(pieceBytes < 64 ? 300 : 70_000, 'd'),
    ];
    const port = await serve(WELCOME, Buffer.concat(payloads.map(frame)), pieceBytes);
    const { socket, hello } = await LoadSocket.open('127.0.0.1', port);
    expect(hello).toEqual({ credit: 5, max_batch: 7 });
    const received: string[] = [];
    await new Promise<void>((resolve, failed) => {
      const readDone = (): void => (received.length === payloads.length ? resolve() : undefined);
      socket.listen({
        receive: (bytes, start, end) => void received.push(bytes.toString('latin1', start, end)),
        readDone,
        failed,
      });
      socket.write(Buffer.from('anything'));
    });
    expect(received).toEqual(payloads.map((payload) => payload.toString('latin1')));
    socket.end();
  });

  it('says what came instead of an upgrade', async () => {
    const port = await serve(
      Buffer.from('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'),
      Buffer.alloc(0),
      99,
    );
    await expect(LoadSocket.open('127.0.0.1', port)).rejects.toThrow('401 Unauthorized');
  });

  it('says with which code it was closed, also when that came with the greeting', async () => {
    const closing = Buffer.from([0x88, 2, 0x11, 0x30]);
    const port = await serve(Buffer.concat([WELCOME, closing]), Buffer.alloc(0), 1_000);
    const { socket } = await LoadSocket.open('127.0.0.1', port);
    const error = await new Promise<Error>((failed) => {
      socket.listen({ receive: () => {}, readDone: () => {}, failed });
    });
    expect(error.message).toContain('4400');
  });
});

/** A frame of a server: not masked. */
function frame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x82, length]), payload]);
  if (length < 65_536) return Buffer.concat([Buffer.from([0x82, 126, length >> 8, length & 255]), payload]);
  const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

const WELCOME = Buffer.concat([
  Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
  frame(new Packr({ useRecords: false }).pack({ hello: { credit: 5, max_batch: 7 } })),
]);

async function writePieces(stream: Socket, bytes: Buffer, pieceBytes: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    stream.write(bytes.subarray(at, at + pieceBytes));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
