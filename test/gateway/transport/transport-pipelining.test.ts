// Contract of the transport port: requests that come before the one in front of them was answered.

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../src/gateway/transport/transport.ts';
import { raw, rawPost, start, stopAll, text, transport } from './transport-fixture.ts';

afterEach(stopAll);

/** Listens, and keeps the answers back: the test gives them. */
async function startLate() {
  const answers: Answer[] = [];
  return { ...(await start(transport, { request: (_, answer) => void answers.push(answer) })), answers };
}

describe('Pipelining', () => {
  it('answers 100 requests of one write in order', async () => {
    const { connect } = await start(transport);
    const client = await connect();
    const paths = Array.from({ length: 100 }, (_, index) => `/${index}`);
    client.write(paths.map((path) => rawPost(path, `body of ${path}`)).join(''));
    const bodies: (string | undefined)[] = [];
    for (const _ of paths) bodies.push((await client.answer())?.body);
    expect(bodies).toEqual(paths.map((path) => `POST ${path}`));
  });

  it('serves a request that came while the one before was not answered, time and again', async () => {
    const { connect, answers } = await startLate();
    const client = await connect();
    client.write(rawPost('/0', 'body'));
    for (let index = 0; index < 5; index++) {
      await vi.waitFor(() => expect(answers.length).toBeGreaterThan(index));
      if (index < 4) client.write(rawPost(`/${index + 1}`, 'body'));
      await client.gap();
      answers[index]?.(text(200, `${index}`));
      expect(await client.answer()).toMatchObject({ status: 200, body: `${index}` });
    }
  });

  it('takes the rest of a request that began in the bytes of the one before', async () => {
    const { connect, answers } = await startLate();
    const client = await connect();
    const [head, rest] = ['POST /2 HTT', 'P/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody'];
    client.write(rawPost('/1', 'body') + head);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    client.write(rest);
    await client.gap();
    answers[0]?.(text(200, '1'));
    expect(await client.answer()).toMatchObject({ body: '1' });
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(text(200, '2'));
    expect(await client.answer()).toMatchObject({ body: '2' });
  });

  it('answers late to requests of one write in their order, in whatever order it knows the answers', async () => {
    const { connect, answers } = await startLate();
    const client = await connect();
    client.write(raw('GET', '/1') + rawPost('/2', 'body') + raw('GET', '/3'));
    await vi.waitFor(() => expect(answers).toHaveLength(3));
    answers.toReversed().forEach((answer, index) => answer(text(200, `${answers.length - index}`)));
    for (const body of ['1', '2', '3']) expect((await client.answer())?.body).toBe(body);
  });

  it('answers several requests that came while one was not answered', async () => {
    const { connect, answers } = await startLate();
    const client = await connect();
    client.write(raw('GET', '/1'));
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    client.write(raw('GET', '/2') + raw('GET', '/3'));
    await client.gap();
    answers[0]?.(text(200, '1'));
    await vi.waitFor(() => expect(answers).toHaveLength(3));
    answers.forEach((answer, index) => answer(text(200, `${index + 1}`)));
    for (const body of ['1', '2', '3']) expect((await client.answer())?.body).toBe(body);
  });

  it('forgets a client that left, and what it sent last, once it is answered (T2)', async () => {
    const { connect, answers, faults, listener } = await startLate();
    const client = await connect();
    client.write(rawPost('/1', 'x'));
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    client.write(rawPost('/2', 'x'));
    client.destroy();
    await client.closed();
    answers[0]?.(text(200, 'too late'));
    answers[0]?.(text(200, 'twice'));
    await client.gap();
    for (const answer of answers) answer(text(200, 'too late'));
    const startMs = performance.now();
    await listener.close();
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(faults).toEqual([]);
  });
});
