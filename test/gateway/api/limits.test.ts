// Limits of the API: requests in flight, bytes, frames that cannot be read; and that whoever meets one can go on
// afterwards.

import { describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { account, codeOf, fresh, openBank, openWith, payment } from './support/ledger.ts';
import { formats } from './support/socket-client.ts';

describe.each(transports)('limits over %s', (transport) => {
  const api = useApi({ transport, webSocketCredit: 5, bodyBytesMax: 4_096, batchBytesMax: 65_536 });

  describe.each(formats)('frames in %s', (format) => {
    const open = () => api.open({ format });

    it('greet with the version, the credit and the largest batch', async () => {
      expect(await (await open()).hello()).toEqual({ hello: { version: 'v1', credit: 5, max_batch: 10_000 } });
    });

    it('above the credit are answered with too_many_requests, and the others as ever', async () => {
      const [bank, a] = [await openBank(api.http), await openWith(api, 0)];
      const socket = await open();
      const create = () => socket.ask('transfers.create', { id: fresh(), debit_account: bank, credit_account: a, amount: 1 }); // prettier-ignore
      const told = await Promise.all(Array.from({ length: 20 }, create));
      const codes = told.map(codeOf);
      const done = codes.filter((code) => code === 'ok').length;
      expect(codes.slice(0, 5)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
      expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(20 - done);
      expect(done).toBeLessThan(20);
      const refused = told.find((answer) => !answer.ok);
      expect(refused).toMatchObject({ ok: false, error: { status: 429, retryable: true, outcome: 'none' } });
      expect(codeOf(await create())).toBe('ok');
      expect(await account(api, a)).toMatchObject({ available: done + 1 });
    });

    it('are told apart by their ids, integers and texts, told back as they came', async () => {
      const socket = await open();
      const ids = [0, -1, Number.MAX_SAFE_INTEGER, '', 'a', 'x'.repeat(128), '💰'];
      for (const id of ids) {
        await socket.askFrame({ id, op: 'ping' });
        expect(socket.heard.at(-1)).toEqual({ id, ok: true, body: {} });
      }
    });

    it.each([
      ['a text', 'ping'],
      ['a number', 7],
      ['null', null],
      ['a list', [1, 'ping', {}]],
      ['a map without an id', { op: 'ping' }],
      ['a map without an op', { id: 1 }],
      ['an op that is no text', { id: 1, op: 7 }],
      ['an id that is null', { id: null, op: 'ping' }],
      ['an id of a fraction', { id: 1.5, op: 'ping' }],
      ['an id that is true', { id: true, op: 'ping' }],
      ['an id that is a list', { id: [1], op: 'ping' }],
      ['an id that is too long', { id: 'x'.repeat(129), op: 'ping' }],
    ])('that are %s close the socket with 4400', async (_, frame) => {
      const socket = await open();
      socket.send(socket.encode(frame));
      expect(await socket.closed).toMatchObject({ code: 4400 });
    });

    it('of the other kind close the socket with 4400', async () => {
      const socket = await open();
      const encoded = socket.encode({ id: 1, op: 'ping' });
      socket.send(typeof encoded === 'string' ? Buffer.from(encoded) : JSON.stringify({ id: 1, op: 'ping' }));
      expect(await socket.closed).toMatchObject({ code: 4400 });
    });

    it.each([
      ['nothing', []],
      ['cut', [0x82, 0xa2, 0x69, 0x64, 0x01]],
      ['two frames', [0x80, 0x80]],
      ['of a byte that msgpack never uses', [0xc1]],
      ['of a size that is not there', [0xdd, 0xff, 0xff, 0xff, 0xff]],
      ['deep', Array.from({ length: 25_000 }, () => 0x91)],
      ['of an unknown extension', [0xd4, 0x05, 0x00]],
      ['of a value that refers to another', [0xd6, 0x70, 0, 0, 0, 1]],
      ['of bytes', [0xc4, 0x02, 0x7b, 0x7d]],
    ])('whose bytes are %s close the socket with 4400', async (_, bytes) => {
      const socket = await open();
      socket.send(format === 'msgpack' ? Uint8Array.from(bytes) : `{"id":1,"op":"ping"${'['.repeat(bytes.length)}`);
      expect(await socket.closed).toMatchObject({ code: 4400 });
    });

    it('with a wrong op, field or key are answered, and the socket stays', async () => {
      const socket = await open();
      const code = async (frame: object) => codeOf(await socket.askFrame({ id: socket.nextId(), ...frame }));
      expect(await code({ op: 'nothing' })).toBe('op_unknown');
      expect(await code({ op: 'constructor' })).toBe('op_unknown');
      expect(await code({ op: '' })).toBe('op_unknown');
      expect(await code({ op: 'ping', more: 1 })).toBe('field_unknown');
      expect(await code({ op: 'nothing', more: 1 })).toBe('field_unknown');
      expect(await code({ op: 'ping', key: 7 })).toBe('body_invalid');
      expect(await code({ op: 'ping', key: 7, more: 1 })).toBe('body_invalid');
      expect(await code({ op: 'ping', key: null, body: null, traceparent: null })).toBe('ok');
      expect(await code({ op: 'ping', traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` })).toBe('ok');
      expect(await code({ op: 'accounts.create', body: [] })).toBe('body_invalid');
      expect(await code({ op: 'accounts.create', body: 'text' })).toBe('body_invalid');
    });

    it('above a megabyte are for batches only, and none is above four', async () => {
      const socket = await open();
      const long = 'x'.repeat(5_000);
      expect(await socket.ask('accounts.get', { id: long })).toMatchObject({ ok: false, error: { code: 'body_too_large', status: 413 } }); // prettier-ignore
      expect(codeOf(await socket.ask('transfers.batch', { transfers: [[long, 'a', 'b', 1]] }))).toBe('ok');
      socket.send(socket.encode({ id: 1, op: 'transfers.batch', body: { transfers: [['x'.repeat(70_000)]] } }));
      expect(await socket.closed).toMatchObject({ code: 1009 });
    });
  });

  describe('texts that are no UTF-8 in msgpack', () => {
    const broken = Buffer.from([0xe2, 0x82]);
    const opening = { currency: 'EUR', kind: 'user' };
    const note = 'x'.repeat(100);

    it.each([
      ['in the id', { id: '##', op: 'ping' }],
      ['in the value of a note', { id: 1, op: 'accounts.create', body: { ...opening, metadata: { a: '##' } } }],
      ['in a long note', { id: 1, op: 'accounts.create', body: { ...opening, metadata: { a: `${note}##` } } }],
      ['in the name of a note', { id: 1, op: 'accounts.create', body: { ...opening, metadata: { '##': 'a' } } }],
      ['beside a replacement character', { id: '\ufffd', op: 'ping', key: '##' }],
      ['in the id of a batch', { id: '##', op: 'transfers.batch', body: { transfers: [['a', 'b', 'c', 1]] } }],
    ])('%s close the socket with 4400', async (_, frame) => {
      const socket = await api.open({ format: 'msgpack' });
      const bytes = Buffer.from(socket.encode(frame));
      bytes.set(broken, bytes.indexOf('##'));
      socket.send(bytes);
      expect(await socket.closed).toMatchObject({ code: 4400 });
    });

    it('are told from a replacement character that was sent as one', async () => {
      const socket = await api.open({ format: 'msgpack' });
      const metadata = { '\ufffd': `${note}\ufffd`, ä: '💰', bom: '\ufeff' };
      const told = await socket.askFrame({ id: '\ufffd', op: 'accounts.create', body: { ...opening, metadata } });
      expect(told).toMatchObject({ ok: true, body: { metadata } });
    });
  });

  it('tells back integers of 64 bits as ids in msgpack', async () => {
    const socket = await api.open({ format: 'msgpack' });
    for (const id of [2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
      await socket.askFrame({ id, op: 'ping' });
      expect(socket.heard.at(-1)).toEqual({ id, ok: true, body: {} });
    }
    socket.send(Uint8Array.from([0x82, 0xa2, 0x69, 0x64, 0xc7, 9, 0x42, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xa2, 0x6f, 0x70, 0xa1, 0x78])); // prettier-ignore
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  it('answers requests above its bytes over HTTP with 413', async () => {
    const padded = { currency: 'EUR', kind: 'user', metadata: { a: 'x'.repeat(5_000) } };
    expect(await api.http.post('/v1/accounts', padded)).toMatchObject({ status: 413, body: { code: 'body_too_large' } }); // prettier-ignore
    const seen = await api.http.post<Problem>('/v1/transfers/batch', { transfers: [['x'.repeat(5_000), 'a', 'b', 1]] });
    expect(seen.status).toBe(200);
  });
});

describe.each(transports)('overload over %s', (transport) => {
  const api = useApi({ transport, inFlightMax: 100, batchMax: 100 });

  it('is answered at once with 503 and when to come again; what was refused had no effect', async () => {
    const asked = await payment(api, 1_000, 1);
    const [debit, credit] = [asked.debit_account, asked.credit_account];
    const socket = await api.open({ format: 'msgpack' });
    const batches = Array.from({ length: 30 }, () => Array.from({ length: 20 }, () => [fresh(), debit, credit, 1]));
    const told = await Promise.all(batches.map((transfers) => socket.ask('transfers.batch', { transfers })));
    const done = told.filter(({ ok }) => ok).length;
    expect(done).toBeLessThan(30);
    expect(told.filter((answer) => !answer.ok)).toEqual(
      Array.from({ length: 30 - done }, () => expect.objectContaining({ error: expect.objectContaining({ code: 'overloaded', status: 503, retryable: true, outcome: 'none' }) as object }) as object), // prettier-ignore
    );
    expect(await account(api, debit)).toMatchObject({ available: 1_000 - done * 20 });
    const http = await Promise.all(batches.map((transfers) => api.http.post('/v1/transfers/batch', { transfers })));
    const refused = http.filter(({ status }) => status === 503);
    for (const { headers } of refused) {
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(headers['ratelimit']).toMatch(/^".+";r=0;t=\d+$/);
      expect(headers['ratelimit-policy']).toMatch(/^".+";q=\d+/);
    }
    await vi.waitFor(async () => expect((await api.http.post('/v1/transfers', asked)).status).toBe(201));
  });
});
