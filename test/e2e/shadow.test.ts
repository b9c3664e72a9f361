// Stress traffic beside business from end to end: the built program and two channel simulators, each a process of its own, under the
// same merchant, names and secrets. Business has to be as if there were no stress traffic at all.

import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isShadow } from '../../src/domain/shadow.ts';
import { readFrame } from '../../src/journal/frame.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import type { StressReport } from '../../src/cli/stress/stress-report.ts';
import { factsOf } from '../support/journal-facts.ts';
import type { Receiver } from '../support/receiver.ts';
import { florin } from './support/program.ts';
import { TwoWorlds } from './support/two-worlds.ts';

const ROUNDS = { business: 12, shadow: 18 } as const;

/** Last digits of amounts: what is of which. */
const ODD = { business: 0, shadow: 7 } as const;

const PATIENCE = { timeout: 40_000, interval: 50 };

type Event = { readonly type: string; readonly data: { readonly amount?: number } };

/** How many of each type came, and the last digits of their amounts, once as many have come as there are events of business. */
async function toldBy(
  { received }: Receiver,
  worlds: TwoWorlds,
): Promise<{ types: object; digits: readonly number[] }> {
  const events = await vi.waitFor(async () => {
    const ids = new Set(received.map(({ headers }) => headers['webhook-id']));
    expect(await worlds.metric('webhook_open')).toBe(0);
    expect(await worlds.metric('webhook_lag_records')).toBe(0);
    const all = received.map(({ text, headers }) => ({ id: headers['webhook-id'], ...(JSON.parse(text) as Event) }));
    return [...ids].map((id) => all.find((event) => event.id === id) as Event);
  }, PATIENCE);
  const types: Record<string, number> = {};
  for (const { type } of events) types[type] = (types[type] ?? 0) + 1;
  const digits = new Set(events.flatMap(({ data }) => (data.amount === undefined ? [] : [data.amount % 10])));
  return { types, digits: [...digits] };
}

/** All that business has, of whatever is kept of it. */
async function businessOf(worlds: TwoWorlds): Promise<object> {
  const told = await toldBy(worlds.receiver, worlds);
  expect(told.digits).toEqual([ODD.business]);
  const { seen, billed, channel } = {
    seen: await worlds.business.seen(),
    billed: await worlds.operator.reconcile(),
    channel: await worlds.channelBooks('business'),
  };
  const posted = await worlds.metric('payments_total{op="post",outcome="ok"}');
  const breaches = (await worlds.metrics())
    .split('\n')
    .filter((line) => /^florin_invariant_violations.* [^0]/.test(line));
  return { seen, billed, channel, posted, types: told.types, breaches };
}

/** Whose the frames in a journal are, and which marks its facts bear. */
async function marksIn(folder: string): Promise<{ shadow: Set<boolean>; marks: Set<boolean>; facts: number }> {
  const journal = openLmdbJournal(folder);
  try {
    const shadow = new Set<boolean>();
    for (let seq = 1; seq <= journal.position(); seq++)
      shadow.add(isShadow(readFrame(journal.read(seq) ?? new Uint8Array()).partition));
    const facts = factsOf(journal);
    return { shadow, marks: new Set(facts.map(({ fact }) => fact.context.shadow)), facts: facts.length };
  } finally {
    await journal.close();
  }
}

async function verified(data: string): Promise<void> {
  const { out, err, code } = await florin('verify', '--data', data);
  expect([code, err, out.includes('verified')]).toEqual([0, err, true]);
}

test('business beside stress traffic is what it is alone, and nothing of either is in a store of the other', async () => {
  const alone = await TwoWorlds.open({ shadow: false });
  await alone.business.open();
  await alone.business.work(ROUNDS.business, ODD.business);
  const expected = await businessOf(alone);
  await alone.server.stop();

  const mixed = await TwoWorlds.open({ shadow: true });
  await Promise.all([mixed.business.open(), mixed.shadow.open()]);
  await Promise.all([mixed.business.work(ROUNDS.business, ODD.business), mixed.shadow.work(ROUNDS.shadow, ODD.shadow)]);
  expect(await businessOf(mixed)).toEqual(expected);

  // Stress traffic has its own of everything, counted apart.
  expect(await mixed.metric('shadow_payments_total{op="post",outcome="ok"}')).toBe(ROUNDS.shadow);
  expect(await mixed.metric('payments_total{op="post",outcome="ok"}')).toBe(ROUNDS.business);
  const succeeded = '{channel="card",outcome="succeeded"}';
  expect(await mixed.metric(`shadow_channel_requests_total${succeeded}`)).toBeGreaterThan(0);
  const { balance } = (await mixed.shadow.seen()) as { balance: readonly { closing_balance: number; side?: string }[] };
  expect(await mixed.metric('shadow_callbacks_total{result="taken"}')).toBeGreaterThan(ROUNDS.shadow / 2);
  expect(balance.length).toBeGreaterThan(3);
  expect(await mixed.channelBooks('shadow')).not.toEqual(await mixed.channelBooks('business'));

  await mixed.server.stop();
  const { data } = mixed.site;
  const [business, stress] = [await marksIn(join(data, 'journal')), await marksIn(join(data, 'shadow', 'journal'))];
  expect([business.shadow, business.marks]).toEqual([new Set([false]), new Set([false])]);
  expect([stress.shadow, stress.marks]).toEqual([new Set([true]), new Set([true])]);
  expect(stress.facts).toBeGreaterThan(business.facts);
  await verified(data);
  await verified(join(data, 'shadow'));
}, 120_000);

test('a callback of stress traffic that loses its way to business is refused, and the order ends by being asked for', async () => {
  const worlds = await TwoWorlds.open({ shadow: true, shadowCallback: 'card' });
  await Promise.all([worlds.business.open(), worlds.shadow.open()]);
  const before = await worlds.business.seen();
  await worlds.shadow.work(6, ODD.shadow);
  await vi.waitFor(
    async () => expect(await worlds.metric('callbacks_total{result="refused"}')).toBeGreaterThan(0),
    PATIENCE,
  );
  expect(await worlds.metric('callbacks_total{result="taken"}')).toBe(0);
  expect(await worlds.business.seen()).toEqual(before);
  await worlds.server.stop();
  expect(worlds.server.out + worlds.server.err).toContain('"reason":"shadow_mismatch"');
  await verified(worlds.site.data);
  await verified(join(worlds.site.data, 'shadow'));
}, 60_000);

test('florin stress report says what a server carries while stress traffic runs', async () => {
  const worlds = await TwoWorlds.open({ shadow: true });
  await worlds.shadow.open();
  let reported: Awaited<ReturnType<typeof florin>> | null = null;
  const asked = florin(
    'stress',
    'report',
    '--ops-port',
    String(worlds.site.opsPort),
    '--seconds',
    '3',
    '--target',
    '50000',
    '--json',
  );
  void asked.then((ran) => (reported = ran));
  const isOver = (): boolean => reported !== null;
  const days = async (): Promise<void> => {
    for (let day = 0; !isOver(); day++) await worlds.shadow.work(6, ODD.shadow, `day-${day}`);
  };
  await Promise.all([worlds.shadow.transfer(isOver), days()]);
  const { out, err, code } = await asked;
  expect([code, err]).toEqual([0, '']);
  const report = JSON.parse(out) as StressReport;
  expect(report).toMatchObject({ world: 'shadow', target: 50_000, ceiling: 0.7 });
  const modules = report.capacity?.modules ?? [];
  expect(modules.map(({ module }) => module)).toEqual([
    'gateway',
    'engine',
    'engine thread',
    'journal',
    'books',
    'channel card: places',
    'channel card: rate',
    'channel card, queries: places',
    'channel card, queries: rate',
    'cores',
  ]);
  for (const { module, utilisation } of modules.filter((one) => !one.module.includes('queries'))) {
    expect.soft(utilisation, module).toBeGreaterThan(0);
    expect.soft(utilisation, module).toBeLessThan(1.05);
  }
  expect(report.measured.mix.transfer).toBeGreaterThan(0.2);
  expect(report.capacity?.instances).toBe(Math.ceil(50_000 / (report.capacity?.limit?.perSecond ?? 1)));
}, 60_000);
