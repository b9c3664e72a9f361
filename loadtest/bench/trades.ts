// `npm run bench:trades`: trades that are created and paid by balance, each with its hold, its payment, its settlement and
// its fee, over one WebSocket with one request a frame. Prints the rate of whole trades and how long a request took.
//
//   node dist/loadtest/bench/trades.js [seconds of a run] [runs] [trades in flight]
//
// B1. A trade counts when both of its answers are there: it is durable then, with all of its vouchers. B2. Nothing counts
// that was begun before the run. What this does not measure: payments through a channel, whose time is the channel's.

import { tmpdir } from 'node:os';
import { performance } from 'node:perf_hooks';
import { AskingClient } from './asking-client.ts';
import { passOnInterrupts } from './children.ts';
import { Histogram } from './histogram.ts';
import { commit, describeMachine } from './machine.ts';
import { processorSeconds } from './process-usage.ts';
import { startServer, type ServerUnderTest } from './server-process.ts';

const SECONDS = Number(process.argv[2] ?? 5);
const RUNS = Number(process.argv[3] ?? 3);
const IN_FLIGHT = Number(process.argv[4] ?? 1_000);

const PAYERS = 1_000;
const SHOPS = 10;
/** Before it counts, both sides compile their code, ms. */
const WARM_UP_MS = 2_000;

type Run = { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly serverCores: number };

async function openAccounts(client: AskingClient): Promise<void> {
  const open = (id: string, kind: string, limit: object): Promise<unknown> =>
    client.ask('accounts.create', { id, currency: 'EUR', kind, ...limit });
  for (let number = 0; number < PAYERS; number++) await open(`payer:${number}`, 'user', { credit_limit: 'unlimited' });
  for (let number = 0; number < SHOPS; number++) await open(`shop:${number}`, 'merchant', {});
}

async function trade(client: AskingClient, number: number, latencies: Histogram | null): Promise<void> {
  const payees = [{ account: `shop:${number % SHOPS}`, amount: 1_000 }];
  const terms = { out_trade_no: `order:${number}`, product: 'sale', payer: `payer:${number % PAYERS}`, payees };
  const beganMs = performance.now();
  const { id } = await client.ask('trades.create', { ...terms, amount: 1_000, currency: 'EUR' }, `create:${number}`);
  const createdMs = performance.now();
  const body = { id, instruments: [{ type: 'balance' }] };
  const { status } = await client.ask('trades.pay', body, `pay:${number}`);
  if (status !== 'succeeded') throw new Error(`trade ${id} is ${status}`);
  latencies?.record(createdMs - beganMs);
  latencies?.record(performance.now() - createdMs);
}

async function runOnce(): Promise<Run> {
  const server = await startServer(tmpdir(), []);
  try {
    const client = await AskingClient.open(server.host, server.port);
    await openAccounts(client);
    const run = await load(client, server);
    client.end();
    return run;
  } finally {
    await server.stop();
  }
}

async function load(client: AskingClient, { pid }: ServerUnderTest): Promise<Run> {
  const latencies = new Histogram();
  const warmMs = performance.now() + WARM_UP_MS;
  const endMs = warmMs + SECONDS * 1_000;
  let begun = 0;
  let counted = 0;
  let serverSeconds = 0;
  const timer = setTimeout(() => (serverSeconds = processorSeconds(pid)), WARM_UP_MS);
  const worker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const startedMs = performance.now();
      await trade(client, begun++, startedMs > warmMs ? latencies : null);
      if (startedMs > warmMs && performance.now() <= endMs) counted += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  clearTimeout(timer);
  return {
    perSecond: counted / SECONDS,
    p50Ms: latencies.quantile(0.5),
    p99Ms: latencies.quantile(0.99),
    serverCores: (processorSeconds(pid) - serverSeconds) / SECONDS,
  };
}

async function main(): Promise<void> {
  passOnInterrupts();
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run++) {
    const one = await runOnce();
    runs.push(one);
    console.log(shown(one));
  }
  const [median] = runs.toSorted((one, other) => one.perSecond - other.perSecond).slice(Math.floor(RUNS / 2));
  console.log(`\n${describeMachine()}, ${commit() ?? 'no commit'}, ${RUNS} x ${SECONDS} s, ${IN_FLIGHT} in flight`);
  if (median) console.log(`median ${shown(median)}`);
}

function shown({ perSecond, p50Ms, p99Ms, serverCores }: Run): string {
  const rate = Math.round(perSecond).toLocaleString('en-US');
  return `${rate} trades created and paid a second; a request ${p50Ms.toFixed(1)} ms (p50), ${p99Ms.toFixed(1)} ms (p99); server ${serverCores.toFixed(2)} cores`;
}

await main();
