// Rules and dashboard name only metrics that a running server has.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useApi } from '../gateway/api/support/api.ts';

const FOLDER = new URL('../../deploy/observability/', import.meta.url);

/** Have no series without channels that are configured: the server of this test has none. */
const WITH_CHANNELS = ['florin_channel_requests_total', 'florin_channel_circuit_state'];

const api = useApi({ transport: 'node', books: 'on', reconciliation: 'on' });

it.each(['alerts.yml', 'grafana-dashboard.json'])('%s names what is emitted', async (file) => {
  await api.http.get('/v1/accounts');
  const { text } = await api.ops.get('/metrics');
  const named = readFileSync(new URL(file, FOLDER), 'utf8').match(/\b(florin|process|nodejs)_[a-z_0-9]+/g) ?? [];
  expect(named.length).toBeGreaterThan(10);
  const missing = [...new Set(named)].filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(text));
  expect(missing.filter((name) => !WITH_CHANNELS.includes(name))).toEqual([]);
});
