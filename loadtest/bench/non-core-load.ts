// Everything that is no payment, at once, as a process of its own: statements, exports, reports, pages of events and a
// receiver of webhooks that never answers. It runs at the lowest priority, because in earnest it is other people's machines.
//
// N1. Who is turned away comes again when it was told to. N2. It works only while its parent says so.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export type LoadJob = {
  readonly port: number;
  /** API keys, one a merchant: the first is of the merchant whose payments are measured. */
  readonly keys: readonly string[];
  /** An account of that merchant with a long history. */
  readonly account: string;
};

/** Answered, refused with a time to come again, and anything else. */
export type LoadCounts = { readonly answered: number; readonly refused: number; readonly wrong: number };

export type LoadOrder = { readonly job: LoadJob } | { readonly run: boolean };
export type LoadReport = { readonly kind: 'hooks'; readonly url: string } | { readonly kind: 'counts'; readonly counts: LoadCounts }; // prettier-ignore

/** Clients of each sort, each with one request at a time. */
const CLIENTS: readonly (readonly [clients: number, path: (account: string) => string])[] = [
  [32, (account) => `/v1/accounts/${account}/entries?limit=100`],
  [16, (account) => `/v1/accounts/${account}/entries?format=csv&limit=10000`],
  [16, () => '/v1/trial_balance'],
  [16, () => '/v1/general_ledger?from=2000-01-01&to=2100-01-01'],
  [16, () => '/v1/events?limit=100'],
  [8, () => '/v1/accounts?limit=100'],
];
const PAUSED_MS = 20;

async function main(): Promise<void> {
  setPriority(constants.priority.PRIORITY_LOW);
  // Takes every event and never says a word.
  const hooks = createServer(() => undefined).listen(0, '127.0.0.1');
  const counts = { answered: 0, refused: 0, wrong: 0 };
  let runs = false;
  const client = async ({ port, keys: [key = ''], account }: LoadJob, path: string): Promise<void> => {
    for (;;) {
      if (!runs) await sleep(PAUSED_MS);
      else await ask(`http://127.0.0.1:${port}${path.replace('{account}', account)}`, key, counts);
    }
  };
  process.on('message', (order: LoadOrder) => {
    if ('run' in order) {
      runs = order.run;
      if (!runs) process.send?.({ kind: 'counts', counts: { ...counts } } satisfies LoadReport);
      return;
    }
    for (const [clients, pathOf] of CLIENTS) {
      for (let number = 0; number < clients; number++) void client(order.job, pathOf(order.job.account));
    }
  });
  await new Promise((resolve) => hooks.once('listening', resolve));
  const { port } = hooks.address() as AddressInfo;
  process.send?.({ kind: 'hooks', url: `http://127.0.0.1:${port}/hook` } satisfies LoadReport);
}

async function ask(url: string, key: string, counts: { answered: number; refused: number; wrong: number }) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } }).catch(() => null);
  await answer?.arrayBuffer().catch(() => null);
  if (answer?.status === 200) {
    counts.answered += 1;
  } else if (answer?.status === 503) {
    counts.refused += 1;
    await sleep(Number(answer.headers.get('retry-after')) * 1_000);
  } else {
    counts.wrong += 1;
    await sleep(PAUSED_MS);
  }
}

await main();
