// `npm run bench:non-core`: payments alone, and beside everything else that can be asked, saturated: statements, exports,
// reports, pages of events, and 1,000 webhook endpoints at a receiver that never answers. Prints both throughputs and p99 and
// their ratios. The two take turns in one run, because the machine changes from minute to minute.
//
//   node dist/loadtest/bench/non-core.js [seconds a turn]
//
// What this does not measure: a server whose clients have processors of their own. Server, its threads for the books, the
// generator of payments and, at the lowest priority, the non-core clients and the receiver share the machine's cores.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { table } from '../../src/cli/terminal/table.ts';
import { openKeys } from '../../src/gateway/keys.ts';
import { AskingClient } from './asking-client.ts';
import { own, passOnInterrupts } from './children.ts';
import { Histogram } from './histogram.ts';
import { describeMachine } from './machine.ts';
import type { LoadCounts, LoadOrder, LoadReport } from './non-core-load.ts';
import { startServerOn, type ServerUnderTest } from './server-process.ts';

const SECONDS = Number(process.argv[2] ?? 5);
/** Turns of each sort. */
const TURNS = 4;
/** At the start of each turn, not counted: what the last one began comes to its end, s. */
const SETTLE_SECONDS = 1;
const MERCHANTS = 50;
const ENDPOINTS_EACH = 20;
/** Payments in flight, of the one merchant that is measured; the others pay now and then, for their webhooks. */
const IN_FLIGHT = 256;
const TRICKLE_MS = 50;
/** Entries of the account whose history is read all the time. */
const HISTORY = 20_000;
const WARM_UP_SECONDS = 3;

class Payer {
  readonly #client: AskingClient;
  readonly #prefix: string;
  #sent = 0;

  constructor(client: AskingClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  static async open(server: ServerUnderTest, key: string, prefix: string): Promise<Payer> {
    const client = await AskingClient.open(server.host, server.port, key);
    for (const id of ['alice', 'bob', 'reader'])
      await client.ask(
        'accounts.create',
        { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' },
        `open:${id}`,
      );
    return new Payer(client, prefix);
  }

  async pay(debit = 'alice', credit = 'bob'): Promise<void> {
    const id = `${this.#prefix}:${(this.#sent += 1)}`;
    await this.#client.ask('transfers.create', { id, debit_account: debit, credit_account: credit, amount: 1 });
  }

  /** As many as are in flight, one after the other, until the time is over. */
  async payFor(seconds: number, taken: (latencyMs: number, nowMs: number) => void): Promise<void> {
    const endMs = performance.now() + seconds * 1_000;
    const lane = async (): Promise<void> => {
      for (let beganMs = performance.now(); beganMs < endMs;) {
        await this.pay();
        const nowMs = performance.now();
        taken(nowMs - beganMs, nowMs);
        beganMs = nowMs;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  }

  end(): void {
    this.#client.end();
  }
}

type Turn = { payments: number; seconds: number; readonly times: Histogram };

async function measure(payer: Payer, into: Turn): Promise<void> {
  const fromMs = performance.now() + SETTLE_SECONDS * 1_000;
  await payer.payFor(SETTLE_SECONDS + SECONDS, (latencyMs, nowMs) => {
    if (nowMs < fromMs) return;
    into.payments += 1;
    into.times.record(latencyMs);
  });
  into.seconds += SECONDS;
}

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

type Loader = { readonly child: ChildProcess; readonly url: string };

async function startLoader(): Promise<Loader> {
  const child = own(fork(fileURLToPath(new URL('./non-core-load.js', import.meta.url))));
  const [report] = (await once(child, 'message')) as [LoadReport];
  if (report.kind !== 'hooks') throw new Error('the load did not begin with its receiver');
  return { child, url: report.url };
}

const tell = ({ child }: Loader, order: LoadOrder): void => void child.send(order);

async function stopLoad(loader: Loader): Promise<LoadCounts> {
  const said = once(loader.child, 'message') as Promise<[LoadReport]>;
  tell(loader, { run: false });
  const [report] = await said;
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
    await payer.payFor(WARM_UP_SECONDS, () => undefined);
    const turns = await takeTurns(server, operator, loader, payer, others);
    report(turns.alone, turns.beside, turns.counts);
  } finally {
    for (const payer of payers) payer.end();
    loader.child.kill('SIGKILL');
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takeTurns(
  { opsPort }: ServerUnderTest,
  operator: string,
  loader: Loader,
  payer: Payer,
  others: readonly Payer[],
): Promise<{ readonly alone: Turn; readonly beside: Turn; readonly counts: LoadCounts }> {
  const [alone, beside] = [newTurn(), newTurn()];
  const webhooks = (body: object, way: 'set' | 'clear'): Promise<void> =>
    post(`http://127.0.0.1:${opsPort}/admin/switches/${way}`, operator, { name: 'webhooks', reason: 'bench', ...body });
  let counts: LoadCounts = { answered: 0, refused: 0, wrong: 0 };
  for (let turn = 0; turn < TURNS; turn++) {
    await webhooks({ expires_in: 3_600 }, 'set');
    await measure(payer, alone);
    await webhooks({}, 'clear');
    tell(loader, { run: true });
    const trickle = setInterval(() => others.forEach((other) => void other.pay().catch(() => null)), TRICKLE_MS * 20);
    await measure(payer, beside);
    clearInterval(trickle);
    counts = await stopLoad(loader);
  }
  return { alone, beside, counts };
}

function newTurn(): Turn {
  return { payments: 0, seconds: 0, times: new Histogram() };
}

function report(alone: Turn, beside: Turn, { answered, refused, wrong }: LoadCounts): void {
  const perSecond = ({ payments, seconds }: Turn): number => payments / seconds;
  const row = (name: string, turn: Turn): string[] => [
    name,
    perSecond(turn).toFixed(0),
    turn.times.quantile(0.5).toFixed(1),
    turn.times.quantile(0.99).toFixed(1),
  ];
  console.log(describeMachine());
  console.log(table(['', 'payments/s', 'p50 ms', 'p99 ms'], [row('alone', alone), row('beside all else', beside)]));
  const fall = 100 * (1 - perSecond(beside) / perSecond(alone));
  const slower = beside.times.quantile(0.99) / alone.times.quantile(0.99);
  console.log(`throughput falls by ${fall.toFixed(1)} %, p99 is ${slower.toFixed(2)} times as long`);
  console.log(`not payments: ${answered} answered, ${refused} told to come again, ${wrong} otherwise`);
}

await main();
