// Reconciliation over HTTP: a bill has lines of all merchants, so a merchant neither brings nor reads one; shape before authority.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useApi } from './support/api.ts';
import { fresh } from './support/ledger.ts';

const KEYS = {
  shop: { merchant: 'acme' },
  ops: { merchant: 'house', scopes: ['ops'] as const },
  operator: { merchant: 'house', scopes: ['ops', 'reconciliation:write'] as const },
};

const codeOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }): unknown => body['code'];

const FILES = '/v1/reconciliation/files';
const DAY = 'channel=card&date=2026-11-30';

describe('reconciliation', () => {
  const api = useApi({ transport: 'node', reconciliation: 'on' }, KEYS);
  const bring = async (who: keyof typeof KEYS, query: string): Promise<unknown> => {
    const answer = await api.as(who).post(`${FILES}?${query}`, 'x', undefined, { 'content-type': 'text/csv' });
    return codeOf(answer);
  };

  it('is for operators with both scopes; nobody else’s bytes reach the disk', async () => {
    const body = { channel: 'card', date: '2026-11-30' };
    for (const who of ['shop', 'ops'] as const) {
      expect(codeOf(await api.as(who).post(FILES, body))).toBe('scope_missing');
      expect(await bring(who, DAY)).toBe('scope_missing');
      for (const path of ['runs/run_1', 'runs/run_1/differences'])
        expect(codeOf(await api.as(who).get(`/v1/reconciliation/${path}`))).toBe('scope_missing');
      const resolve = await api.as(who).post('/v1/reconciliation/differences/dif_1/resolve', {}, fresh('key'));
      expect(codeOf(resolve)).toBe('scope_missing');
    }
    const incoming = join(api.data, 'reconciliation-runs', 'incoming');
    expect([existsSync(incoming), readdirSync(incoming)]).toEqual([true, []]);
  });

  it('says what is wrong with what is asked, and keeps nothing of it', async () => {
    const as = api.as('operator');
    expect(await bring('operator', DAY)).toBe('channel_not_found');
    expect(await bring('operator', 'channel=card&date=2026-02-30')).toBe('query_invalid');
    expect(await bring('operator', `${DAY}&kind=invoice`)).toBe('query_invalid');
    expect(await bring('operator', `${DAY}&format=pdf`)).toBe('query_invalid');
    expect(codeOf(await as.post(FILES, { channel: 'card' }))).toBe('body_invalid');
    expect(codeOf(await as.post(FILES, { channel: 'card', date: '2026-11-31' }))).toBe('body_invalid');
    expect(codeOf(await as.get('/v1/reconciliation/runs/run_1'))).toBe('run_not_found');
    expect(codeOf(await as.get('/v1/reconciliation/runs/run_1/differences?kind=ODD'))).toBe('query_invalid');
    const resolve = (body: object, key?: string) => as.post('/v1/reconciliation/differences/dif_1/resolve', body, key);
    expect(codeOf(await resolve({ decision: 'book' }))).toBe('idempotency_key_required');
    expect(codeOf(await resolve({ decision: 'ignore' }, fresh('key')))).toBe('body_invalid');
    expect(codeOf(await resolve({ decision: 'book' }, fresh('key')))).toBe('difference_not_found');
    expect(readdirSync(join(api.data, 'reconciliation-runs', 'incoming'))).toEqual([]);
  });
});

describe('without a reconciler', () => {
  const api = useApi({ transport: 'node' }, KEYS);

  it('is switched off, in words', async () => {
    expect(codeOf(await api.as('operator').get('/v1/reconciliation/runs/run_1'))).toBe('reconciliation_off');
  });
});
