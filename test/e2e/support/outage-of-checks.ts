// Outage of a check's endpoint: it hangs, and then it is gone. Only what needs it is refused, at once when its breaker is open.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { DEFAULT_PRODUCTS } from '../../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../../../src/domain/orders/default-rules.ts';
import { startSimulatorProcess } from '../../channels/support/simulator.ts';
import { until, type Seen } from './outage.ts';
import type { Site } from './server.ts';
import { Trial, type Answer } from './trial.ts';

const OPEN_MS = 2_000;
const TIMEOUT_MS = 1_000;

const STRONG = { name: 'risk', strength: 'strong', timeout_ms: TIMEOUT_MS };
const WEAK = { name: 'risk', strength: 'weak', timeout_ms: TIMEOUT_MS, fallback: 'pass' };

/** A sale waits for the check, and escrow can do without it. */
function filesOf({ folder }: Site, url: string): string[] {
  const rules = { ...DEFAULT_RULES_JSON, version: 'checked-1', checks: { careful: [STRONG], easy: [WEAK] } };
  const products = DEFAULT_PRODUCTS.map((row) => {
    const checks = row.code === 'sale' ? 'careful' : row.code === 'escrow' ? 'easy' : null;
    return checks === null ? row : { ...row, rules: { ...row.rules, checks } };
  });
  const limits = { breakerCallsMin: 3, breakerOpenMs: OPEN_MS };
  const checks = [{ name: 'risk', url: `${url}/checks/risk`, ...limits }];
  const [channelsFile, rulesFile] = [join(folder, 'channels.json'), join(folder, 'rules.json')];
  writeFileSync(channelsFile, JSON.stringify({ channels: [], checks }));
  writeFileSync(rulesFile, JSON.stringify({ rules, products }));
  return ['--channels', channelsFile, '--rules', rulesFile];
}

async function circuitOf(trial: Trial): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${trial.site.opsPort}/admin/dependencies`);
  type Row = { readonly name: string; readonly circuits: readonly { readonly name: string; readonly state: string }[] };
  const { data } = (await answer.json()) as { readonly data: readonly Row[] };
  const circuits = data.find(({ name }) => name === 'check_endpoint')?.circuits ?? [];
  return circuits.find(({ name }) => name === 'risk')?.state ?? '';
}

export async function checkEndpoint(): Promise<Seen> {
  let simulator = await startSimulatorProcess();
  const port = String(simulator.port);
  onTestFinished(async () => void (await simulator.end('SIGKILL').catch(() => null)));
  const trial = await Trial.open((site) => ({ flags: filesOf(site, simulator.url) }));
  const sell = (product: string): Promise<Answer> => trial.sell(product);
  expect((await sell('sale')).body).toMatchObject({ status: 'succeeded', checks: [{ fell_back: false }] });
  const hang = { match: { verb: 'check' }, do: [{ fault: 'latency', ms: 3_600_000 }] };
  await trial.ask('POST', '/faults', { rules: [hang] }, simulator.url);
  let told: string | null = null;
  await until(async () => {
    told = (await sell('sale')).body.code ?? null;
    return (await circuitOf(trial)) === 'open';
  });
  // Nobody waits any more, and what can do without it goes on.
  const startedMs = performance.now();
  expect((await sell('sale')).body).toMatchObject({ code: told });
  const asked = await sell('escrow');
  expect(asked.body).toMatchObject({ status: 'succeeded', checks: [{ fell_back: true }] });
  expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS);
  await trial.paysOn();
  await simulator.end('SIGKILL');
  expect((await sell('sale')).body).toMatchObject({ code: told });
  await trial.paysOn();
  simulator = await startSimulatorProcess('--port', port);
  const recoveredMs = await until(async () => (await sell('sale')).body['status'] === 'succeeded');
  // Within one half-open interval, and the time of the calls on a busy machine.
  expect(recoveredMs).toBeLessThan(OPEN_MS + 5_000);
  expect(await circuitOf(trial)).toBe('closed');
  await trial.sound();
  return { core: 'others_go_on', told, recoveredMs };
}
