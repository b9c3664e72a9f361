// Callbacks of channels: handed on as the bytes that came, answered in few words, and counted.

import { beforeEach, describe, expect, it } from 'vitest';
import type { CallbackOutcome, CallbackPort } from '../../../src/gateway/callback-port.ts';
import { transports, useApi } from './support/api.ts';
import { expectProblem } from './support/problem.ts';
import type { Problem } from '../../../src/gateway/problem.ts';

describe.each(transports)('callbacks over %s', (transport) => {
  let outcome: CallbackOutcome | Error = 'taken';
  let taken: [channel: string, signature: string | undefined, raw: Buffer][] = [];
  const callbacks: CallbackPort = {
    receive: (channel, headers, raw) => {
      taken.push([channel, headers['x-signature'], Buffer.from(raw)]);
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  };
  const api = useApi({ transport, bodyBytesMax: 65_536 }, { someone: { merchant: 'acme' } }, { callbacks });
  const raw = Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0x7d]);
  const call = (headers: Record<string, string> = {}) =>
    api.http.send<Problem>('POST', '/v1/callbacks/card', { body: raw, headers: { 'x-signature': 's1', ...headers } });
  const counted = async (result: string) =>
    Number(new RegExp(`^florin_callbacks_total\\{result="${result}"\\} (\\d+)$`, 'm').exec((await api.ops.get('/metrics')).text)?.[1]); // prettier-ignore
  beforeEach(() => {
    outcome = 'taken';
    taken = [];
  });

  it('are handed on byte for byte, whatever they say they are, and need no key', async () => {
    const before = await counted('taken');
    const seen = await call({ 'content-type': 'text/xml' });
    expect([seen.status, seen.text]).toEqual([200, '{"received":true}']);
    expect(taken).toEqual([['card', 's1', raw]]);
    expect(await counted('taken')).toBe(before + 1);
  });

  it.each([
    ['refused', 'callback_invalid', 401],
    ['unknown', 'channel_not_found', 404],
    ['busy', 'overloaded', 503],
  ] as const)('that are %s answer %s', async (what, code, status) => {
    outcome = what;
    const before = await counted(what);
    const seen = await call();
    expect(seen.status).toBe(status);
    expectProblem(seen.body, code);
    expect(seen.text).not.toContain('s1');
    expect(await counted(what)).toBe(before + 1);
  });

  it('that cannot be judged are a fault of the server', async () => {
    outcome = new Error('secret');
    const seen = await call();
    expect(seen).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(seen.text).not.toContain('secret');
  });

  it('end at the size that bodies have', async () => {
    const seen = await api.http.send('POST', '/v1/callbacks/card', { body: Buffer.alloc(65_537) });
    expect(seen).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    expect(taken).toEqual([]);
    expect((await api.http.get('/v1/callbacks/card')).status).toBe(405);
    expect((await api.http.send('POST', '/v1/callbacks')).status).toBe(404);
    expect((await api.http.send('POST', '/v1/callbacks/card?channel=other')).status).toBe(400);
  });
});
