// Vouchers of orders over the API: found by the place of their fact, shown as their template books them, and in the
// statement of whoever they are about.

import { beforeAll, describe, expect, it } from 'vitest';
import { Posting } from '../../../actors/posting.ts';
import { makeContext } from '../../../src/gateway/request-context.ts';
import { reversalOfLines, type VoucherRequest } from '../../../src/domain/books/order-voucher.ts';
import type { FactPosition } from '../../../src/domain/ids.ts';
import { voucherId } from '../../../src/domain/books/voucher.ts';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import { hold, take, topUp } from '../../support/postings.ts';
import { transports, useApi } from './support/api.ts';
import { openWith } from './support/ledger.ts';

type Leg = { readonly account: string; readonly subject: number; readonly side: string; readonly amount: number };
type Voucher = { readonly id: string; readonly event: string; readonly key: string; readonly reverses: string | null };

describe.each(transports)('vouchers of orders over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  const get = async (id: string) =>
    (await api.http.get<Voucher & { readonly legs: readonly Leg[] }>(`/v1/vouchers/${id}`)).body;
  const shown = ({ legs }: { readonly legs: readonly Leg[] }): string =>
    legs.map(({ side, subject, account, amount }) => `${side} ${subject} ${account} ${amount}`).join(', ');

  let merchant = '';
  let user = '';
  let ids: string[] = [];
  let requests: VoucherRequest[] = [];
  let places: readonly FactPosition[] = [];

  /** Durable when it resolves. */
  const post = async (...vouchers: VoucherRequest[]): Promise<Posting> => {
    const { desk } = api.server.engine.partition;
    const posting = new Posting(makeContext({ merchant, keyId: null, shadow: false }, 'http', 'r', ''), vouchers, {
      postingsDone: () => {},
    });
    posting.begin(desk);
    await api.http.get(`/v1/accounts/${user}`);
    expect(posting.verdict).toBe(0);
    return posting;
  };
  const idsOf = ({ posted }: Posting): string[] =>
    posted.map((place) => voucherId(api.server.engine.frame(place.seq)?.timeMs ?? 0, place));

  beforeAll(async () => {
    user = await openWith(api, 0);
    merchant = [...api.server.engine.partition.desk.accounts.residents()].find(({ id }) => id === user)?.merchant ?? '';
    requests = [topUp(user, 100), hold(user, 60), take(user, 60)];
    const posting = await post(...requests);
    places = posting.posted;
    ids = idsOf(posting);
  });

  it('as their templates book them', async () => {
    const vouchers = await Promise.all(ids.map(get));
    expect(vouchers.map(({ event, reverses }) => [event, reverses])).toEqual([
      ['RC1', null],
      ['HD1', null],
      ['PY2', null],
    ]);
    expect(vouchers.map(shown)).toEqual([
      `debit 1110 @channel:card:EUR 100, credit 2001 ${user} 100`,
      `debit 2001 ${user} 60, credit 2002 ${user} 60`,
      `debit 2002 ${user} 60, credit 2020 @payment_transit:EUR 60`,
    ]);
  });

  it('taken back: the other way, and which one it takes back', async () => {
    const [, , request] = requests;
    const place = places[2];
    if (!request || !place) throw new Error('no voucher');
    const [id = ''] = idsOf(await post(reversalOfLines(request, place)));
    const voucher = await get(id);
    expect([voucher.event, voucher.reverses]).toEqual(['PY2', ids[2]]);
    expect(voucher.key).toBe(`RV-PY2.${request.occurrence}:trd_1:1`);
    expect(shown(voucher)).toBe(`credit 2001 ${user} 60, debit 2020 @payment_transit:EUR 60`);
  });

  it('in the statement, by what happened', async () => {
    const { data } = (
      await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${user}/entries?order=oldest&limit=3`)
    ).body;
    expect(data.map(({ type, side, transfer, amount }) => [type, side, transfer, amount])).toEqual([
      ['topped_up', 'credit', 'trd_1', 100],
      ['held', 'debit', 'trd_1', 60],
      ['captured', 'debit', 'trd_1', 60],
    ]);
    expect(data.map(({ voucher }) => voucher)).toEqual(ids);
    const paid = await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${user}/entries?type=topped_up`);
    expect(paid.body.data).toHaveLength(1);
  });

  it('but no client reads an account of the house', async () => {
    const seen = await api.http.get(`/v1/accounts/${encodeURIComponent('@payment_transit:EUR')}`);
    expect(seen.status).toBe(400);
  });
});
