// `npm run bench:client`: single transfers through the client of applications, which batches them by itself. Prints the rate,
// how long a transfer took, and what both sides used of the processor.
//
//   node dist/loadtest/bench/client.js [seconds of a run] [runs] [transfers in flight] [msgpack|json]
//
// B1. A transfer counts when its own promise has resolved with `posted`: it is durable then. Anything else ends the bench.
// B2. Nothing counts that was begun before the run. The client is in this process: its share of a core is this process's.

import { tmpdir } from 'node:os';
import { performance } from 'node:perf_hooks';
import { connect } from '../../src/client/node.ts';
import { passOnInterrupts } from './children.ts';
import { Histogram } from './histogram.ts';
import { commit, describeMachine } from './machine.ts';
import { processorSeconds } from './process-usage.ts';
import { Random } from './random.ts';
import { startServer, type ServerUnderTest } from './server-process.ts';

const SECONDS = Number(process.argv[2] ?? 5);
const RUNS = Number(process.argv[3] ?? 3);
const IN_FLIGHT = Number(process.argv[4] ?? 1_000);
const ENCODING = process.argv[5] === 'json' ? 'json' : 'msgpack';

const ACCOUNTS = 10_000;
/** Before it counts, both sides compile their code, ms. */
const WARM_UP_MS = 2_000;
const SEED = 20_261_201;

/** What is to be shown of it, transfers a second. */
const TARGET = 65_000;

type Client = ReturnType<typeof connect>;

type Run = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly clientCores: number;
  readonly serverCores: number;
};

async function openAccounts(client: Client): Promise<string[]> {
  const names = Array.from({ length: ACCOUNTS }, (_, number) => `account:${number}`);
  const open = (id: string): Promise<unknown> =>
    client.accounts.create({ id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  await Promise.all(names.map(open));
  return names;
}

async function runOnce(): Promise<Run> {
  const server = await startServer(tmpdir(), []);
  const client = connect({ url: `http://${server.host}:${server.port}`, encoding: ENCODING });
  try {
    return await load(client, await openAccounts(client), server);
  } finally {
    client.destroy();
    await server.stop();
  }
}

async function load(client: Client, names: readonly string[], { pid }: ServerUnderTest): Promise<Run> {
  const random = new Random(SEED);
  const latencies = new Histogram();
  const warmMs = performance.now() + WARM_UP_MS;
  const endMs = warmMs + SECONDS * 1_000;
  let counted = 0;
  let before = { client: 0, server: 0 };
  const used = (): typeof before => ({ client: processorSeconds(process.pid), server: processorSeconds(pid) });
  const timer = setTimeout(() => (before = used()), WARM_UP_MS);
  const worker = async (): Promise<void> => {
    for (let beganMs = performance.now(); beganMs < endMs;) {
      const debit = random.below(ACCOUNTS);
      const credit = (debit + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
      const result = await client.transfer({
        debit_account: names[debit] ?? '',
        credit_account: names[credit] ?? '',
        amount: 1,
      });
      if (result.status !== 'posted') throw new Error(`transfer ${result.id}: ${JSON.stringify(result)}`);
      const nowMs = performance.now();
      if (beganMs > warmMs && nowMs <= endMs) {
        counted += 1;
        latencies.record(nowMs - beganMs);
      }
      beganMs = nowMs;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  clearTimeout(timer);
  const after = used();
  return {
    perSecond: counted / SECONDS,
    p50Ms: latencies.quantile(0.5),
    p99Ms: latencies.quantile(0.99),
    clientCores: (after.client - before.client) / SECONDS,
    serverCores: (after.server - before.server) / SECONDS,
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
  const how = `${RUNS} x ${SECONDS} s, ${IN_FLIGHT} in flight, ${ENCODING}`;
  console.log(`\n${describeMachine()}, ${commit() ?? 'no commit'}, ${how}; target ${TARGET.toLocaleString('en-US')}`);
  if (median) console.log(`median ${shown(median)}`);
}

function shown({ perSecond, p50Ms, p99Ms, clientCores, serverCores }: Run): string {
  const rate = Math.round(perSecond).toLocaleString('en-US');
  const cores = `client ${clientCores.toFixed(2)} cores, server ${serverCores.toFixed(2)}`;
  return `${rate} single transfers a second; ${p50Ms.toFixed(1)} ms (p50), ${p99Ms.toFixed(1)} ms (p99); ${cores}`;
}

await main();
