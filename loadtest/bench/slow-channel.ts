// `npm run bench:slow-channel`: a channel that takes five seconds to answer is offered 2,000 payments a second. Prints how
// long the answer to a payment took meanwhile (the payment is answered at once, the channel later), how another channel
// did before and during it, and what memory the server took.
//
//   node dist/loadtest/bench/slow-channel.js [seconds]
//
// What this does not measure: that the slow channel carries out 2,000 payments a second. It takes what its bulkhead lets
// through; the rest fails at once as unsent. Server, both simulators and this generator share the machine's cores.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { table } from '../../src/cli/terminal/table.ts';
import { DEFAULT_PRODUCTS } from '../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../../src/domain/orders/default-rules.ts';
import { AskingClient } from './asking-client.ts';
import { own, passOnInterrupts } from './children.ts';
import { Histogram } from './histogram.ts';
import { describeMachine, projectFolder } from './machine.ts';
import { residentBytesMax } from './process-usage.ts';
import { startServer } from './server-process.ts';

const SECONDS = Number(process.argv[2] ?? 20);
const SLOW_PER_SECOND = 2_000;
const QUICK_PER_SECOND = 100;
const SLOW_MS = 5_000;
const TICK_MS = 2;
/** Both sides compile their code first, ms. */
const WARM_UP_MS = 3_000;
const MEBIBYTE = 2 ** 20;

type Simulator = { readonly url: string; readonly end: () => void };

async function startSimulator(): Promise<Simulator> {
  const words = [join(projectFolder(), 'dist/src/main.js'), 'channel-simulator', '--json', '--port', '0'];
  const child = own(spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] }));
  if (!child.stdout) throw new Error('the simulator has no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { readonly url: string };
  return { url, end: () => void child.kill() };
}

async function slowDown({ url }: Simulator): Promise<void> {
  const body = JSON.stringify({ rules: [{ match: {}, do: [{ fault: 'latency', ms: SLOW_MS }] }] });
  await fetch(`${url}/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

/** The files of channels and rules, as flags. */
function configure(folder: string, slow: Simulator, quick: Simulator): string[] {
  const channel = (name: string, { url: baseUrl }: Simulator): object => ({
    name,
    adapter: 'simulator',
    baseUrl,
    callbackUrl: `${baseUrl}/nobody`,
    // The breaker counts no answer as slow: it is the bulkhead that is to be seen at work.
    limits: { ratePerSecond: 100_000, burst: 100_000, inFlightMax: 500, breakerSlowMs: 30_000 },
  });
  const { channels, ...rules } = DEFAULT_RULES_JSON;
  const named = { ...rules, version: 'slow-1', channels: { slow: channels.simulator, quick: channels.simulator } };
  const [channelsFile, rulesFile] = [join(folder, 'channels.json'), join(folder, 'rules.json')];
  writeFileSync(channelsFile, JSON.stringify({ channels: [channel('slow', slow), channel('quick', quick)] }));
  writeFileSync(rulesFile, JSON.stringify({ rules: named, products: DEFAULT_PRODUCTS }));
  return ['--channels', channelsFile, '--rules', rulesFile];
}

let placed = 0;
/** Payments that were refused at once: no channel at the moment, or too much in flight on the connection. */
let refused = 0;

/** A trade, to be paid by a channel. */
async function place(client: AskingClient): Promise<string> {
  const number = placed++;
  const terms = { out_trade_no: `order:${number}`, product: 'sale', payees: [{ account: 'shop', amount: 100 }] };
  const { id } = await client.ask('trades.create', { ...terms, amount: 100, currency: 'EUR' }, `create:${number}`);
  return id;
}

/** By the slow channel; resolves when it was answered, which is long before the channel answers. */
async function paySlowly(client: AskingClient, answers: Histogram): Promise<void> {
  try {
    const id = await place(client);
    const beganMs = performance.now();
    await client.ask('trades.pay', { id, instruments: [{ type: 'channel', channel: 'slow' }] }, `pay:${id}`);
    answers.record(performance.now() - beganMs);
  } catch {
    refused += 1;
  }
}

/** By the other one; resolves when the payment has ended. */
async function payQuickly(client: AskingClient, port: number, ends: Histogram | null): Promise<void> {
  const id = await place(client);
  const beganMs = performance.now();
  const headers = { 'content-type': 'application/json', 'idempotency-key': `pay:${id}`, prefer: 'wait=30' };
  const body = JSON.stringify({ instruments: [{ type: 'channel', channel: 'quick' }] });
  const answer = await fetch(`http://127.0.0.1:${port}/v1/trades/${id}/pay`, { method: 'POST', headers, body });
  const { status } = (await answer.json()) as { readonly status: string };
  if (status !== 'succeeded') throw new Error(`payment of ${id} is ${status}`);
  ends?.record(performance.now() - beganMs);
}

/** Begins so many a second until the time is over; resolves when all have ended. */
async function offer(perSecond: number, endMs: number, begin: () => Promise<void>): Promise<void> {
  const startMs = performance.now();
  const begun: Promise<void>[] = [];
  while (performance.now() < endMs) {
    const due = ((performance.now() - startMs) / 1_000) * perSecond;
    while (begun.length < due) begun.push(begin());
    await sleep(TICK_MS);
  }
  await Promise.all(begun);
}

async function main(): Promise<void> {
  passOnInterrupts();
  const folder = mkdtempSync(join(tmpdir(), 'florin-slow-'));
  const [slow, quick] = [await startSimulator(), await startSimulator()];
  await slowDown(slow);
  const server = await startServer(folder, configure(folder, slow, quick));
  try {
    const client = await AskingClient.open(server.host, server.port);
    const other = await AskingClient.open(server.host, server.port);
    await client.ask('accounts.create', { id: 'shop', currency: 'EUR', kind: 'merchant' });
    const [alone, beside, answers] = [new Histogram(), new Histogram(), new Histogram()];
    const quickly = (ends: Histogram | null, endMs: number): Promise<void> =>
      offer(QUICK_PER_SECOND, endMs, () => payQuickly(other, server.port, ends));
    await quickly(null, performance.now() + WARM_UP_MS);
    await quickly(alone, performance.now() + SECONDS * 1_000);
    const endMs = performance.now() + SECONDS * 1_000;
    const slowly = offer(SLOW_PER_SECOND, endMs, () => paySlowly(client, answers));
    await Promise.all([slowly, quickly(beside, endMs)]);
    console.log(describeMachine());
    console.log(
      table(
        ['', 'p50 ms', 'p99 ms'],
        [
          row(`answer to a payment by the slow channel, ${SLOW_PER_SECOND}/s offered`, answers),
          row('payment by the other channel to its end, alone', alone),
          row('the same, beside the slow channel', beside),
        ],
      ),
    );
    console.log(`${refused} were refused at once; the others were answered with a payment that is under way`);
    console.log(`memory of the server: ${Math.round(residentBytesMax(server.pid) / MEBIBYTE)} MiB at most`);
    client.end();
    other.end();
  } finally {
    await server.stop();
    slow.end();
    quick.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name: string, times: Histogram): string[] {
  return [name, times.quantile(0.5).toFixed(1), times.quantile(0.99).toFixed(1)];
}

await main();
