// Contract of the transport port: bodies that go to the disk. They take as long as they are long, and no longer: what stands
// still is cut, and every other request keeps its own time.

import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer, HttpRequest, UploadTarget } from '../../../src/gateway/transport/transport.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { raw, start, stopAll, text, transport } from './transport-fixture.ts';

afterEach(stopAll);

const UPLOAD = ['Content-Length: 40'];

/** A target for /file alone; the whole of any other request has a second. */
async function uploading(patience: Partial<UploadTarget> = {}) {
  const folder = temporaryFolder();
  const target: UploadTarget = { folder, bytesMax: 1_000, secondsMax: 30, idleSecondsMax: 5, ...patience };
  const stored: string[] = [];
  const started = await start(transport, {
    limits: { requestSeconds: 1 },
    upload: ({ path }: HttpRequest) => (path === '/file' ? target : null),
    request: ({ path, upload }: HttpRequest, answer: Answer) => {
      if (upload) stored.push(readFileSync(upload.path, 'latin1'));
      answer(text(200, path));
    },
  });
  return { ...started, folder, stored };
}

/** Writes a byte every 100 ms, `bytes` of them. */
function trickle(client: { write: (data: string) => void }, bytes: number): NodeJS.Timeout {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent++ < bytes) client.write('x');
    else clearInterval(timer);
  }, 100);
  return timer;
}

describe('an upload', () => {
  it('may take longer than any other request while its bytes flow, and the connection goes on', async () => {
    const { connect, stored, faults } = await uploading();
    const client = await connect();
    client.write(raw('POST', '/file', UPLOAD));
    trickle(client, 40);
    expect(await client.answer()).toMatchObject({ status: 200, body: '/file' });
    expect([stored, faults]).toEqual([['x'.repeat(40)], []]);
    client.write(raw('GET', '/next'));
    expect(await client.answer()).toMatchObject({ status: 200, body: '/next' });
    // The next request has the time of any other.
    client.write(raw('POST', '/other', UPLOAD));
    const timer = trickle(client, 40);
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 408 }]);
    clearInterval(timer);
  });

  it('is cut when nothing comes for too long, and nothing of it is kept', async () => {
    const { connect, stored, folder, faults } = await uploading({ idleSecondsMax: 0.5 });
    const client = await connect();
    client.write(`${raw('POST', '/file', UPLOAD)}xx`);
    const startMs = performance.now();
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 408 }]);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]));
    expect([stored, faults]).toEqual([[], []]);
  });

  it('is cut when all of it takes too long, although its bytes flow', async () => {
    const { connect, stored, folder, faults } = await uploading({ secondsMax: 1.5 });
    const client = await connect();
    client.write(raw('POST', '/file', UPLOAD));
    const timer = trickle(client, 40);
    const startMs = performance.now();
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 408 }]);
    clearInterval(timer);
    expect(performance.now() - startMs).toBeGreaterThan(1_400);
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]));
    expect([stored, faults]).toEqual([[], []]);
  });
});

it('a head that is slow, and a body that goes into memory, have the time of any request', async () => {
  const { connect } = await uploading();
  const [head, body] = [await connect(), await connect()];
  head.write('POST /file HTTP/1.1\r\nX: ');
  body.write(raw('POST', '/other', UPLOAD));
  const timers = [trickle(head, 100), trickle(body, 39)];
  const startMs = performance.now();
  expect(await head.answersUntilClosed()).toMatchObject([{ status: 408 }]);
  expect(await body.answersUntilClosed()).toMatchObject([{ status: 408 }]);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  timers.forEach(clearInterval);
});
