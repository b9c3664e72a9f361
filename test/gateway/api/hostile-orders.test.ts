// Bodies of those who mean no good, on everything that makes and moves orders, over HTTP and WebSocket and on the operations
// listener: refused with a problem, or the socket is closed because its frame cannot be read. Never a fault, never a stack,
// never an effect. About ten thousand cases; with chance in them there are more in malformed.test.ts.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/gateway/problem.ts';
import { ROUTES } from '../../../src/gateway/routes.ts';
import { transports, useApi } from './support/api.ts';
import { hostileJson, hostileMsgpack, type Hostile, type Weight } from './support/hostile.ts';
import type { HttpClient, Seen } from './support/http-client.ts';
import { codeOf, fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';
import { formats, type Format, type SocketClient } from './support/socket-client.ts';
import { routeOf, surfaces } from './support/surfaces.ts';
import { askSpelled, HERE, noAmounts, noIds, spelled } from './support/values.ts';

/** Over WebSocket a body is cut at every so many places, for each cut costs a connection; with 1 at all of them. */
const CUT_EVERY = Number(process.env['FLORIN_HOSTILE_CUT_EVERY'] ?? 3);

/** Requests on their way at the same time. */
const AT_ONCE = 16;

/** What a path can have where an id belongs. */
const NO_IDS = ['%00', 'a%00b', '%0a', 'a%0d%0aX-Injected:%201', '%1b%5b31m', '%7f', '%C2%85', '%ff', '%c0%80', '%E2%80%AE', '%', '%zz', '%25', 'x'.repeat(65), '%F0%9F%92%B0']; // prettier-ignore

let cases = 0;

function expectProblem({ status, headers, body, text }: Seen<Problem>, name: string): void {
  cases += 1;
  expect([name, status >= 400 && status < 500], text.slice(0, 200)).toEqual([name, true]);
  expect([name, headers['content-type']]).toEqual([name, 'application/problem+json']);
  expect(body, name).toMatchObject({ status, outcome: 'none' });
  expect(text.length, name).toBeLessThan(8_000);
  expect(text).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|\/src\//);
}

/** All of them, several at a time. */
async function each<T>(all: readonly T[], visit: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of rest) await visit(one);
    }),
  );
}

describe.each(transports)('hostile orders over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport, webSocketsPerKeyMax: 1_000 }, {}, channelOf(channel));
  let shop: Shop;
  let bodies: Readonly<Record<string, object>> = {};
  let trade = '';
  let before: unknown;
  /** All that could have changed. */
  const state = async (): Promise<unknown> => ({
    records: /florin_journal_records_total (\d+)/.exec((await api.ops.get('/metrics')).text)?.[1],
    restarts: api.server.engine.restarts,
    trade: (await api.http.get(`/v1/trades/${trade}`)).body,
    endpoints: (await api.http.get('/v1/webhook_endpoints')).body,
    asked: channel.calls.length,
  });

  beforeAll(async () => {
    serve(api, channel);
    shop = await Shop.open(api.http, 1_000, 100);
    trade = await shop.trade();
    const paid = await shop.paid('balance');
    const held = await shop.trade();
    const payment = (await shop.pay(held, 'balance', { capture: 'manual' })).body.id;
    const money = { account: shop.payer, amount: 10, currency: 'EUR' };
    bodies = {
      'trades.create': shop.order(),
      'trades.pay': { id: trade, instruments: [{ type: 'balance', account: shop.payer, amount: 60 }] },
      'trades.confirm': { id: paid },
      'trades.close': { id: trade },
      'trades.refund': { id: paid, amount: 5, reason: 'sent twice' },
      'payments.capture': { id: payment, amount: 5 },
      'payments.cancel': { id: payment },
      'refunds.approve': { id: 'rfd_1' },
      'refunds.cancel': { id: 'rfd_1' },
      'topups.create': { ...money, channel: 'simulator', out_trade_no: 'a' },
      'withdrawals.create': { ...money, destination: 'iban' },
      'withdrawals.approve': { id: 'wdr_1' },
      'withdrawals.cancel': { id: 'wdr_1' },
    };
    before = await state();
  });

  afterAll(async () => {
    expect(await state()).toEqual(before);
  });

  const post = async (http: HttpClient, path: string, { name, bytes }: Hostile): Promise<void> => {
    // A client that is still sending when it is answered may not hear the answer.
    const seen = await http.post<Problem>(path, bytes, fresh('key')).catch(() => null);
    if (seen) expectProblem(seen, `${path} ${name}`);
    else expect([name, bytes.length > 4 * 2 ** 20]).toEqual([name, true]);
  };

  it('of orders over HTTP', async () => {
    for (const [op, whole] of Object.entries(bodies)) {
      const { path, body } = routeOf(op, whole);
      await each(hostileJson(body, weightOf(op)), (one) => post(api.http, path, one));
    }
  });

  it('of callbacks, webhook endpoints and cases', async () => {
    const endpoint = { url: 'https://shop.example/hook', events: ['*'] };
    for (const [path, body] of [
      ['/v1/callbacks/simulator', { event: 'payment.succeeded', number: 'chn_1', verb: 'pay' }],
      ['/v1/callbacks/nobody', { event: 'payment.succeeded' }],
      ['/v1/webhook_endpoints', endpoint],
      ['/v1/webhook_endpoints/whe_1/replay', { event: 'evt_1' }],
    ] as const) {
      await each(hostileJson(body, path.endsWith('callbacks/simulator') ? 'all' : 'light'), (one) =>
        post(api.http, path, one),
      );
    }
    for (const verb of ['decide', 'agree']) {
      const body = verb === 'decide' ? { decision: 'retry' } : {};
      await each(hostileJson(body, 'all'), (one) => post(api.ops, `/admin/cases/cas_1/${verb}`, one));
    }
  });

  it('that name what cannot be a name, in every path', async () => {
    const paths = ROUTES.flatMap(({ method, path }) => {
      return path.includes('{id}') ? NO_IDS.map((id) => [method, path.replace('{id}', id)] as const) : [];
    });
    await each(paths, async ([method, path]) => {
      const seen = await api.http.send<Problem>(method, path, {
        key: fresh('key'),
        ...(method === 'GET' ? {} : { body: '{}' }),
      });
      expectProblem(seen, `${method} ${path}`);
      expect(seen.headers['x-injected']).toBeUndefined();
    });
    await each(NO_IDS, async (id) => {
      for (const path of [`/admin/cases/${id}`, `/admin/cases?status=${id}`, `/admin/cases?${id}=1`]) {
        const seen = await api.ops.get<Problem>(path);
        expectProblem(seen, path);
      }
    });
  });

  describe.each(formats)('over WebSocket in %s', (format) => {
    it('of every operation', async () => {
      let socket = await api.open({ format });
      for (const [op, body] of Object.entries(bodies)) {
        for (const one of framesOf(format, op, body)) {
          cases += 1;
          socket = await hear(socket, format, one, `${op} ${one.name}`);
        }
      }
    });
  });

  /** Sends it, and says which socket is open afterwards. What was sent before a ping is dealt with before its answer. */
  async function hear(socket: SocketClient, format: Format, { bytes }: Hostile, name: string): Promise<SocketClient> {
    const heard = socket.heard.length;
    socket.socket.send(bytes, { binary: format === 'msgpack' });
    const open = await socket.ask('ping', {}).then(
      () => true,
      () => false,
    );
    for (const { id, ok, error } of socket.heard.slice(heard)) {
      if (id === 'x') expect([name, ok, (error?.status ?? 500) < 500]).toEqual([name, false, true]);
    }
    if (open) return socket;
    expect([name, [4400, 1007, 1009, 1006].includes((await socket.closed).code)]).toEqual([name, true]);
    return api.open({ format });
  }

  describe.each(surfaces)('asked by %s', (surface) => {
    /** Where an order has an amount, and where it has an id. */
    const places = (): [op: string, body: object, values: typeof noIds, code: RegExp][] => {
      const all = bodies;
      const order = shop.order();
      const [payee] = order.payees;
      const bodyOf = (op: string): object => all[op] ?? {};
      const amounts: [string, object][] = [
        ['trades.create', { ...order, amount: HERE }],
        ['trades.create', { ...order, payees: [{ ...payee, amount: HERE }] }],
        ['trades.pay', { id: trade, instruments: [{ type: 'balance', amount: HERE }] }],
        ['trades.refund', { ...bodyOf('trades.refund'), amount: HERE }],
        ['payments.capture', { ...bodyOf('payments.capture'), amount: HERE }],
        ['topups.create', { ...bodyOf('topups.create'), amount: HERE }],
        ['withdrawals.create', { ...bodyOf('withdrawals.create'), amount: HERE }],
      ];
      const ids: [string, object][] = [
        ['trades.create', { ...order, out_trade_no: HERE }],
        ['trades.create', { ...order, payer: HERE }],
        ['trades.create', { ...order, payees: [{ ...payee, account: HERE }] }],
        ['trades.pay', { id: trade, instruments: [{ type: 'balance', account: HERE }] }],
        ['topups.create', { ...bodyOf('topups.create'), account: HERE }],
        ['withdrawals.create', { ...bodyOf('withdrawals.create'), account: HERE }],
      ];
      return [
        ...amounts.map(([op, body]): [string, object, typeof noIds, RegExp] => [
          op,
          body,
          noAmounts,
          /^(amount|payees|instruments)_invalid$/,
        ]),
        ...ids.map(([op, body]): [string, object, typeof noIds, RegExp] => [
          op,
          body,
          noIds,
          /^(id|payees|instruments|body)_invalid$/,
        ]),
      ];
    };

    it('of amounts and ids that are none', async () => {
      for (const [op, body, values, code] of places()) {
        await each(spelled(surface, values), async (spelling) => {
          cases += 1;
          const told = await askSpelled(api, surface, { op, body, key: fresh('key') }, spelling);
          expect([op, spelling.name, codeOf(told)]).toEqual([op, spelling.name, expect.stringMatching(code)]);
        });
      }
    });
  });

  it('are five thousand', () => {
    expect(cases).toBeGreaterThan(5_000);
    cases = 0;
  });
});

/** What takes long is tried on one operation: it ends before anybody knows which one it was. */
function weightOf(op: string): Weight {
  return op === 'trades.create' ? 'all' : 'light';
}

function framesOf(format: Format, op: string, body: object): Hostile[] {
  if (format === 'msgpack') return hostileMsgpack(op, body, weightOf(op), CUT_EVERY);
  const begin = Buffer.from(`{"id":"x","op":"${op}","key":"${fresh('key')}","body":`);
  return hostileJson(body, weightOf(op), CUT_EVERY)
    .filter(({ bytes }) => bytes.length < 5 * 2 ** 20)
    .map(({ name, bytes }) => ({ name, bytes: Buffer.concat([begin, bytes, Buffer.from('}')]) }));
}
