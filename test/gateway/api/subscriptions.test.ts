// Subscriptions over WebSocket: who hears of what, in which order, and how a reader that was away goes on.

import { describe, expect, it } from 'vitest';
import { eventId } from '../../../src/domain/ids.ts';
import type { EventResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith, payment, transfer } from './support/ledger.ts';
import { formats } from './support/socket-client.ts';

type Cursor = { readonly cursor: string };
type Page = { readonly data: readonly EventResource[]; readonly cursor: string };

/** A cursor of so many hours ago. */
const hours = (count: number) => eventId(Date.now() - count * 3_600_000, { seq: 1, index: 0 });

describe.each(transports)('subscriptions over %s', (transport) => {
  const api = useApi({ transport, eventRetentionHours: 24 });

  /** Makes a transfer of one and answers its id. */
  const pay = async (debit: string, credit: string): Promise<string> => {
    const id = fresh();
    const seen = await api.http.post('/v1/transfers', { id, debit_account: debit, credit_account: credit, amount: 1 });
    expect(seen.status).toBe(201);
    return id;
  };

  describe.each(formats)('in %s', (format) => {
    const open = () => api.open({ format });

    it('begin now, and bring what happens from now on', async () => {
      const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
      const socket = await open();
      const { cursor } = bodyOf(await socket.ask<Cursor>('subscribe', { topic: 'transfers' }));
      expect(cursor).toMatch(/^evt_/);
      const id = await pay(a, b);
      const [event] = await socket.eventsOf('transfers', 1);
      expect(event).toEqual({
        event: 'transfer.posted',
        topic: 'transfers',
        cursor: expect.stringMatching(/^evt_/) as string,
        data: await transfer(api, id),
      });
    });

    it('tell an answer apart from the events that follow it: first the cursor', async () => {
      const socket = await open();
      bodyOf(await socket.ask<Cursor>('subscribe', { topic: 'events', after: eventId(Date.now(), { seq: 0, index: 0 }) })); // prettier-ignore
      await socket.eventsOf('events', 1);
      expect(socket.heard.findIndex(({ event }) => event !== undefined)).toBe(2);
      expect(socket.heard[1]).toMatchObject({ ok: true });
    });

    it('bring an account only what concerns it', async () => {
      const [a, b, c] = [await openWith(api, 10), await openWith(api, 10), await openWith(api, 0)];
      const socket = await open();
      await socket.ask('subscribe', { topic: `accounts:${a}` });
      await socket.ask('subscribe', { topic: `accounts:${c}` });
      const ids = [await pay(a, c), await pay(b, c), await pay(b, a)];
      await api.http.patch(`/v1/accounts/${a}`, { status: 'frozen' });
      const ofA = (await socket.eventsOf(`accounts:${a}`, 3)).map(({ data }) => data?.['id']);
      const ofC = (await socket.eventsOf(`accounts:${c}`, 2)).map(({ data }) => data?.['id']);
      expect(ofA).toEqual([ids[0], ids[2], a]);
      expect(ofC).toEqual([ids[0], ids[1]]);
    });

    it('can be narrowed to a type of event', async () => {
      const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
      const socket = await open();
      await socket.ask('subscribe', { topic: 'events', filter: { type: 'account.changed' } });
      await pay(a, b);
      await api.http.patch(`/v1/accounts/${b}`, { metadata: { seen: 'yes' } });
      const [event] = await socket.eventsOf('events', 1);
      expect(event).toMatchObject({ event: 'account.changed', data: await account(api, b) });
    });

    it('go on after the cursor where they were cut: nothing twice, nothing missing, in order', async () => {
      const [bank, a] = [await openBank(api.http), await openWith(api, 0)];
      const topic = `accounts:${a}`;
      const first = await open();
      await first.ask('subscribe', { topic });
      const ids = [await pay(bank, a), await pay(bank, a)];
      const [, last] = await first.eventsOf(topic, 2);
      first.end();
      for (let count = 0; count < 5; count++) ids.push(await pay(bank, a));
      const second = await open();
      const { cursor } = bodyOf(await second.ask<Cursor>('subscribe', { topic, after: last?.cursor }));
      expect(cursor).toBe(last?.cursor);
      ids.push(await pay(bank, a));
      const more = await second.eventsOf(topic, 6);
      expect(more.map(({ data }) => data?.['id'])).toEqual(ids.slice(2));
      expect(ids).toHaveLength(8);
    });

    it('read a long past before they follow, without a gap', async () => {
      const [bank, a] = [await openBank(api.http), await openWith(api, 0)];
      const socket = await open();
      const { cursor } = bodyOf(await socket.ask<Cursor>('subscribe', { topic: 'transfers' }));
      const batch = (): object => ({ transfers: Array.from({ length: 1_500 }, () => [fresh(), bank, a, 1]) });
      await socket.ask('transfers.batch', batch());
      const reader = await open();
      await reader.ask('subscribe', { topic: 'transfers', after: cursor });
      await socket.ask('transfers.batch', batch());
      const versions = (await reader.eventsOf('transfers', 3_000)).map(({ data }) => data?.['credit']);
      expect(versions.map((side) => (side as { version: number }).version)).toEqual(
        Array.from({ length: 3_000 }, (_, index) => index + 2),
      );
    });

    it('end when they are ended, which may be said twice', async () => {
      const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
      const socket = await open();
      await socket.ask('subscribe', { topic: 'transfers' });
      await socket.ask('subscribe', { topic: `accounts:${b}` });
      await pay(a, b);
      await socket.eventsOf('transfers', 1);
      for (let time = 0; time < 2; time++) {
        expect(bodyOf(await socket.ask('unsubscribe', { topic: 'transfers' }))).toEqual({ topic: 'transfers' });
      }
      await pay(a, b);
      await socket.eventsOf(`accounts:${b}`, 2);
      expect(socket.events('transfers')).toHaveLength(1);
    });

    it('of the same topic replace each other', async () => {
      const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
      const socket = await open();
      const topic = `accounts:${a}`;
      for (let time = 0; time < 3; time++) await socket.ask('subscribe', { topic });
      await pay(a, b);
      await pay(a, b);
      await socket.eventsOf(topic, 2);
      expect(bodyOf(await socket.ask('ping', {}))).toEqual({});
      expect(socket.events(topic)).toHaveLength(2);
    });

    it('know the topics of the contract, also those to which nothing happens yet', async () => {
      const socket = await open();
      for (const topic of ['payments', 'transfers', 'events', 'accounts:a', 'trades:trd_1', 'accounts:a:b']) {
        expect(codeOf(await socket.ask('subscribe', { topic }))).toBe('ok');
      }
    });

    it('are refused for a topic that does not exist', async () => {
      const socket = await open();
      const topics = ['', 'nothing', 'Events', 'accounts', 'accounts:', 'accounts:a b', 'payments:1', 'events ', 7, null]; // prettier-ignore
      for (const topic of topics) {
        expect(await socket.ask('subscribe', { topic })).toMatchObject({ ok: false, error: { code: 'topic_unknown', param: 'topic' } }); // prettier-ignore
        expect(codeOf(await socket.ask('unsubscribe', { topic }))).toBe('topic_unknown');
      }
      expect(codeOf(await socket.ask('subscribe', {}))).toBe('topic_unknown');
    });

    it.each([
      ['body_invalid', []],
      ['body_invalid', 'transfers'],
      ['field_unknown', { topic: 'events', from: 1 }],
      ['query_invalid', { topic: 'events', after: 'yesterday' }],
      ['query_invalid', { topic: 'events', after: 7 }],
      ['query_invalid', { topic: 'events', after: eventId(Date.now(), { seq: 1e9, index: 0 }) }],
      ['body_invalid', { topic: 'events', filter: 'transfer.posted' }],
      ['body_invalid', { topic: 'events', filter: { type: 7 } }],
      ['body_invalid', { topic: 'events', filter: { amount: 7 } }],
    ])('are refused with %s for %j', async (code, body) => {
      expect(codeOf(await (await open()).ask('subscribe', body))).toBe(code);
    });

    it('tell that a cursor is too old, and what it would have brought is read over HTTP', async () => {
      await openWith(api, 1);
      const socket = await open();
      expect(codeOf(await socket.ask('subscribe', { topic: 'events', after: hours(23) }))).toBe('ok');
      const told = await socket.ask('subscribe', { topic: 'events', after: hours(25) });
      expect(told).toMatchObject({ ok: false, error: { code: 'cursor_expired', status: 410, param: 'after' } });
      const { body } = await api.http.get<Page>(`/v1/events?limit=1&after=${hours(25)}`);
      expect(body.data).toHaveLength(1);
      expect(codeOf(await socket.ask('subscribe', { topic: 'events', after: body.cursor }))).toBe('ok');
    });
  });

  it('have a limit for each connection', async () => {
    const socket = await api.open();
    const topics = Array.from({ length: 101 }, (_, index) => `accounts:${index}`);
    const told = await Promise.all(topics.map((topic) => socket.ask('subscribe', { topic })));
    expect(told.slice(0, 100).map(codeOf)).toEqual(topics.slice(0, 100).map(() => 'ok'));
    expect(codeOf(told[100] ?? { ok: true, body: {} })).toBe('too_many_requests');
    expect(codeOf(await socket.ask('subscribe', { topic: 'accounts:7' }))).toBe('ok');
    await socket.ask('unsubscribe', { topic: 'accounts:7' });
    expect(codeOf(await socket.ask('subscribe', { topic: 'accounts:100' }))).toBe('ok');
  });

  it('share cursors with HTTP, both ways', async () => {
    const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
    const socket = await api.open();
    const { cursor } = bodyOf(await socket.ask<Cursor>('subscribe', { topic: 'events' }));
    const ids = [await pay(a, b), await pay(a, b)];
    const [first] = await socket.eventsOf('events', 2);
    const read = async (after?: string) => (await api.http.get<Page>(`/v1/events?after=${after}`)).body;
    expect((await read(cursor)).data.map(({ data }) => data.id)).toEqual(ids);
    expect((await read(first?.cursor)).data.map(({ data }) => data.id)).toEqual([ids[1]]);
    const other = await api.open({ format: 'msgpack' });
    await other.ask('subscribe', { topic: 'events', after: (await read(first?.cursor)).cursor });
    const id = await pay(a, b);
    expect((await other.eventsOf('events', 1)).map(({ data }) => data?.['id'])).toEqual([id]);
  });

  it('survive a restart of the server by their cursor', async () => {
    const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
    const socket = await api.open();
    await socket.ask('subscribe', { topic: 'transfers' });
    await pay(a, b);
    const [event] = await socket.eventsOf('transfers', 1);
    const missed = await pay(a, b);
    await api.restart();
    const again = await api.open();
    await again.ask('subscribe', { topic: 'transfers', after: event?.cursor });
    const next = await pay(a, b);
    expect((await again.eventsOf('transfers', 2)).map(({ data }) => data?.['id'])).toEqual([missed, next]);
  });

  it('have, when an answer came, its event in every later read', async () => {
    const socket = await api.open({ format: 'msgpack' });
    for (let count = 0; count < 5; count++) {
      const asked = await payment(api, 10, 1);
      const { cursor } = bodyOf(await socket.ask<Cursor>('subscribe', { topic: 'payments' }));
      await socket.ask('transfers.create', asked);
      const { body } = await api.http.get<Page>(`/v1/events?after=${cursor}`);
      expect(body.data.map(({ data }) => data.id)).toEqual([asked.id]);
    }
  });
});
