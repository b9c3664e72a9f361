// What if a provider does every wrong thing there is to do on a connection? Each outcome has one class, and unsent is
// said only when the provider's listener never saw a byte.

import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpCalls, type HttpLimits } from '../../src/channels/http-call.ts';
import { EXAMPLE_HTTP_LIMITS } from './support/channel-examples.ts';

const open: { calls: HttpCalls[]; servers: Server[]; sockets: Set<Socket> } = {
  calls: [],
  servers: [],
  sockets: new Set(),
};

afterEach(async () => {
  await Promise.all(open.calls.splice(0).map((calls) => calls.stop()));
  for (const socket of open.sockets) socket.destroy();
  await Promise.all(open.servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A server that does on each connection what it is told, once a whole request is there. */
async function serverThat(reacts: (socket: Socket, request: string) => void) {
  const received: string[] = [];
  const server = createServer((socket) => {
    open.sockets.add(socket);
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString();
      if (!text.includes('\r\n\r\n')) return;
      received.push(text);
      reacts(socket, text);
      text = '';
    });
  });
  open.servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { received, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function callsTo(origin: string, changed: Partial<HttpLimits> = {}): HttpCalls {
  const calls = new HttpCalls(origin, { ...EXAMPLE_HTTP_LIMITS, ...changed });
  open.calls.push(calls);
  return calls;
}

const PAY = { method: 'POST', path: '/payments', headers: { traceparent: 'trace' }, body: '{}' } as const;
const answer = (head: string, body = '') => `HTTP/1.1 ${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const never = () => new AbortController().signal;

test('an answer has its status, headers and body', async () => {
  const { origin, received } = await serverThat((socket) => void socket.write(answer('200 OK\r\nX-Id: 7', 'done')));
  const outcome = await callsTo(origin).send(PAY, never());
  expect(outcome).toMatchObject({ kind: 'answer', status: 200, body: 'done', headers: { 'x-id': '7' } });
  expect(received[0]).toMatch(/^POST \/payments HTTP\/1\.1\r\n[^]*traceparent: trace\r\n[^]*\{\}$/);
});

test('a 4xx is an answer too: what it means is not for HTTP to say', async () => {
  const { origin } = await serverThat((socket) => void socket.write(answer('402 Payment Required', 'no')));
  expect(await callsTo(origin).send(PAY, never())).toMatchObject({ kind: 'answer', status: 402 });
});

describe('the provider has seen the request:', () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
  test.each<[string, (socket: Socket) => void, string]>([
    ['500', (socket) => void socket.write(answer('500 Oops', 'x')), 'http_500'],
    ['503 with an empty body', (socket) => void socket.write(answer('503 Busy')), 'http_503'],
    ['a redirect', (socket) => void socket.write(answer('307 Go\r\nLocation: http://127.0.0.1:1/')), 'redirected'],
    ['a reset', (socket) => void socket.resetAndDestroy(), 'connection_lost'],
    ['the end of the connection', (socket) => void socket.end(), 'connection_lost'],
    ['half an answer', (socket) => void socket.end(half), 'connection_lost'],
    ['something that is not HTTP', (socket) => void socket.end('hello\r\n\r\n'), 'connection_lost'],
    ['a body without end', (socket) => void socket.write(answer('200 OK', 'x'.repeat(20_000))), 'body_too_large'],
  ])('%s is unknown', async (_, reacts, reason) => {
    const { origin, received } = await serverThat(reacts);
    expect(await callsTo(origin).send(PAY, never())).toEqual({ kind: 'unknown', reason });
    expect(received).toHaveLength(1);
  });

  test('silence is unknown, by the limit for headers', async () => {
    const { origin } = await serverThat(() => {});
    const outcome = await callsTo(origin, { headersMsMax: 50 }).send(PAY, never());
    expect(outcome).toEqual({ kind: 'unknown', reason: 'timeout' });
  });

  test('a body that stops coming is unknown', async () => {
    const { origin } = await serverThat((socket) => void socket.write(half));
    expect(await callsTo(origin, { bodyMsMax: 50 }).send(PAY, never())).toEqual({ kind: 'unknown', reason: 'timeout' });
  });

  test('a deadline while it works is unknown at once, and its connection is closed', async () => {
    const abort = new AbortController();
    const { origin } = await serverThat((socket) => {
      abort.abort();
      socket.once('close', () => closed());
    });
    let closed = () => {};
    const gone = new Promise<void>((resolve) => (closed = resolve));
    expect(await callsTo(origin).send(PAY, abort.signal)).toEqual({ kind: 'unknown', reason: 'deadline_exceeded' });
    await gone;
  });

  test('our own stop while it works is unknown', async () => {
    const calls: { stop?: Promise<void> } = {};
    const { origin } = await serverThat(() => void (calls.stop = http.stop()));
    const http = callsTo(origin);
    expect(await http.send(PAY, never())).toMatchObject({ kind: 'unknown' });
    await calls.stop;
  });

  test('a kept connection that the provider closes under the request is unknown, and nothing is sent again', async () => {
    const { origin, received } = await serverThat((socket) => {
      if (received.length === 1) socket.write(answer('200 OK'));
      else socket.destroy();
    });
    const http = callsTo(origin, { connections: 1 });
    await http.send(PAY, never());
    expect(await http.send(PAY, never())).toEqual({ kind: 'unknown', reason: 'connection_lost' });
    expect(received).toHaveLength(2);
  });
});

describe('no byte has left:', () => {
  test('a refused connection is unsent', async () => {
    const { origin } = await serverThat(() => {});
    await new Promise((resolve) => open.servers.pop()?.close(resolve));
    expect(await callsTo(origin).send(PAY, never())).toEqual({ kind: 'unsent', reason: 'connect_refused' });
  });

  test('a name that nobody has is unsent', async () => {
    const outcome = await callsTo('http://no-such-host.invalid').send(PAY, never());
    expect(outcome).toEqual({ kind: 'unsent', reason: 'name_not_resolved' });
  });

  test('what is not TLS is unsent', async () => {
    const { origin } = await serverThat((socket) => void socket.end('no'));
    const outcome = await callsTo(origin.replace('http:', 'https:')).send(PAY, never());
    expect(outcome).toMatchObject({ kind: 'unsent' });
  });

  test('a deadline while another has the only connection is unsent, and stays so', async () => {
    let answerFirst = () => {};
    const { origin, received } = await serverThat((socket) => {
      answerFirst = () => void socket.write(answer('200 OK'));
    });
    const http = callsTo(origin, { connections: 1 });
    const first = http.send(PAY, never());
    await expect.poll(() => received.length).toBe(1);
    const abort = new AbortController();
    const second = http.send({ ...PAY, path: '/second' }, abort.signal);
    abort.abort();
    expect(await second).toEqual({ kind: 'unsent', reason: 'deadline_exceeded' });
    answerFirst();
    await first;
    expect(await settledThird(http, received, () => answerFirst())).toBe('answer');
    expect(received.filter((request) => request.includes('/second'))).toEqual([]);
  });

  test('after our own stop everything is unsent', async () => {
    const http = callsTo('http://127.0.0.1:1');
    await http.stop();
    expect(await http.send(PAY, never())).toEqual({ kind: 'unsent', reason: 'stopped' });
  });
});

/** One more request on the same connection: by then the one that was given up would have been written. */
async function settledThird(http: HttpCalls, received: string[], answerIt: () => void): Promise<string> {
  const third = http.send(PAY, never());
  await expect.poll(() => received.length).toBe(2);
  answerIt();
  return (await third).kind;
}

describe('lines', () => {
  const lines = async (calls: HttpCalls) => {
    const read: string[] = [];
    for await (const line of calls.lines({ method: 'GET', path: '/bill', headers: {} }, never())) read.push(line);
    return read;
  };

  test('come without their ends, the last one with or without', async () => {
    const { origin } = await serverThat((socket) => void socket.write(answer('200 OK', 'a,1\r\nb,2\nc,3')));
    expect(await lines(callsTo(origin))).toEqual(['a,1', 'b,2', 'c,3']);
  });

  test.each([
    ['breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na,1\r\n'],
    ['is not there', answer('404 Not Found', 'no')],
    ['has a line without end', answer('200 OK', 'x'.repeat(20_000))],
  ])('a bill that %s is an error', async (_, text) => {
    const { origin } = await serverThat((socket) => void socket.end(text));
    await expect(lines(callsTo(origin))).rejects.toThrow();
  });
});
