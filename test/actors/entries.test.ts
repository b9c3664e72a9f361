// Entries of an account: every transfer that moved it, newest first, page by page in both directions.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../actors/commands.ts';
import { legOf } from '../../actors/reading.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import { Engine } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';

let engine: Engine;

/** Changes and transfers by turns: some in a frame of their own, some together in one. */
async function tellStory(): Promise<void> {
  for (const id of ['bank', 'alice', 'shop', 'idle']) await engine.open({ id, creditLimit: Infinity });
  await engine.change({ id: 'alice', metadata: { note: 'first' } });
  await engine.batch(['t1', 'bank', 'alice', 100]);
  await Promise.all([
    engine.batch(['t2', 'alice', 'shop', 10], ['x1', 'bank', 'shop', 5], ['t3', 'alice', 'bank', 5]),
    engine.change({ id: 'alice', status: 'frozen' }),
    engine.batch(['t4', 'alice', 'shop', 1]),
    engine.change({ id: 'alice', status: 'active' }),
    engine.batch(['h1', 'alice', 'shop', 20, 1], ['h2', 'shop', 'alice', 7, 1, null, 60]),
  ]);
  await engine.batch(['x2', 'bank', 'shop', 1]);
  await engine.change({ id: 'alice', metadata: { note: 'second' } });
  await engine.change({ id: 'alice', metadata: { note: 'third' } });
  await engine.atomic(['t5', 'alice', 'shop', 1], ['t6', 'alice', 'nobody', 1]);
  await engine.batch(['c1', null, null, 6, 2, 'h1'], ['v1', null, null, null, 3, 'h1']);
  await engine.advance(60_000);
  await engine.batch(['t7', 'shop', 'alice', 3]);
}

/** Alice's entries as the journal has them, newest first. */
function entriesInJournal(): Entry[] {
  const entries = factsOf(engine.disk.journal).flatMap(({ fact, ...place }): Entry[] => {
    if (fact.kind !== 3) return [];
    if (fact.debit.account === 'alice') return [{ fact, ...place, side: 'debit' }];
    return fact.credit.account === 'alice' ? [{ fact, ...place, side: 'credit' }] : [];
  });
  return entries.toReversed();
}

function versionsOf(entries: readonly Entry[]): number[] {
  return entries.map((entry) => legOf(entry).version);
}

describe.each([
  ['as they happen', async () => {}],
  [
    'after a restart',
    async () => {
      engine = await engine.restart();
    },
  ],
  [
    'after a restart from a snapshot',
    async () => {
      await engine.snapshot();
      engine = await engine.restart();
    },
  ],
])('%s', (_, settle) => {
  beforeEach(async () => {
    engine = await Engine.start();
    await tellStory();
    await settle();
  });

  test('every transfer is there, with where it stands in the journal', async () => {
    const { verdict, entries, hasMore, account } = await engine.entries('alice');
    expect([verdict, hasMore, account?.id]).toEqual([0, false, 'alice']);
    expect(entries).toEqual(entriesInJournal());
    expect(entries.map(({ fact, side }) => `${fact.step} ${fact.transfer} ${side}`)).toEqual([
      'posted t7 credit',
      'expired h2 credit',
      'voided h1 debit',
      'captured h1 debit',
      'held h2 credit',
      'held h1 debit',
      'posted t3 debit',
      'posted t2 debit',
      'posted t1 credit',
    ]);
  });

  test('versions skip the changes in between', async () => {
    const { entries } = await engine.entries('alice');
    expect(versionsOf(entries)).toEqual([15, 14, 13, 12, 9, 8, 5, 4, 3]);
  });

  test.each([1, 2, 4, 8])('backwards in time, %i a page', async (limit) => {
    const seen: Entry[] = [];
    for (let before = 0, more = true; more;) {
      const page = await engine.entries('alice', { limit, before });
      seen.push(...page.entries);
      more = page.hasMore;
      before = versionsOf(seen).at(-1) ?? 0;
    }
    expect(seen).toEqual(entriesInJournal());
  });

  test.each([1, 2, 4, 8])('forwards in time, %i a page', async (limit) => {
    let seen: Entry[] = [];
    for (let after = 1, more = true; more;) {
      const page = await engine.entries('alice', { limit, after });
      seen = [...page.entries, ...seen];
      more = page.hasMore;
      after = versionsOf(seen)[0] ?? 0;
    }
    expect(seen).toEqual(entriesInJournal());
  });

  test('between two versions', async () => {
    const { entries, hasMore } = await engine.entries('alice', { before: 12, after: 4 });
    expect([versionsOf(entries), hasMore]).toEqual([[9, 8, 5], false]);
    const limited = await engine.entries('alice', { before: 12, after: 4, limit: 2 });
    expect([versionsOf(limited.entries), limited.hasMore]).toEqual([[8, 5], true]);
  });

  test('an account that nothing moved has none; one that is not there is refused', async () => {
    expect((await engine.entries('idle')).entries).toEqual([]);
    expect((await engine.entries('nobody')).verdict).toBe(numberOf('account_not_found'));
  });
});
