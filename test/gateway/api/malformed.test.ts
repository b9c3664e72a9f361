// Malformed input over the API: bodies and frames that were cut, mixed up or made of anything. Never a fault of the
// server (5xx, 1011), never a crash, never an effect. The seed of a failure is printed.

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { openBank, openWith } from './support/ledger.ts';
import { formats, type Format, type SocketClient } from './support/socket-client.ts';

/** How many cases of each sort; as many more as one likes by FLORIN_MALFORMED_CASES. */
const CASES = Number(process.env['FLORIN_MALFORMED_CASES'] ?? 300);

// prettier-ignore
const PATHS = [
  '/v1/accounts', '/v1/transfers', '/v1/transfers/batch', '/v1/transfers/x/capture', '/v1/ws_tickets', '/v1/trades',
  '/v1/trades/x/pay', '/v1/trades/x/refunds', '/v1/payments/x/capture', '/v1/refunds/x/approve', '/v1/topups',
  '/v1/withdrawals', '/v1/callbacks/x', '/v1/webhook_endpoints/x/replay',
];
// prettier-ignore
const OPS = [
  'accounts.create', 'transfers.create', 'transfers.batch', 'transfers.capture', 'subscribe', 'unsubscribe',
  'trades.create', 'trades.pay', 'trades.refund', 'payments.capture', 'topups.create', 'withdrawals.create',
];

/** What clients send, with something wrong in it: whoever mends it by chance still lacks an account. */
const bodies = fc.oneof(
  fc.constant({ id: 'a', debit_account: 'no', credit_account: 'body', amount: 1, hold: true, metadata: { a: 'b' } }),
  fc.constant({
    transfers: [
      ['a', 'no', 'body', 1],
      ['b', 'no', 'body', '2', 1, null, 60],
    ],
    atomic: true,
  }),
  fc.constant({ topic: 'accounts:a', after: null, filter: { type: 'transfer.posted' } }),
  fc.constant({
    out_trade_no: 'a',
    product: 'sale',
    payer: 'no',
    payees: [{ account: 'body', amount: 1 }],
    amount: 1,
    currency: 'EUR',
    expires_at: '2999-01-01T00:00:00Z',
  }),
  fc.constant({
    instruments: [{ type: 'balance', account: 'no', amount: '1' }, { type: 'channel' }],
    capture: 'manual',
  }),
  fc.constant({ account: 'no', amount: 1, currency: 'EUR', channel: 'x', destination: 'iban', reason: 'a' }),
  fc.dictionary(fc.constantFrom('id', 'amount', 'transfers', 'topic', 'metadata', 'payees', 'instruments', '__proto__', 'constructor'), fc.jsonValue()), // prettier-ignore
  fc.jsonValue(),
);

/** Bytes with up to three places changed, or cut somewhere. */
const damages = fc.record({
  cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  changes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 3 }),
});

type Damage = { readonly cut: number | null; readonly changes: [number, number][] };

function damaged(bytes: Uint8Array, { cut, changes }: Damage): Uint8Array {
  const copy = Buffer.from(bytes);
  for (const [place, value] of changes) copy[Math.floor(place * (copy.length - 1))] = value;
  return cut === null ? copy : copy.subarray(0, Math.floor(cut * copy.length));
}

describe.each(transports)('malformed input over %s', (transport) => {
  const api = useApi({ transport });
  const sockets = new Map<Format, SocketClient>();
  const records = async () => /florin_journal_records_total (\d+)/.exec((await api.ops.get('/metrics')).text)?.[1];
  let before: string | undefined;

  beforeAll(async () => {
    await openWith(api, 10);
    before = await records();
  });

  afterAll(async () => {
    expect(await records()).toBe(before);
    expect((await openBank(api.http)).length).toBeGreaterThan(0);
  });

  it('is answered with a problem over HTTP', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), bodies, damages, async (path, body, damage) => {
        const bytes = damaged(Buffer.from(JSON.stringify(body)), damage);
        const { status, body: seen, text } = await api.http.post<Problem>(path, bytes, 'key');
        if (status < 300) expect(path).toMatch(/batch|tickets/);
        if (status < 300) return;
        expect([400, 404, 413, 415]).toContain(status);
        expect(seen).toMatchObject({ status, outcome: 'none' });
        expect(text).not.toMatch(/node_modules|\.ts:|\.js:/);
      }),
      { numRuns: CASES },
    );
  });

  it.each(formats)('is answered, or closes the socket with 4400, in %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...OPS), bodies, damages, async (op, body, damage) => {
        const socket = await openSocket(format);
        const id = socket.nextId();
        const encoded = Buffer.from(socket.encode({ id, op, body, key: 'key' }));
        const bytes = damaged(encoded, damage);
        const text = Buffer.from(bytes).toString();
        // What is sent before a ping is dealt with before its answer.
        socket.send(format === 'json' ? text : bytes);
        await socket.ask('ping', {}).catch(() => undefined);
        if (socket.socket.readyState !== socket.socket.OPEN) expect((await socket.closed).code).toBe(4400);
        const faults = socket.heard.filter(({ error }) => (error?.status ?? 0) >= 500);
        expect(faults).toEqual([]);
      }),
      { numRuns: CASES },
    );
  });

  /** The socket of before, or another when that was closed. */
  async function openSocket(format: Format): Promise<SocketClient> {
    const known = sockets.get(format);
    if (known && known.socket.readyState === known.socket.OPEN) return known;
    const socket = await api.open({ format });
    sockets.set(format, socket);
    return socket;
  }
});
