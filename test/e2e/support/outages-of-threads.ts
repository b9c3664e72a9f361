// Outages of the threads beside payments and books: the one that checks, and the one that reads files of others.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Business } from './business.ts';
import { killable, until, type Seen } from './outage.ts';
import { Trial } from './trial.ts';

/** In the order in which a server makes them, with one thread for the books. */
const THREADS = { reconciler: 1, runs: 2 } as const;

/** Killed between orders, several times: it goes on from what it has written, finds everything, and alarms nobody. */
export async function reconcilerThread(): Promise<Seen> {
  const trial = await Trial.open({
    environment: killable(THREADS.reconciler),
    flags: ['--reconciliation-window-seconds', '5'],
  });
  const sells = async (): Promise<void> => {
    for (let nth = 0; nth < 10; nth++) expect((await trial.sell()).body).toMatchObject({ status: 'succeeded' });
  };
  const isLevel = async (): Promise<boolean> => (await trial.server.metric('reconciler_lag_frames')) === 0;
  await sells();
  await until(isLevel);
  process.kill(trial.server.pid, 'SIGUSR2');
  await sells();
  await trial.paysOn();
  await until(() => Promise.resolve(trial.server.err.includes('the reconciler crashed')));
  const recoveredMs = await until(isLevel);
  // All lines are found in the books, and once more when the window is over.
  await until(async () => (await trial.server.metric('reconciler_waiting_lines')) === 0);
  expect(await trial.server.metric('reconciler_skipped_lines_total')).toBe(0);
  expect((await trial.server.series('invariant_violations_total')).filter((value) => value !== 0)).toEqual([]);
  await trial.sound();
  return { core: 'goes_on', told: null, recoveredMs };
}

/** A bill that takes it a while; none of it is ours, and all of it waits for the next one. */
const LINES = 100_000;

function billOf(date: string): string {
  const header = 'trade_number,number,type,amount,currency,fee,original,booked_at';
  const line = (at: number): string => `t${at},other-${at},pay,${at + 1},EUR,0,,${date}T00:00:00.000Z`;
  return [header, ...Array.from({ length: LINES }, (_, at) => line(at)), ''].join('\r\n');
}

/** Killed while it reads: the bill is read again, and found as it is. */
export async function runsThread(): Promise<Seen> {
  const trial = await Trial.open(({ folder, port }) => {
    const callbackUrl = `http://127.0.0.1:${port}/v1/callbacks/card`;
    const card = { name: 'card', adapter: 'simulator', baseUrl: 'http://127.0.0.1:1', callbackUrl };
    const [channels, rules] = [join(folder, 'channels.json'), join(folder, 'rules.json')];
    writeFileSync(channels, JSON.stringify({ channels: [card] }));
    writeFileSync(rules, JSON.stringify(Business.rules()));
    return { environment: killable(THREADS.runs), flags: ['--channels', channels, '--rules', rules] };
  });
  const date = new Date().toISOString().slice(0, 10);
  const brought = await fetch(`http://127.0.0.1:${trial.site.port}/v1/reconciliation/files?channel=card&date=${date}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: billOf(date),
  });
  const { id } = (await brought.json()) as { readonly id: string };
  expect(brought.status).toBe(201);
  const run = async () => (await trial.ask('GET', `/reconciliation/runs/${id}`)).body;
  await until(async () => Number((await run())['lines_read']) > 0);
  expect(await run()).toMatchObject({ status: 'processing' });
  process.kill(trial.server.pid, 'SIGUSR2');
  await trial.paysOn();
  await until(async () => trial.server.err.includes('the thread of reconciliations crashed'));
  await until(async () => Number((await run())['lines_read']) === 0);
  const recoveredMs = await until(async () => Number((await run())['lines_read']) > 0);
  await until(async () => (await run())['status'] !== 'processing');
  expect(await run()).toMatchObject({
    status: 'succeeded',
    failure: null,
    lines: LINES,
    waiting: LINES,
    differences: 0,
  });
  await trial.sound();
  return { core: 'goes_on', told: null, recoveredMs };
}
