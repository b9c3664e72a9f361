// Switches over the operations listener and the command line: who may turn them, what is told of them, and what clients are
// told while something is off.

import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerSwitches } from '../../../src/cli/switches.ts';
import type { SwitchesResource, SwitchResource } from '../../../src/gateway/switch-admin.ts';
import { useApi } from './support/api.ts';
import { fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

const KEYS = { shop: { merchant: 'acme' }, operator: { merchant: 'house', scopes: ['ops'] as const } };

describe('switches', () => {
  const channel = new Channel();
  const api = useApi({ transport: 'node' }, KEYS, channelOf(channel));
  let shop: Shop;
  beforeAll(async () => {
    serve(api, channel);
    shop = await Shop.open(api.as('shop'), 100, 10);
  });

  const operator = () => api.ops.as(api.token('operator'));
  const turn = (way: 'set' | 'clear', body: object) => operator().post<SwitchResource>(`/admin/switches/${way}`, body);
  const set = (name: string, expires_in = 600) => turn('set', { name, reason: 'drill', expires_in });
  const clear = (name: string) => turn('clear', { name, reason: 'over' });
  const list = async () => (await operator().get<SwitchesResource>('/admin/switches')).body;
  const gauge = async (name: string) => {
    const { text } = await api.ops.get('/metrics');
    return Number(new RegExp(`^florin_switch_set\\{switch="${name}"\\} (\\d)$`, 'm').exec(text)?.[1]);
  };

  it('are turned by a key with the scope ops, with a reason and an end', async () => {
    expect((await api.ops.as(api.token('shop')).get('/admin/switches')).body).toMatchObject({ code: 'scope_missing' });
    expect((await api.ops.get('/admin/switches')).body).toMatchObject({ code: 'unauthenticated' });
    const wrong = [{ name: 'trades', reason: 'x' }, { name: 'trades', expires_in: 1 }, { name: 'nothing', reason: 'x', expires_in: 1 }, { name: 'trades', reason: 'x', expires_in: 9e9 }]; // prettier-ignore
    for (const body of wrong) expect((await turn('set', body)).body).toMatchObject({ code: 'body_invalid' });
    expect((await operator().post('/admin/switches', {})).status).toBe(405);
    expect((await operator().get('/admin/switches/flip')).status).toBe(404);
    expect((await list()).data.filter((one) => one.set)).toEqual([]);
  });

  it('are listed with who set them, until when, and what was before; metrics say it too', async () => {
    const { body, status } = await set('trades');
    expect([status, body.set, body.reason]).toEqual([200, true, 'drill']);
    expect(await gauge('trades')).toBe(1);
    const { data, history } = await list();
    expect(data.find(({ name }) => name === 'trades')).toEqual(body);
    expect(Date.parse(body.until ?? '') - Date.parse(body.since ?? '')).toBe(600_000);
    expect(history[0]).toMatchObject({ turn: 'set', name: 'trades', by: body.by, reason: 'drill' });
    expect((await clear('trades')).body).toMatchObject({ set: false, reason: null, until: null });
    expect(await gauge('trades')).toBe(0);
    expect((await list()).history[0]).toMatchObject({ turn: 'cleared', reason: 'over', until: null });
  });

  it('refuse what they hold back, in words and as something to be tried again', async () => {
    await set('trades');
    const refused = await api.as('shop').post('/v1/trades', shop.order());
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'switched_off', retryable: true, outcome: 'none' },
    });
    await clear('trades');
    await set('non_core');
    const postponed = await api.as('shop').get('/v1/accounts');
    expect(postponed).toMatchObject({ status: 503, body: { code: 'postponed', retryable: true } });
    expect(postponed.headers['retry-after']).toBe('1');
    expect((await api.as('shop').get(`/v1/accounts/${shop.payer}`)).status).toBe(200);
    await clear('non_core');
    expect((await api.as('shop').get('/v1/accounts')).status).toBe(200);
  });

  it('of a channel lets nothing new go there', async () => {
    await set('channel:simulator');
    const trade = await shop.trade();
    expect((await shop.pay(trade, 'channel')).body).toMatchObject({ code: 'switched_off' });
    expect((await shop.pay(trade, 'balance')).body).toMatchObject({ status: 'succeeded' });
    await clear('channel:simulator');
  });

  it('stand beside the table of what the server needs', async () => {
    expect((await api.ops.get('/admin/dependencies')).body).toMatchObject({ code: 'unauthenticated' });
    const { body } = await operator().get<{ readonly data: readonly object[] }>('/admin/dependencies');
    const channelRow = { name: 'channel', strength: 'weak', core: 'others_go_on', told: 'channel_unavailable' };
    expect(body.data).toContainEqual(expect.objectContaining(channelRow));
  });

  it('outlive the server', async () => {
    await set('withdrawals');
    await api.restart();
    serve(api, channel);
    expect((await list()).data.find(({ name }) => name === 'withdrawals')).toMatchObject({ set: true });
    const body = { account: shop.payer, destination: 'DE00', amount: 1, currency: 'EUR' };
    const asked = await api.as('shop').post('/v1/withdrawals', body, fresh('key'));
    expect(asked.body).toMatchObject({ code: 'switched_off' });
    await clear('withdrawals');
  });

  it('are read and turned from the command line', async () => {
    const run = async (...words: string[]): Promise<{ out: string; err: string }> => {
      const said = { out: '', err: '' };
      const program = new Command('florin').exitOverride().configureOutput({
        writeOut: (text) => void (said.out += text),
        writeErr: (text) => void (said.err += text),
      });
      registerSwitches(program);
      process.env['FLORIN_KEY'] = api.token('operator');
      const port = String(api.server.opsPort);
      await program.parseAsync(['switches', ...words, '--ops-port', port], { from: 'user' }).catch(() => null);
      delete process.env['FLORIN_KEY'];
      process.exitCode = 0;
      return said;
    };
    expect((await run('set', 'trades', '--reason', 'drill', '--for', '15m')).out).toContain('trades is switched off');
    expect((await run('list')).out).toMatch(/trades .*OFF/);
    expect(JSON.parse((await run('list', '--json')).out)).toMatchObject({
      history: expect.arrayContaining([expect.objectContaining({ turn: 'set', reason: 'drill' })]),
    });
    expect((await run('set', 'nothing', '--reason', 'x', '--for', '1s')).err).toContain('There is no such switch.');
    expect((await run('set', 'trades', '--reason', 'x', '--for', '90d')).err).toContain('at most 31d');
    expect((await run('clear', 'trades', '--reason', 'over')).out).toContain('trades is on.');
  });
});
