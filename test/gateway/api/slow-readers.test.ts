// Slow readers over WebSocket: closed at a fixed buffer, nothing dropped before that, and nothing lost by it.

import { describe, expect, it, vi } from 'vitest';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith } from './support/ledger.ts';
import { formats, type Heard } from './support/socket-client.ts';

type Cursor = { readonly cursor: string };

/** Version of the payee after a transfer. */
function versionOf({ data = {} }: Heard): number {
  const { version } = data['credit'] as { version: number };
  return version;
}

describe.each(transports)('slow readers over %s', (transport) => {
  const api = useApi({ transport, backlogBytesMax: 1_048_576 });

  it('are closed, lose nothing, and go on by their cursor', async () => {
    const [bank, a] = [await openBank(api.http), await openWith(api, 0)];
    const topic = `accounts:${a}`;
    const readers = await Promise.all(formats.map((format) => api.open({ format })));
    const cursors: string[] = [];
    for (const reader of readers) {
      cursors.push(bodyOf(await reader.ask<Cursor>('subscribe', { topic })).cursor);
      reader.socket.pause();
    }
    const writer = await api.open({ format: 'msgpack' });
    const batch = () => ({ transfers: Array.from({ length: 5_000 }, () => [fresh(), bank, a, 1]) });
    for (let count = 0; count < 5; count++) bodyOf(await writer.ask('transfers.batch', batch()));
    await vi.waitFor(async () => expect((await api.ops.get('/metrics')).text).toContain(CLOSED_SLOW), 15_000);

    for (const [index, reader] of readers.entries()) {
      reader.socket.resume();
      expect([1013, 1006]).toContain((await reader.closed).code);
      // What it has read has no gap; what it missed comes by the cursor of the last, and nothing comes twice.
      const read = reader.events(topic);
      expect(read.length).toBeLessThan(25_000);
      const again = await api.open({ format: reader.format });
      await again.ask('subscribe', { topic, after: read.at(-1)?.cursor ?? cursors[index] });
      const missed = await again.eventsOf(topic, 25_000 - read.length);
      const versions = [...read, ...missed].map(versionOf);
      expect(versions).toEqual(Array.from({ length: 25_000 }, (_, event) => event + 2));
    }
    expect(codeOf(await writer.ask('ping', {}))).toBe('ok');
  });

  it('of answers are closed too; the same ids tell what had happened', async () => {
    const [bank, a] = [await openBank(api.http), await openWith(api, 0)];
    const reader = await api.open();
    reader.socket.pause();
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`note-${index}`, 'x'.repeat(500)]));
    const transfer = { id: fresh(), debit_account: bank, credit_account: a, amount: 1, metadata };
    for (let id = 0; id < 1_000; id++) reader.send(reader.encode({ id, op: 'transfers.create', body: transfer }));
    await vi.waitFor(async () => expect((await account(api, a)).available).toBe(1));
    await vi.waitFor(
      async () => expect((await api.ops.get('/metrics')).text).toContain(CLOSED_SLOW.replace('2', '3')),
      15_000,
    );
  });

  it('that begin to read in time stay, though one frame is larger than the buffer', async () => {
    const [bank, a] = [await openBank(api.http), await openWith(api, 0)];
    const reader = await api.open();
    for (const topic of ['transfers', 'events']) await reader.ask('subscribe', { topic });
    const transfers = Array.from({ length: 10_000 }, () => [fresh(), bank, a, 1]);
    expect(codeOf(await reader.ask('transfers.batch', { transfers }))).toBe('ok');
    expect(await reader.eventsOf('transfers', 10_000)).toHaveLength(10_000);
    expect(await reader.eventsOf('events', 10_000)).toHaveLength(10_000);
    expect(codeOf(await reader.ask('ping', {}))).toBe('ok');
  });
});

const CLOSED_SLOW = 'florin_ws_closed_total{reason="slow"} 2';
