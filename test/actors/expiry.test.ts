// Holds end by themselves, in whatever state the engine is when their time comes (I8).

import { expect, test, vi } from 'vitest';
import type { BatchMember } from '../../actors/commands.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import { Engine, memoryDisk, turns, type EngineOptions } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';

const HOLD: BatchMember = ['h1', 'alice', 'shop', 40, 1, null, 60];

async function start(options: EngineOptions = {}): Promise<Engine> {
  const engine = await Engine.start(memoryDisk(), options);
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  expect(await engine.batch(['in', 'bank', 'alice', 100])).toEqual([0]);
  return engine;
}

function expiredIn(engine: Engine): string[] {
  return factsOf(engine.disk.journal).flatMap(({ fact }) =>
    fact.kind === 3 && fact.step === 'expired' ? [fact.transfer] : [],
  );
}

async function expectGivenBack(engine: Engine): Promise<void> {
  expect(await engine.balance('alice')).toEqual([100, 0, 0]);
  expect(await engine.balance('shop')).toEqual([0, 0, 0]);
  expect(expiredIn(engine)).toEqual(['h1']);
}

test('not a millisecond early, and only once', async () => {
  const engine = await start();
  await engine.batch(HOLD);
  await engine.advance(59_999);
  expect(await engine.balance('alice')).toEqual([60, 40, 0]);
  await engine.advance(1);
  await expectGivenBack(engine);
  await engine.advance(600_000);
  await expectGivenBack(engine);
});

test('without a time of its own it lives as long as the configuration says', async () => {
  const engine = await start({ limits: { holdExpiryDefaultSeconds: 5 } });
  await engine.batch(['h1', 'alice', 'shop', 40, 1]);
  await engine.advance(4_999);
  expect(await engine.balance('alice')).toEqual([60, 40, 0]);
  await engine.advance(1);
  await expectGivenBack(engine);
});

test('what was captured stays captured; the fact says what came back, and for whom', async () => {
  const engine = await start();
  await engine.batch(HOLD, ['c1', null, null, 15, 2, 'h1']);
  await engine.advance(60_000);
  expect(await engine.balance('alice')).toEqual([85, 0, 0]);
  const { transfer } = await engine.readTransfer('h1');
  expect(transfer?.fact).toMatchObject({ step: 'expired', status: 'expired', moved: 25, captured: 15, released: 25 });
  expect(transfer?.fact.context).toMatchObject({ merchant: 'acme', origin: 'timer' });
});

test('accounts that are frozen get their money back, too', async () => {
  const engine = await start();
  await engine.batch(HOLD);
  for (const id of ['alice', 'shop']) await engine.change({ id, status: 'frozen' });
  await engine.advance(60_000);
  await expectGivenBack(engine);
});

test('a hold that ended before its time is left alone', async () => {
  const engine = await start();
  await engine.batch(HOLD, ['c1', null, null, null, 2, 'h1'], ['h2', 'alice', 'shop', 5, 1, null, 60]);
  await engine.batch(['v2', null, null, null, 3, 'h2']);
  await engine.advance(60_000);
  expect(expiredIn(engine)).toEqual([]);
  expect(await engine.batch(['c3', null, null, 1, 2, 'h1'])).toEqual([numberOf('hold_not_open')]);
});

test('many at once, the earliest first', async () => {
  const engine = await start();
  const lives = [30, 10, 50, 20, 40, 10];
  await engine.batch(...lives.map((seconds, n): BatchMember => [`h${n}`, 'alice', 'shop', 1, 1, null, seconds]));
  await engine.advance(39_000);
  expect(expiredIn(engine).slice(2)).toEqual(['h3', 'h0']);
  expect(expiredIn(engine).slice(0, 2).toSorted()).toEqual(['h1', 'h5']);
  await engine.advance(11_000);
  expect(expiredIn(engine).slice(4)).toEqual(['h4', 'h2']);
  expect(await engine.balance('alice')).toEqual([100, 0, 0]);
});

test.each([
  ['from the journal', 'none'],
  ['from a snapshot taken before the hold', 'before'],
  ['from a snapshot taken after the hold', 'after'],
  ['from two snapshots', 'both'],
])('after a restart %s', async (_, snapshots) => {
  const engine = await start();
  if (snapshots === 'before' || snapshots === 'both') await engine.snapshot();
  await engine.batch(HOLD);
  if (snapshots === 'after' || snapshots === 'both') await engine.snapshot();
  const next = await engine.restart();
  await next.advance(59_999);
  expect(await next.balance('alice')).toEqual([60, 40, 0]);
  await next.advance(1);
  await expectGivenBack(next);
});

test('while the engine was down: at its next start', async () => {
  const engine = await start();
  await engine.batch(HOLD);
  engine.crash();
  const next = await Engine.start(engine.disk, { startMs: engine.nowMs + 60_000 });
  await turns();
  await expectGivenBack(next);
});

test('though its actor is not in memory', async () => {
  const engine = await start({ limits: { residentHoldsMax: 1 } });
  await engine.batch(HOLD, ['h2', 'alice', 'shop', 5, 1, null, 90], ['h3', 'alice', 'shop', 5, 1, null, 90]);
  await turns();
  expect(engine.partition.desk.transfers.size).toBe(1);
  await engine.advance(60_000);
  expect(expiredIn(engine)).toEqual(['h1']);
  expect(await engine.batch(['c2', null, null, 5, 2, 'h2'])).toEqual([2]);
  await engine.advance(30_000);
  expect(expiredIn(engine)).toEqual(['h1', 'h3']);
});

test('though nobody asks the engine for anything meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    const engine = await start({ realTime: true });
    await engine.batch(HOLD);
    await turns();
    await vi.advanceTimersByTimeAsync(59_000);
    await turns();
    expect(expiredIn(engine)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_001);
    await turns();
    expect(expiredIn(engine)).toEqual(['h1']);
  } finally {
    vi.useRealTimers();
  }
});

test('and a later hold does not put off an earlier one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    const engine = await start({ realTime: true });
    await engine.batch(['h9', 'alice', 'shop', 1, 1, null, 600]);
    await engine.batch(HOLD);
    await turns();
    await vi.advanceTimersByTimeAsync(60_001);
    await turns();
    expect(expiredIn(engine)).toEqual(['h1']);
    await vi.advanceTimersByTimeAsync(540_000);
    await turns();
    expect(expiredIn(engine)).toEqual(['h1', 'h9']);
  } finally {
    vi.useRealTimers();
  }
});
