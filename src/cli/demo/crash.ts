// Crash. A server of its own is killed with SIGKILL under load and started again: is everything there that it had acknowledged?
//
// K1. Acknowledged is what was answered before the kill. Each of those is asked for again under its own id: a server that had
// lost one would carry it out now instead of saying that it is there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServerOn, type ServerUnderTest } from '../../../loadtest/bench/server-process.ts';
import { connect } from '../../client/node.ts';
import { newTally, Shop, type Payment } from './shop.ts';

const ACCOUNTS = 1_000;
const IN_FLIGHT = 1_000;
/** From the first payment to the kill, ms. */
const LOAD_MS = 3_000;
/** A journal of seconds is read within one. */
const READY_MS_MAX = 60_000;
/** Ids asked for again at a time: below what a client keeps pending. */
const ASKED_AT_ONCE = 20_000;

export type CrashReport = {
  readonly acknowledged: number;
  readonly recovered: number;
  readonly lost: number;
  /** Without an answer when it was killed: how many there were, and how many of them had happened all the same. */
  readonly open: number;
  readonly openDone: number;
  /** From the start after the kill until it took requests. */
  readonly readySeconds: number;
  readonly booksBalance: boolean;
};

/** `told`: what happens now, in a sentence. Rejects where a server does not start. */
export async function crash(chance: () => number, told: (sentence: string) => void): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'florin-demo-'));
  const data = join(folder, 'data');
  let server: ServerUnderTest | null = null;
  try {
    server = await startServerOn(data, READY_MS_MAX);
    told(`A server runs with its data in ${data}. ${ACCOUNTS.toLocaleString('en-US')} accounts pay each other.`);
    const { acknowledged, open } = await loadAndKill(server, chance);
    told(`SIGKILL after ${acknowledged.length.toLocaleString('en-US')} acknowledged payments. It is started again.`);
    const beganMs = performance.now();
    server = await startServerOn(data, READY_MS_MAX);
    const readySeconds = (performance.now() - beganMs) / 1_000;
    return { ...(await askAgain(server, acknowledged, open)), readySeconds };
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Outcome = { readonly acknowledged: readonly Payment[]; readonly open: readonly Payment[] };

async function loadAndKill(server: ServerUnderTest, chance: () => number): Promise<Outcome> {
  const client = connect({ url: urlOf(server) });
  const shop = new Shop(client, 'demo', ACCOUNTS);
  await shop.open(() => {});
  const acknowledged: Payment[] = [];
  const open = new Set<Payment>();
  const killed = new AbortController();
  const payer = async (): Promise<void> => {
    while (!killed.signal.aborted) {
      const [payment, tally] = [shop.next(chance), newTally()];
      open.add(payment);
      await shop.pay(payment, tally);
      open.delete(payment);
      if (tally.paid > 0) acknowledged.push(payment);
    }
  };
  // Those that the kill cuts off never end: nobody is there to answer them.
  for (let nth = 0; nth < IN_FLIGHT; nth++) payer().catch(() => {});
  await sleep(LOAD_MS);
  killed.abort();
  await server.kill();
  const left = [...open];
  client.destroy();
  return { acknowledged, open: left };
}

async function askAgain(
  server: ServerUnderTest,
  acknowledged: readonly Payment[],
  open: readonly Payment[],
): Promise<Omit<CrashReport, 'readySeconds'>> {
  const client = connect({ url: urlOf(server) });
  try {
    const shop = new Shop(client, 'demo', ACCOUNTS);
    const countThere = async (payments: readonly Payment[]): Promise<number> => {
      let there = 0;
      for (let from = 0; from < payments.length; from += ASKED_AT_ONCE) {
        const asked = payments
          .slice(from, from + ASKED_AT_ONCE)
          .map(({ id, from: debit, to, amount }) =>
            client.transfer({ id, debit_account: debit, credit_account: to, amount }),
          );
        // oxlint-disable-next-line no-await-in-loop -- so many at a time
        there += (await Promise.all(asked)).filter(({ status }) => status === 'already_there').length;
      }
      return there;
    };
    const recovered = await countThere(acknowledged);
    const openDone = await countThere(open);
    return {
      acknowledged: acknowledged.length,
      recovered,
      lost: acknowledged.length - recovered,
      open: open.length,
      openDone,
      booksBalance: await shop.booksBalance(),
    };
  } finally {
    await client.close();
  }
}

function urlOf({ host, port }: ServerUnderTest): string {
  return `http://${host}:${port}`;
}
