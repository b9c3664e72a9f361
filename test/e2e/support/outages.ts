// Outages: how each dependency of a server is taken from it, what is seen of the server meanwhile, and how long it takes
// after the dependency is back.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { CoreLink, DependencyName } from '../../../src/ops/dependencies.ts';
import { redisIsThere, RedisServer } from '../../redis/support/redis-server.ts';
import { startSimulatorProcess } from '../../channels/support/simulator.ts';
import { CLOCK_START_MS, Engine } from '../../support/engine.ts';
import { Receiver } from '../../support/receiver.ts';
import { stopBooks } from './books-lock.ts';
import { Business } from './business.ts';
import type { Site } from './server.ts';
import { straceWorks, withFault } from './strace.ts';
import { Trial, type Answer } from './trial.ts';

export type Seen = { readonly core: CoreLink; readonly told: string | null; readonly recoveredMs: number };

const PATIENCE = { timeout: 60_000, interval: 10 };
const KILLER = fileURLToPath(new URL('./worker-killer.mjs', import.meta.url));

/** ms until it is true. */
async function until(isTrue: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now();
  await expect.poll(isTrue, PATIENCE).toBe(true);
  return performance.now() - startedMs;
}

/** A disk that fails under a store ends the process, which starts again on a disk that is well. */
async function failingDisk(store: 'journal' | 'state', inject: string): Promise<Seen> {
  const trial = await Trial.open((site) => ({
    ...withFault(site, { store, call: 'fdatasync', inject }),
    flags: ['--snapshot-facts', '20'],
  }));
  while (await trial.pay());
  expect(await trial.server.ended).toEqual({ code: 70, signal: null });
  expect(await trial.pay()).toBe(false);
  const recoveredMs = await until(async () => {
    await trial.start();
    return true;
  });
  await trial.paysOn();
  await trial.sound();
  return { core: 'stops', told: null, recoveredMs };
}

/** The books cannot be written, and then their thread is killed. */
async function booksThreads(): Promise<Seen> {
  const trial = await Trial.open({ environment: { NODE_OPTIONS: `--import ${KILLER}` } });
  await trial.paysOn();
  await until(async () => (await trial.trialBalance()).status === 200);
  const goOn = await stopBooks(trial.site.data);
  await trial.paysOn();
  const { body } = await trial.trialBalance();
  await goOn();
  await until(async () => (await trial.trialBalance()).status === 200);
  process.kill(trial.server.pid, 'SIGUSR2');
  await trial.paysOn();
  const recoveredMs = await until(async () => (await trial.trialBalance()).status === 200);
  expect(trial.server.err).toContain('a books worker crashed');
  await trial.sound();
  return { core: 'goes_on', told: body.code ?? null, recoveredMs };
}

/** Killed while it answers, as often as it takes until somebody was asking. */
async function booksReader(): Promise<Seen> {
  const trial = await Trial.open({ environment: { NODE_OPTIONS: `--import ${KILLER}` } });
  await trial.paysOn();
  await until(async () => (await trial.trialBalance()).status === 200);
  let told: string | null = null;
  await until(async () => {
    const asked = Promise.all(Array.from({ length: 8 }, () => trial.trialBalance()));
    process.kill(trial.server.pid, 'SIGWINCH');
    await trial.paysOn(5);
    told = (await asked).find(({ status }) => status !== 200)?.body.code ?? told;
    return told !== null;
  });
  const recoveredMs = await until(async () => (await trial.trialBalance()).status === 200);
  await trial.paysOn();
  await trial.sound();
  return { core: 'goes_on', told, recoveredMs };
}

/** Killed with a payment unknown to it; its breaker opens, and what was unknown stays so until it is back. */
async function channel(): Promise<Seen> {
  const openMs = 2_000;
  const books = ['--fund', '100000'];
  let simulator = await startSimulatorProcess(...books);
  const port = String(simulator.port);
  onTestFinished(async () => void (await simulator.end('SIGKILL').catch(() => null)));
  const trial = await Trial.open(({ folder, port: api }) => {
    const callbackUrl = `http://127.0.0.1:${api}/v1/callbacks/card`;
    const limits = { breakerCallsMin: 3, breakerOpenMs: openMs, moneyDeadlineMs: 500 };
    const card = { name: 'card', adapter: 'simulator', baseUrl: simulator.url, callbackUrl, limits };
    const [channelsFile, rulesFile] = [join(folder, 'channels.json'), join(folder, 'rules.json')];
    writeFileSync(channelsFile, JSON.stringify({ channels: [card] }));
    writeFileSync(rulesFile, JSON.stringify(Business.rules()));
    return { flags: ['--channels', channelsFile, '--rules', rulesFile] };
  });
  const topUp = (): Promise<Answer> => trial.ask('POST', '/topups', { account: 'alice', amount: 5, currency: 'EUR' });
  const statusOf = async (id: unknown): Promise<unknown> =>
    (await trial.ask('GET', `/topups/${String(id)}`)).body['status'];
  const slow = { rules: [{ match: {}, do: [{ fault: 'latency', ms: 60_000, when: 'before' }] }] };
  await trial.ask('POST', '/faults', slow, simulator.url);
  const { body: unknown } = await topUp();
  await until(
    async () => (await trial.server.metric('orders_unknown')) !== 0 && (await statusOf(unknown['id'])) === 'processing',
  );
  await new Promise((resolve) => setTimeout(resolve, 600));
  await simulator.end('SIGKILL');
  let told: string | null = null;
  await until(async () => {
    told = (await topUp()).body.code ?? null;
    return told !== null;
  });
  await trial.paysOn();
  expect(await statusOf(unknown['id'])).toBe('processing');
  simulator = await startSimulatorProcess('--port', port, ...books);
  const recoveredMs = await until(async () => {
    const { body } = await topUp();
    if (body.code !== undefined) return false;
    await until(async () => (await statusOf(body['id'])) !== 'processing');
    return (await statusOf(body['id'])) === 'succeeded';
  });
  // Within one half-open interval, and the time of the calls on a busy machine.
  expect(recoveredMs).toBeLessThan(openMs + 5_000);
  // It has never heard of it: found out by asking, and closed.
  await until(async () => (await statusOf(unknown['id'])) === 'failed');
  await trial.sound();
  return { core: 'others_go_on', told, recoveredMs };
}

async function webhookTrial(trial: Trial, receiver: Receiver): Promise<void> {
  const body = { url: receiver.url(), events: ['transfer.posted'] };
  expect((await trial.ask('POST', '/webhook_endpoints', body)).status).toBe(201);
}

/** Every transfer has been told of. */
const allTold = (trial: Trial, receiver: Receiver) => async (): Promise<boolean> =>
  new Set(receiver.ids()).size >= trial.paid;

/** Its commits fail for a while. */
async function webhookStore(): Promise<Seen> {
  const receiver = await Receiver.start();
  onTestFinished(() => receiver.stop());
  const store = 'webhooks' as 'journal';
  const trial = await Trial.open((site) =>
    withFault(site, { store, call: 'writev', inject: 'error=ENOSPC:when=4..5' }),
  );
  await webhookTrial(trial, receiver);
  await trial.paysOn(50);
  await until(async () => readFileSync(join(trial.site.folder, 'trace'), 'utf8').includes('(INJECTED)'));
  await trial.paysOn(20);
  const recoveredMs = await until(allTold(trial, receiver));
  await trial.sound();
  return { core: 'goes_on', told: null, recoveredMs };
}

/** Breaks off whatever is sent to it, and then is there again. */
async function webhookEndpoint(): Promise<Seen> {
  const receiver = await Receiver.start();
  onTestFinished(() => receiver.stop());
  const well = receiver.answering;
  receiver.answering = (response) => void response.destroy();
  const trial = await Trial.open();
  await webhookTrial(trial, receiver);
  await trial.paysOn(3);
  await until(allTold(trial, receiver));
  receiver.answering = well;
  const before = receiver.received.length;
  const recoveredMs = await until(async () => new Set(receiver.ids().slice(before)).size >= trial.paid);
  await trial.sound();
  return { core: 'goes_on', told: null, recoveredMs };
}

/** Killed, and back a while later: what happened meanwhile is in the stream as well. */
async function redis(): Promise<Seen> {
  const server = await RedisServer.start();
  const trial = await Trial.open({ flags: ['--redis', server.url] });
  const has = (transfers: number) => async (): Promise<boolean> =>
    (await server.entries('florin:events')).filter(({ type }) => type === 'transfer.posted').length === transfers;
  await trial.paysOn();
  await until(has(trial.paid));
  await server.kill();
  await trial.paysOn();
  await until(async () => trial.server.err.includes('the event stream broke off'));
  await server.start();
  const recoveredMs = await until(has(trial.paid));
  await trial.sound();
  return { core: 'goes_on', told: null, recoveredMs };
}

async function rulesFile(): Promise<Seen> {
  const file = ({ folder }: Site): string => join(folder, 'rules.json');
  const rules = JSON.stringify(Business.rules());
  const trial = await Trial.open((site) => {
    writeFileSync(file(site), rules);
    return { flags: ['--rules', file(site)] };
  });
  rmSync(file(trial.site));
  process.kill(trial.server.pid, 'SIGHUP');
  await until(async () => trial.server.err.includes('rules') || trial.server.out.includes('rules'));
  await trial.paysOn();
  writeFileSync(file(trial.site), rules);
  process.kill(trial.server.pid, 'SIGHUP');
  const recoveredMs = await until(() => trial.pay());
  await trial.sound();
  return { core: 'goes_on', told: null, recoveredMs };
}

/** On an engine in this process: the clock of a real one belongs to the machine. */
async function clock(): Promise<Seen> {
  const engine = await Engine.start();
  const times: number[] = [];
  const pay = async (): Promise<void> => {
    const { transfer } = await engine.transfer({ debit: 'a', credit: 'b', amount: 1, id: `t${times.length}` });
    times.push(transfer?.timeMs ?? Number.NaN);
  };
  for (const id of ['a', 'b']) await engine.open({ id, creditLimit: Infinity });
  await pay();
  engine.nowMs -= 3_600_000;
  await pay();
  engine.nowMs = CLOCK_START_MS + 1;
  await pay();
  expect(times).toEqual([CLOCK_START_MS, CLOCK_START_MS, CLOCK_START_MS + 1]);
  return { core: 'goes_on', told: null, recoveredMs: 0 };
}

const needsStrace = (run: () => Promise<Seen>): (() => Promise<Seen>) | null => (straceWorks ? run : null);

/** null: cannot be shown on this machine. */
export const OUTAGES: Readonly<Record<DependencyName, (() => Promise<Seen>) | null>> = {
  journal_disk: needsStrace(() => failingDisk('journal', 'error=ENOSPC:when=20')),
  state_store: needsStrace(() => failingDisk('state', 'error=EIO:when=8')),
  books_threads: booksThreads,
  books_reader: booksReader,
  channel,
  webhook_store: needsStrace(webhookStore),
  webhook_endpoint: webhookEndpoint,
  redis: redisIsThere ? redis : null,
  rules_file: rulesFile,
  clock,
};
