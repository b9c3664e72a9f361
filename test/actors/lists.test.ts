// Lists of accounts: newest first, in the order of opening, page by page in both directions, whatever part of them is
// in memory, in the store, or on its way there.

import { beforeEach, describe, expect, test } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import type { StateStore } from '../../src/journal/state-store.ts';
import { Engine, memoryDisk } from '../support/engine.ts';
import { Life } from '../support/life.ts';

const COUNT = 25;
const ids = Array.from({ length: COUNT }, (_, n) => `a${n}`);
const newestFirst = ids.toReversed();

let engine: Engine;

async function page(range: { limit?: number; after?: string; before?: string }): Promise<[string[], boolean]> {
  const { verdict, accounts, hasMore } = await engine.list(range);
  expect(verdict).toBe(0);
  return [accounts.map(({ id }) => id), hasMore];
}

describe.each([
  ['in memory', async () => {}],
  ['in the store', async () => engine.snapshot()],
  [
    'half in the store',
    async () => {
      await engine.snapshot();
      for (const id of ['b0', 'b1', 'b2']) await engine.open({ id }, undefined, 'globex');
    },
  ],
  [
    'replayed',
    async () => {
      engine = await engine.restart();
    },
  ],
])('%s', (_, settle) => {
  beforeEach(async () => {
    engine = await Engine.start();
    for (const [n, id] of ids.entries()) {
      await engine.open({ id });
      await engine.open({ id: `other${n}` }, undefined, 'globex');
      if (n === 10) await engine.snapshot();
    }
    await settle();
  });

  test('everything', async () => {
    expect(await page({})).toEqual([newestFirst, false]);
    expect(await page({ limit: COUNT })).toEqual([newestFirst, false]);
  });

  test.each([1, 7, 10, 24])('backwards in time, %i a page', async (limit) => {
    const seen: string[] = [];
    for (let [found, more] = await page({ limit }); ; [found, more] = await page({ limit, after: seen.at(-1) ?? '' })) {
      seen.push(...found);
      expect(more).toBe(seen.length < COUNT);
      if (!more) break;
    }
    expect(seen).toEqual(newestFirst);
  });

  test.each([1, 7, 10, 24])('forwards in time, %i a page', async (limit) => {
    let seen = ['a0'];
    for (let more = true; more;) {
      const [found, hasMore] = await page({ limit, before: seen[0] ?? '' });
      seen = [...found, ...seen];
      more = hasMore;
      expect(more).toBe(seen.length < COUNT);
    }
    expect(seen).toEqual(newestFirst);
  });

  test('between two accounts', async () => {
    expect(await page({ after: 'a20', before: 'a5' })).toEqual([newestFirst.slice(5, 19), false]);
    expect(await page({ after: 'a13', before: 'a12' })).toEqual([[], false]);
  });

  test('past either end', async () => {
    expect(await page({ after: 'a0' })).toEqual([[], false]);
    expect(await page({ before: 'a24' })).toEqual([[], false]);
  });

  test('another merchant sees its own', async () => {
    const { accounts } = await engine.list({ limit: 2 }, 'globex');
    expect(accounts.every(({ merchant }) => merchant === 'globex')).toBe(true);
    expect((await engine.list({}, 'nobody')).accounts).toEqual([]);
  });
});

test("a page beside an account that does not exist, or is another merchant's, is refused", async () => {
  engine = await Engine.start();
  await engine.open({ id: 'theirs' }, undefined, 'globex');
  for (const range of [{ after: 'nobody' }, { before: 'nobody' }, { after: 'theirs' }]) {
    expect((await engine.list(range)).verdict).toBe(numberOf('query_invalid'));
  }
});

test('a list that is read while a snapshot is completed has everyone once', async () => {
  const disk = memoryDisk();
  const hearings: (() => void)[] = [];
  const complete: StateStore['complete'] = async (snapshot) => {
    await disk.store.complete(snapshot);
    // The store has it, and the engine has not heard of it yet.
    await new Promise<void>((resolve) => hearings.push(resolve));
  };
  const store: StateStore = { ...new Life().store(disk.store), complete };
  engine = await Engine.start({ ...disk, store });
  for (const id of ids) await engine.open({ id });
  const taken = engine.snapshot();
  await expect.poll(() => hearings.length).toBe(1);
  expect((await page({}))[0]).toEqual(newestFirst);
  hearings[0]?.();
  await taken;
  expect((await page({}))[0]).toEqual(newestFirst);
});
