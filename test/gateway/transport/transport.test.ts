// Contract of the transport port, its HTTP half.
//
// Where they differ: what the parser itself refuses is answered by node, and only cut by uWebSockets.js 20.30.

import { STATUS_CODES } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer, HttpRequest } from '../../../src/gateway/transport/transport.ts';
import { raw, rawPost, start, stopAll, text, transport } from './transport-fixture.ts';

afterEach(stopAll);

describe('HTTP', () => {
  it('hands over the request as it was sent', async () => {
    const requests: HttpRequest[] = [];
    const { connect } = await start(transport, {
      request: (request, answer) => {
        requests.push(request);
        answer(text(200, ''));
      },
    });
    const client = await connect();
    client.write(raw('PATCH', '/a%20b/%2F..%C3%BC?x=%26&x=2', ['X-One:  1 ', 'X-Two: a', 'x-two: b', 'Empty:']));
    await client.answer();

    const [request] = requests;
    expect(request).toMatchObject({ method: 'PATCH', path: '/a%20b/%2F..%C3%BC', query: 'x=%26&x=2' });
    expect(['x-one', 'x-two', 'empty', 'absent', 'constructor'].map((key) => request?.header(key))).toEqual([
      '1',
      'a, b',
      '',
      undefined,
      undefined,
    ]);
    expect(request?.body).toHaveLength(0);
  });

  it('hands over bodies in memory of their own, whole, by length or in chunks (T1)', async () => {
    const bodies: Uint8Array[] = [];
    const { connect } = await start(transport, {
      request: ({ body }, answer) => {
        bodies.push(body);
        answer(text(200, String(body.length)));
      },
    });
    const client = await connect();
    const long = 'ü'.repeat(5_000);
    client.write(rawPost('/1', 'short'));
    await client.answer();
    client.write(raw('POST', '/2', ['Content-Length: 10000'], long.slice(0, 100)));
    await client.gap();
    client.write(long.slice(100));
    await client.answer();
    client.write(raw('POST', '/3', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n'));
    await client.gap();
    client.write('A\r\n0123456789\r\n0\r\n\r\n');
    await client.answer();

    const texts = bodies.map((body) => Buffer.from(body).toString());
    expect([texts[0], texts[1] === long, texts[2]]).toEqual(['short', true, 'abc0123456789']);
  });

  it('writes every status with its text', async () => {
    const statuses = [
      200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 431, 500, 503,
    ];
    const { connect } = await start(transport, {
      request: ({ path }, answer) => answer(text(Number(path.slice(1)), 'body')),
    });
    const client = await connect();
    for (const status of statuses) {
      client.write(raw('GET', `/${status}`));
      const body = status === 204 || status === 304 ? '' : 'body';
      expect(await client.answer()).toMatchObject({ status, reason: STATUS_CODES[status], body });
    }
  });

  it('answers HEAD with the length and without the body', async () => {
    const { connect } = await start(transport);
    const client = await connect();
    client.write(raw('HEAD', '/long') + raw('GET', '/next'));
    const head = await client.answer(true);
    expect(head?.headers.get('content-length')).toBe('10');
    expect(await client.answer()).toMatchObject({ status: 200, body: 'GET /next' });
  });

  it('keeps a connection for the next request, answered late', async () => {
    const { connect } = await start(transport, {
      request: ({ path }, answer) => void setImmediate(() => answer(text(200, path))),
    });
    const client = await connect();
    for (const path of ['/1', '/2', '/3']) {
      client.write(rawPost(path, 'x'));
      expect(await client.answer()).toMatchObject({ status: 200, body: path });
    }
  });

  it('never passes off the refusal of a bad request as the answer to the good one before it', async () => {
    const answers: Answer[] = [];
    const { connect } = await start(transport, { request: (_, answer) => void answers.push(answer) });
    const client = await connect();
    client.write(raw('GET', '/') + 'GARBAGE\r\n\r\n');
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await client.gap();
    answers[0]?.(text(200, 'good'));
    expect([undefined, 'good']).toContain((await client.answer())?.body);
  });

  it('closes after an answer when the client asks for it', async () => {
    const { connect } = await start(transport);
    const client = await connect();
    client.write(raw('GET', '/', ['Connection: close']));
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 200 }]);
  });

  it('sends the first answer and drops a second', async () => {
    const { connect, faults } = await start(transport, {
      request: (_, answer) => {
        answer(text(200, 'first'));
        answer(text(500, 'second'));
        setImmediate(() => answer(text(500, 'third')));
      },
    });
    const client = await connect();
    client.write(raw('GET', '/'));
    expect(await client.answer()).toMatchObject({ status: 200, body: 'first' });
    client.write(raw('GET', '/'));
    expect(await client.answer()).toMatchObject({ status: 200, body: 'first' });
    expect(faults).toEqual([]);
  });

  it('drops the answer to a client that left (T2)', async () => {
    const answers: Answer[] = [];
    const { connect, faults } = await start(transport, {
      request: ({ path }, answer) => void (path === '/late' ? answers.push(answer) : answer(text(200, ''))),
    });
    const [leaver, other] = [await connect(), await connect()];
    leaver.write(rawPost('/late', 'x'));
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    leaver.destroy();
    await leaver.closed();
    other.write(raw('GET', '/'));
    await other.answer();
    answers[0]?.(text(200, 'too late'));
    other.write(raw('GET', '/'));
    expect(await other.answer()).toMatchObject({ status: 200 });
    expect(faults).toEqual([]);
  });

  it('survives a client that leaves in the middle of a body', async () => {
    const request = vi.fn((_: HttpRequest, answer: Answer) => answer(text(200, '')));
    const { connect, faults } = await start(transport, { request });
    const [leaver, other] = [await connect(), await connect()];
    leaver.write(raw('POST', '/', ['Content-Length: 10'], 'half'));
    leaver.destroy();
    await leaver.closed();
    other.write(raw('GET', '/'));
    expect(await other.answer()).toMatchObject({ status: 200 });
    expect(request).toHaveBeenCalledTimes(1);
    expect(faults).toEqual([]);
  });

  it.each([
    ['at once', raw('GET', '/')],
    ['after a body', rawPost('/', 'body')],
  ])('answers 500 when the handler throws %s, and goes on (T2)', async (_, request) => {
    const boom = new Error('boom');
    const { connect, faults } = await start(transport, {
      request: () => {
        throw boom;
      },
    });
    const client = await connect();
    for (const turn of [1, 2]) {
      client.write(request);
      expect(await client.answer()).toMatchObject({ status: 500, body: 'refused 500' });
      expect(faults).toEqual(Array.from({ length: turn }, () => boom));
    }
  });

  it('answers 500 rather than split an answer at a line break in a header', async () => {
    const { connect, faults } = await start(transport, {
      request: (_, answer) => answer({ status: 200, headers: [['x', 'a\r\nset-cookie: b']], body: '' }),
    });
    const client = await connect();
    client.write(raw('GET', '/'));
    const answer = await client.answer();
    expect(answer?.status).toBe(500);
    expect(answer?.headers.has('set-cookie')).toBe(false);
    expect(faults).toHaveLength(1);
  });

  it('sends a long answer whole to a reader that was slow to begin', async () => {
    const body = Buffer.alloc(20_000_000, 'florin ');
    const { connect } = await start(transport, {
      request: ({ path }, answer) => answer({ status: 200, headers: [], body: path === '/next' ? 'next' : body }),
    });
    const client = await connect();
    client.pause();
    client.write(raw('GET', '/'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.resume();
    expect((await client.answer())?.body === body.toString()).toBe(true);
    client.write(raw('GET', '/next'));
    expect(await client.answer()).toMatchObject({ body: 'next' });
  });

  it('takes no end of requests from a client that reads no answers', async () => {
    const kilobyte = 'x'.repeat(1_000);
    let served = 0;
    const { connect } = await start(transport, {
      request: (_, answer) => {
        served += 1;
        answer(text(200, kilobyte));
      },
    });
    const client = await connect();
    client.pause();
    for (let block = 0; block < 60; block++) client.write(raw('GET', '/').repeat(1_000));
    let before = -1;
    while (served > before) {
      before = served;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    // What fits into the buffers of the operating system; the rest is not served, or the client was cut.
    expect(served).toBeGreaterThan(0);
    expect(served).toBeLessThan(30_000);
  });

  it('serves a request that offers another upgrade as if it did not', async () => {
    const { connect } = await start(transport, {
      request: ({ method, path, body }, answer) =>
        answer(text(200, `${method} ${path} ${Buffer.from(body).toString()}`)),
    });
    const client = await connect();
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'];
    client.write(raw('POST', '/h2c', [...offer, 'Content-Length: 8'], 'half'));
    await client.gap();
    client.write('half');
    expect(await client.answer()).toMatchObject({ status: 200, body: 'POST /h2c halfhalf' });
    client.write(raw('GET', '/next'));
    expect(await client.answer()).toMatchObject({ status: 200, body: 'GET /next ' });
  });
});
