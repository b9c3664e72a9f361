// Contract of the transport port: what is refused before it becomes a request (T1, T3, slow and malformed requests).

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer, HttpRequest } from '../../../src/gateway/transport/transport.ts';
import { raw, rawPost, start, stopAll, text, transport } from './transport-fixture.ts';

afterEach(stopAll);

const seconds = (sinceMs: number) => (performance.now() - sinceMs) / 1000;

const served = () => vi.fn(({ path }: HttpRequest, answer: Answer) => answer(text(200, path)));

describe('Framing', () => {
  it('refuses an announced body above the cap before it comes, and closes', async () => {
    const request = served();
    const { connect } = await start(transport, { request });
    const client = await connect();
    client.write(raw('POST', '/', ['Content-Length: 10001']));
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 413, body: 'refused 413' }]);
    expect(request).not.toHaveBeenCalled();
  });

  it('refuses a body above the cap in chunks, and closes', async () => {
    const request = served();
    const { connect } = await start(transport, { request });
    const client = await connect();
    client.write(raw('POST', '/', ['Transfer-Encoding: chunked'], `1388\r\n${'x'.repeat(5_000)}\r\n`));
    await client.gap();
    client.write(`1389\r\n${'x'.repeat(5_001)}\r\n`);
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 413 }]);
    expect(request).not.toHaveBeenCalled();
  });

  it('takes bodies of exactly the cap', async () => {
    const { connect } = await start(transport);
    const client = await connect();
    const body = 'x'.repeat(10_000);
    client.write(rawPost('/length', body));
    expect(await client.answer()).toMatchObject({ status: 200 });
    client.write(raw('POST', '/chunks', ['Transfer-Encoding: Chunked'], `2710\r\n${body}\r\n0\r\n\r\n`));
    expect(await client.answer()).toMatchObject({ status: 200 });
  });

  it.each([
    ['two lengths', ['Content-Length: 4', 'Content-Length: 6']],
    ['the same length twice', ['Content-Length: 4', 'content-length: 4']],
    ['two transfer codings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    ['a list of transfer codings', ['Transfer-Encoding: gzip, chunked']],
  ])('answers 400 to %s, and closes (T3)', async (_, headers) => {
    const request = served();
    const { connect } = await start(transport, { request });
    const client = await connect();
    client.write(raw('POST', '/', headers));
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 400, body: 'refused 400' }]);
    expect(request).not.toHaveBeenCalled();
  });

  const chunkedBody = '4\r\nbody\r\n0\r\n\r\n';
  it.each([
    ['two lengths', ['Content-Length: 4', 'Content-Length: 0'], 'body'],
    ['two lengths, the other way', ['Content-Length: 0', 'Content-Length: 4'], 'body'],
    ['a length and a coding', ['Content-Length: 4', 'Transfer-Encoding: chunked'], chunkedBody],
    ['a coding and a length', ['Transfer-Encoding: chunked', 'Content-Length: 14'], chunkedBody],
    ['an empty length and a coding', ['Content-Length:', 'Transfer-Encoding: chunked'], chunkedBody],
    ['an unknown coding', ['Transfer-Encoding: identity'], ''],
    ['a coding in disguise', ['Transfer-Encoding: xchunked'], chunkedBody],
    ['a length with a sign', ['Content-Length: +4'], 'body'],
    ['a negative length', ['Content-Length: -1'], 'body'],
    ['a list of lengths', ['Content-Length: 4, 4'], 'body'],
    ['a length in hexadecimal', ['Content-Length: 0x4'], 'body'],
    ['an empty length', ['Content-Length:'], ''],
    ['a length beyond 32 bits', ['Content-Length: 4294967296'], ''],
    ['a length beyond 64 bits', ['Content-Length: 18446744073709551616'], ''],
    ['a bad chunk length', ['Transfer-Encoding: chunked'], 'xyz\r\nbody\r\n0\r\n\r\n'],
    ['a huge chunk length', ['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\nbody\r\n0\r\n\r\n'],
  ])('never obeys what stands behind %s (T3)', async (_, headers, body) => {
    const request = served();
    const { connect } = await start(transport, { request, limits: { requestSeconds: 1 } });
    const client = await connect();
    client.write(raw('POST', '/', headers, body) + raw('GET', '/smuggled'));
    for (const answer of await client.answersUntilClosed()) expect([400, 413]).toContain(answer.status);
    expect(request).not.toHaveBeenCalled();
  });

  it('closes a body that comes too slowly', async () => {
    const request = served();
    const { connect } = await start(transport, { request, limits: { requestSeconds: 1 } });
    const client = await connect();
    const startMs = performance.now();
    client.write(raw('POST', '/', ['Content-Length: 1000']));
    const trickle = setInterval(() => client.write('x'), 100);
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 408 }]);
    clearInterval(trickle);
    expect(seconds(startMs)).toBeGreaterThan(0.9);
    expect(seconds(startMs)).toBeLessThan(4);
    expect(request).not.toHaveBeenCalled();
  });

  it('closes heads that are slow, cut, malformed or too long within 15 s', async () => {
    const request = served();
    const { connect } = await start(transport, { request, limits: { requestSeconds: 1 } });
    const startMs = performance.now();
    const heads = [
      '',
      'GET / HT',
      'GET / HTTP/1.1\r\nHost: test\r\nX: ',
      'GARBAGE\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET  / HTTP/1.1\r\nHost: test\r\n\r\n',
      'G\u0000T / HTTP/1.1\r\nHost: test\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: test\r\nX: \u0000\r\n\r\n',
      'GET / HTTP/1.1\nHost: test\n\n',
      raw('POST', '/', ['Content-Length : 4'], 'body') + raw('GET', '/smuggled'),
      raw('POST', '/', ['X: a', ' Content-Length: 4'], 'body') + raw('GET', '/smuggled'),
      raw('POST', '/', ['X: a\nContent-Length: 4'], 'body') + raw('GET', '/smuggled'),
      raw('GET', '/', [`X: ${'x'.repeat(20_000)}`]).slice(0, -2),
    ];
    const slow = await connect();
    const trickle = setInterval(() => slow.write('x'), 200);
    slow.write('GET /');
    const closed = heads.map(async (head) => {
      const client = await connect();
      client.write(head);
      // Node serves HTTP/1.0.
      for (const answer of await client.answersUntilClosed())
        expect([200, 400, 408, 431, 505]).toContain(answer.status);
    });
    await Promise.all([slow.closed(), ...closed]);
    clearInterval(trickle);
    expect(seconds(startMs)).toBeLessThan(15);
    expect(request.mock.calls.length).toBeLessThanOrEqual(1);
  });
});
