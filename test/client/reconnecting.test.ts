// Losses: answers that never come, connections that are cut, servers that are away. Nothing is done twice, every call ends.

import { describe, expect, it, vi } from 'vitest';
import { UnansweredError } from '../../src/client/node.ts';
import { transports, useApi } from '../gateway/api/support/api.ts';
import { clientOf, twoAccounts, Way } from './support.ts';

const SOON = { timeout: 10_000, interval: 2 };

describe.each(transports)('a server over %s', (transport) => {
  const api = useApi({ transport });

  it('whose answer is lost is asked again, and does it once', async () => {
    const way = await Way.to(api.server.port);
    const client = clientOf(way.port);
    const direct = clientOf(api.server.port);
    const { rich, poor } = await twoAccounts(client);
    way.deaf = true;
    const terms = { debit_account: rich, credit_account: poor, amount: 5 };
    const gathered = client.transfer(terms);
    const alone = client.transfers.create(terms);
    const opened = client.accounts.create({ currency: 'EUR', kind: 'user', metadata: { once: transport } });
    await vi.waitFor(async () => expect((await direct.accounts.get(poor)).available).toBe(10), SOON);
    way.deaf = false;
    way.cut();
    expect(await gathered).toMatchObject({ ok: true, status: 'already_there' });
    expect(await alone).toMatchObject({ status: 'posted', amount: 5 });
    const { id } = await opened;
    expect((await direct.accounts.get(poor)).available).toBe(10);
    const { data } = await direct.accounts.list({ limit: 100 });
    expect(data.filter(({ metadata }) => metadata['once'] === transport).map((one) => one.id)).toEqual([id]);
  });

  it('whose answer over HTTP is lost is asked again, and does it once', async () => {
    const way = await Way.to(api.server.port);
    const client = clientOf(way.port, { transport: 'http' });
    const direct = clientOf(api.server.port);
    const { rich, poor } = await twoAccounts(client);
    way.deaf = true;
    const terms = { debit_account: rich, credit_account: poor, amount: 5 };
    const both = Promise.all([client.transfer(terms), client.transfers.create(terms)]);
    await vi.waitFor(async () => expect((await direct.accounts.get(poor)).available).toBe(10), SOON);
    way.deaf = false;
    way.cut();
    expect(await both).toMatchObject([{ status: 'already_there' }, { status: 'posted' }]);
    expect((await direct.accounts.get(poor)).available).toBe(10);
  });

  it('whose connection breaks gets lost requests again before newer ones, in their order', async () => {
    const way = await Way.to(api.server.port);
    // An odd number, so that a batch alone is not balanced.
    const client = clientOf(way.port, { batchMax: 7 });
    const { rich, poor } = await twoAccounts(client);
    way.mute = true;
    // Each needs the money of the one before it.
    const all = Array.from({ length: 1_000 }, (_, step) => {
      const [debit, credit] = step % 2 === 0 ? [rich, poor] : [poor, rich];
      return client.transfer({ debit_account: debit, credit_account: credit, amount: 1 });
    });
    await vi.waitFor(() => expect(way.swallowed).toBeGreaterThan(0), SOON);
    way.mute = false;
    way.cut();
    const results = await Promise.all(all);
    expect(results.filter(({ status }) => status !== 'posted')).toEqual([]);
    expect((await client.accounts.get(poor)).available).toBe(0);
  });

  it('that does not answer in time leaves the outcome unknown; one that was never reached, none', async () => {
    const way = await Way.to(api.server.port);
    const client = clientOf(way.port, { timeoutMs: 3_000 });
    const { rich, poor } = await twoAccounts(clientOf(api.server.port));
    await client.accounts.get(rich);
    way.deaf = true;
    const terms = { debit_account: rich, credit_account: poor, amount: 5 };
    const fault = await client.transfer({ ...terms, id: `late-${transport}` }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UnansweredError);
    expect(fault).toMatchObject({ reason: 'timeout', outcome: 'unknown', key: `late-${transport}` });
    const { port } = way;
    way.close();
    const away = clientOf(port, { timeoutMs: 300 });
    await expect(away.transfer(terms)).rejects.toMatchObject({ reason: 'timeout', outcome: 'none' });
    await expect(away.accounts.get(rich)).rejects.toMatchObject({ reason: 'timeout', outcome: 'none' });
    await expect(away.accounts.list()).rejects.toMatchObject({ reason: 'timeout', outcome: 'none' });
    await expect(away.subscribe('events')).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('is not asked for more than fits: what is too much is refused at once, and told when there is room', async () => {
    const client = clientOf(api.server.port, { pendingMax: 10 });
    const { rich, poor } = await twoAccounts(client);
    const pay = () => client.transfer({ debit_account: rich, credit_account: poor, amount: 1 });
    const all = Array.from({ length: 10 }, pay);
    expect(client.pending).toBe(10);
    await expect(pay()).rejects.toMatchObject({ reason: 'full', outcome: 'none' });
    await expect(client.accounts.get(rich)).rejects.toMatchObject({ reason: 'full' });
    await client.ready();
    expect(await pay()).toMatchObject({ ok: true });
    await Promise.all(all);
    expect((await client.accounts.get(poor)).available).toBe(11);
  });

  it('ends calls that are there before it is closed, and takes none after', async () => {
    const client = clientOf(api.server.port);
    const { rich, poor } = await twoAccounts(client);
    const last = client.transfer({ debit_account: rich, credit_account: poor, amount: 1 });
    await client.close();
    expect(await last).toMatchObject({ ok: true });
    await expect(client.accounts.get(rich)).rejects.toMatchObject({ reason: 'closed', outcome: 'none' });
  });
});

describe('silence', () => {
  const api = useApi({ transport: 'node' });

  it('is a loss: the next connection carries on', async () => {
    const way = await Way.to(api.server.port);
    const client = clientOf(way.port, { timeoutMs: 25_000 });
    const { rich, poor } = await twoAccounts(client);
    way.silence();
    expect(await client.transfer({ debit_account: rich, credit_account: poor, amount: 5 })).toMatchObject({ status: 'already_there' }); // prettier-ignore
    expect((await client.accounts.get(poor)).available).toBe(5);
  });
});

describe('subscriptions', () => {
  const api = useApi({ transport: 'node' });

  it('go on behind their cursor when they are cut, nothing missing and nothing twice', async () => {
    const way = await Way.to(api.server.port);
    const client = clientOf(way.port);
    const direct = clientOf(api.server.port);
    const { rich, poor } = await twoAccounts(direct);
    const events = await client.subscribe(`accounts:${poor}`, { filter: { type: 'transfer.posted' } });
    await expect(client.subscribe(`accounts:${poor}`)).rejects.toThrow('is subscribed to');
    const paid: string[] = [];
    const paying = (async () => {
      for (let step = 0; step < 60; step++) {
        if (step % 10 === 5) way.cut();
        paid.push((await direct.transfer({ debit_account: rich, credit_account: poor, amount: 1 })).id);
      }
    })();
    const heard: string[] = [];
    for await (const { data } of events) {
      heard.push((data as { readonly id: string }).id);
      if (heard.length === 60) break;
    }
    await paying;
    expect(heard).toEqual(paid);
    const again = await client.subscribe(`accounts:${poor}`, { after: events.cursor ?? '' });
    const { id } = await direct.transfer({ debit_account: rich, credit_account: poor, amount: 1 });
    expect(await again.next()).toMatchObject({ done: false, value: { data: { id } } });
  });

  it('of a slow reader are bounded, and still complete', async () => {
    const client = clientOf(api.server.port);
    const { rich, poor } = await twoAccounts(client);
    const events = await client.subscribe(`accounts:${poor}`);
    const terms = { debit_account: rich, credit_account: poor, amount: 1 };
    const paid = await Promise.all(Array.from({ length: 25_000 }, () => client.transfer(terms)));
    const heard: string[] = [];
    while (heard.length < paid.length) {
      const { value } = await events.next();
      heard.push(String((value?.data as { readonly id: string } | undefined)?.id));
    }
    expect(heard).toEqual(paid.map(({ id }) => id));
  });

  it('end with the refusal of the server', async () => {
    const client = clientOf(api.server.port);
    await expect(client.subscribe('nothing' as 'events')).rejects.toMatchObject({ code: 'topic_unknown' });
  });
});

describe('a server with keys', () => {
  const api = useApi({ transport: 'node' }, { shop: { merchant: 'shop' }, reader: { merchant: 'shop', scopes: ['accounts:read'] } }); // prettier-ignore

  it('lets in who has one, by a ticket; everybody else is told at once', async () => {
    const client = clientOf(api.server.port, { key: api.token('shop') });
    expect(await twoAccounts(client)).toBeTruthy();
    const stranger = clientOf(api.server.port);
    await expect(stranger.accounts.get('a')).rejects.toMatchObject({ code: 'unauthenticated', outcome: 'none' });
    await expect(stranger.transfer({ debit_account: 'a', credit_account: 'b', amount: 1 })).rejects.toMatchObject({ code: 'unauthenticated' }); // prettier-ignore
    await expect(stranger.subscribe('events')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('takes a ticket that somebody else has got', async () => {
    const ticket = async (): Promise<string> => {
      const got = await api.as('shop').post<{ ticket: string }>('/v1/ws_tickets', {});
      return got.body.ticket;
    };
    const client = clientOf(api.server.port, { ticket });
    expect(await twoAccounts(client)).toBeTruthy();
  });

  it('refuses a whole batch of a key that may not pay', async () => {
    const client = clientOf(api.server.port, { key: api.token('reader') });
    const terms = { debit_account: 'a', credit_account: 'b', amount: 1 };
    await expect(client.transfer(terms)).rejects.toMatchObject({ code: 'scope_missing', outcome: 'none' });
  });
});
