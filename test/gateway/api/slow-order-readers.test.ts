// Readers of payments and events that do not read: closed at their limit, in bounded memory, while payments go on; what they
// missed is read by the cursor of the last event that they have, over WebSocket or HTTP, without a gap.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import type { EventResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, codeOf, fresh, openWith } from './support/ledger.ts';
import type { SocketClient } from './support/socket-client.ts';

const BACKLOG = 262_144;
const MEGABYTE = 2 ** 20;

/** Readers that do not read, and payments: each makes some ten kilobytes of events, far more than a kernel keeps for a socket. */
const READERS = 12;
const PAYMENTS = 1_500;
const PAYEES = 40;

/** Half of it is what the engine keeps of 1,500 trades; with readers that nothing closes it was 98 MB. */
const GROWTH_MAX = READERS * BACKLOG + 72 * MEGABYTE;

type Cursor = { readonly cursor: string };

describe.each(transports)('readers of payments that do not read, over %s', (transport) => {
  const api = useApi({ transport, backlogBytesMax: BACKLOG });

  it('are closed, cost bounded memory, and go on by their cursor', async () => {
    const payer = await openWith(api, 0, { credit_limit: 'unlimited' });
    const payees = await Promise.all(Array.from({ length: PAYEES }, () => openWith(api, 0, { kind: 'merchant' })));
    const topics = ['payments', 'events'] as const;
    const readers: { reader: SocketClient; topic: string; cursor: string }[] = [];
    for (let nth = 0; nth < READERS; nth++) {
      const topic = topics[nth % 2] as string;
      const reader = await api.open({ format: nth % 4 < 2 ? 'json' : 'msgpack' });
      const { cursor } = bodyOf(await reader.ask<Cursor>('subscribe', { topic }));
      reader.socket.pause();
      readers.push({ reader, topic, cursor });
    }
    const before = memory();
    let most = 0;
    const writer = await api.open({ format: 'msgpack' });
    const order = { product: 'sale', payer, payees: payees.map((account) => ({ account, amount: 10 })), amount: 10 * PAYEES, currency: 'EUR' }; // prettier-ignore
    const paid: string[] = [];
    for (let done = 0; done < PAYMENTS; done += 50) {
      const batch = Array.from({ length: 50 }, async () => {
        const made = bodyOf(await writer.ask<{ id: string }>('trades.create', { ...order, out_trade_no: fresh('o') }));
        const pay = { id: made.id, instruments: [{ type: 'balance' }] };
        paid.push(bodyOf(await writer.ask<{ id: string }>('trades.pay', pay, fresh('key'))).id);
      });
      await Promise.all(batch);
      writer.heard.length = 0;
      if (done % 250 === 0) most = Math.max(most, memory() - before);
    }
    expect(most / MEGABYTE).toBeLessThan(GROWTH_MAX / MEGABYTE);
    const closed = async (): Promise<number> =>
      Number(/florin_ws_closed_total\{reason="slow"\} (\d+)/.exec((await api.ops.get('/metrics')).text)?.[1]);
    await vi.waitFor(async () => expect(await closed()).toBe(READERS / 2), { timeout: 30_000, interval: 50 });

    const one = readers.find(({ topic }) => topic === 'events');
    if (!one) throw new Error('nobody reads events');
    one.reader.socket.resume();
    expect([1013, 1006]).toContain((await one.reader.closed).code);
    const read = one.reader.events('events');
    const missed = await eventsAfter(read.at(-1)?.cursor ?? one.cursor);
    const seen = [...read.map(({ cursor = '' }) => cursor), ...missed.map(({ id }) => id)];
    expect(seen).toEqual(seen.toSorted());
    expect(new Set(seen).size).toBe(seen.length);
    const succeeded = [
      ...read.filter(({ event }) => event === 'payment.succeeded').map(({ data }) => data?.['id']),
      ...missed.filter(({ type }) => type === 'payment.succeeded').map(({ data }) => data['id']),
    ];
    expect(succeeded).toHaveLength(paid.length);
    expect(new Set(succeeded)).toEqual(new Set(paid));
    expect(codeOf(await writer.ask('ping', {}))).toBe('ok');
  }, 90_000);

  /** All events after a cursor, over HTTP. */
  async function eventsAfter(
    cursor: string,
  ): Promise<(EventResource & { readonly data: Readonly<Record<string, unknown>> })[]> {
    const events: (EventResource & { readonly data: Readonly<Record<string, unknown>> })[] = [];
    for (let after = cursor, more = true; more;) {
      const { body } = await api.http.get<{ data: typeof events; has_more: boolean; cursor: string }>(
        `/v1/events?limit=100&after=${after}`,
      );
      events.push(...body.data);
      more = body.has_more;
      after = body.cursor;
    }
    return events;
  }
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that this process needs for itself; what the kernel keeps for sockets is not among them. */
function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
