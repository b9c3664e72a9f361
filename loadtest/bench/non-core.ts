// `npm run bench:non-core`: payments alone, and beside everything else that can be asked, saturated: statements, exports,
// reports, pages of events, and 1,000 webhook endpoints at a receiver that never answers. The two take turns in one run,
// because the machine changes from minute to minute: throughput in a closed loop, p99 at half of that, offered evenly. Prints
// each pair, and the medians of their ratios.
//
//   node dist/loadtest/bench/non-core.js [seconds a measurement] [pairs]
//
// What this does not measure: a server whose clients have processors of their own. Server, its threads for the books, the
// generator of payments and, at the lowest priority, the non-core clients and the receiver share the machine's cores.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { table } from '../../src/cli/terminal/table.ts';
import { openKeys } from '../../src/gateway/keys.ts';
import { own, passOnInterrupts } from './children.ts';
import { describeMachine } from './machine.ts';
import type { LoadCounts, LoadOrder, LoadReport } from './non-core-load.ts';
import { measurePairs, throughput, verdictOf, type Pair, type Turn } from './non-core-turns.ts';
import { Payer } from './payer.ts';
import { startServerOn, type ServerUnderTest } from './server-process.ts';

const SECONDS = Number(process.argv[2] ?? 5);
/** Three at least, or a median says nothing. */
const PAIRS = Math.max(3, Number(process.argv[3] ?? 5));
const MERCHANTS = 50;
const ENDPOINTS_EACH = 20;
/** Merchants that are not measured pay so often, for their webhooks, in every turn. */
const TRICKLE_MS = 1_000;
/** Entries of the account whose history is read all the time. */
const HISTORY = 20_000;
const WARM_UP_SECONDS = 3;
/** Of what it can do alone: what is offered where times are measured. */
const OFFERED_SHARE = 0.5;
/** What an installation may expect: percent of throughput, and times as long. */
const GOAL = { fall: 5, slower: 2 } as const;

function makeKeys(data: string): { readonly keys: string[]; readonly operator: string } {
  const store = openKeys(data);
  const create = (merchant: string, scopes?: readonly 'ops'[]): string => {
    const created = store.create(scopes ? { merchant, scopes } : { merchant });
    if (typeof created === 'string') throw new Error(created);
    return created.key;
  };
  const keys = Array.from({ length: MERCHANTS }, (_, number) => create(`merchant-${number}`));
  const operator = create('house', ['ops']);
  void store.close();
  return { keys, operator };
}

async function post(url: string, key: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.ok) return;
    if (answer.status !== 503) throw new Error(`${url}: ${text}`);
    await sleep(Number(answer.headers.get('retry-after')) * 1_000);
  }
}

async function openEndpoints({ port }: ServerUnderTest, keys: readonly string[], url: string): Promise<void> {
  for (const key of keys) {
    const open = (): Promise<void> =>
      post(`http://127.0.0.1:${port}/v1/webhook_endpoints`, key, { url, events: ['*'] });
    await Promise.all(Array.from({ length: ENDPOINTS_EACH }, open));
  }
}

/** `ended` rejects when it ends. */
type Loader = { readonly child: ChildProcess; readonly url: string; readonly ended: Promise<never> };

async function startLoader(): Promise<Loader> {
  const child = own(fork(fileURLToPath(new URL('./non-core-load.js', import.meta.url))));
  const [report] = (await once(child, 'message')) as [LoadReport];
  if (report.kind !== 'hooks') throw new Error('the load did not begin with its receiver');
  const ended = once(child, 'exit').then((): never => {
    throw new Error('the load has ended');
  });
  // Its end at the end of the run is no fault.
  ended.catch(() => undefined);
  return { child, url: report.url, ended };
}

const tell = ({ child }: Loader, order: LoadOrder): void => void child.send(order);

async function stopLoad(loader: Loader): Promise<LoadCounts> {
  const said = once(loader.child, 'message') as Promise<[LoadReport]>;
  tell(loader, { run: false });
  const [report] = await Promise.race([said, loader.ended]);
  if (report.kind !== 'counts') throw new Error('the load did not count');
  return report.counts;
}

async function main(): Promise<void> {
  passOnInterrupts();
  const folder = mkdtempSync(join(tmpdir(), 'florin-non-core-'));
  const data = join(folder, 'data');
  const { keys, operator } = makeKeys(data);
  const server = await startServerOn(data, 30_000, ['--webhooks-allow-private', '127.0.0.0/8', '--log-level', 'error']);
  const loader = await startLoader();
  const payers: Payer[] = [];
  try {
    for (const [number, key] of keys.entries()) payers.push(await Payer.open(server, key, `m${number}`));
    const [payer, ...others] = payers as [Payer, ...Payer[]];
    for (let made = 0; made < HISTORY; made += 500)
      await Promise.all(Array.from({ length: 500 }, () => payer.pay('alice', 'reader')));
    await openEndpoints(server, keys, loader.url);
    tell(loader, { job: { port: server.port, keys, account: 'reader' } });
    const trickle = setInterval(() => others.forEach((other) => void other.pay().catch(() => null)), TRICKLE_MS);
    await takeTurns(server, operator, loader, payer).finally(() => clearInterval(trickle));
  } finally {
    for (const payer of payers) payer.end();
    loader.child.kill('SIGKILL');
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takeTurns(
  { opsPort, pid }: ServerUnderTest,
  operator: string,
  loader: Loader,
  payer: Payer,
): Promise<void> {
  const webhooks = (body: object, way: 'set' | 'clear'): Promise<void> =>
    post(`http://127.0.0.1:${opsPort}/admin/switches/${way}`, operator, { name: 'webhooks', reason: 'bench', ...body });
  const off = (): Promise<void> => webhooks({ expires_in: 3_600 }, 'set');
  await off();
  const perSecond = Math.round(OFFERED_SHARE * (await throughput(payer, WARM_UP_SECONDS)));
  let counts: LoadCounts = { answered: 0, refused: 0, wrong: 0 };
  const start = async (): Promise<void> => {
    await webhooks({}, 'clear');
    tell(loader, { run: true });
  };
  const stop = async (): Promise<void> => {
    counts = await stopLoad(loader);
    await off();
  };
  const pairs = await measurePairs(PAIRS, { payer, serverPid: pid, seconds: SECONDS, perSecond }, start, stop);
  report(perSecond, pairs, counts);
}

function report(perSecond: number, pairs: readonly Pair[], { answered, refused, wrong }: LoadCounts): void {
  const row = (name: string, turn: Turn): string[] => [
    name,
    turn.perSecond.toFixed(0),
    turn.p50Ms.toFixed(1),
    turn.p99Ms.toFixed(1),
    `${turn.generatorPercent.toFixed(0)} %`,
    `${turn.serverPercent.toFixed(0)} %`,
    turn.engineMicroseconds.toFixed(1),
  ];
  console.log(describeMachine());
  const heads = ['', 'payments/s', 'p50 ms', 'p99 ms', 'generator', 'server', 'engine µs a payment'];
  const rows = pairs.flatMap(({ alone, beside }, nth) => [
    row(`${nth + 1} alone`, alone),
    row(`${nth + 1} beside all else`, beside),
  ]);
  console.log(table(heads, rows));
  console.log(`payments/s in a closed loop; times at ${perSecond} payments/s offered, from when each was due`);
  const { fall, slower, engine } = verdictOf(pairs);
  const isReached = fall < GOAL.fall && slower < GOAL.slower;
  console.log(
    `medians of ${pairs.length} pairs: throughput falls by ${fall.toFixed(1)} %, p99 is ${slower.toFixed(2)} times as long ` +
      `(goal: below ${GOAL.fall} % and ${GOAL.slower} times, ${isReached ? 'reached' : 'not reached'})`,
  );
  console.log(`the engine's thread works ${engine.toFixed(1)} % longer for a payment, whatever else the machine does`);
  console.log(`not payments: ${answered} answered, ${refused} told to come again, ${wrong} otherwise`);
}

await main();
