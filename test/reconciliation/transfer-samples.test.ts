// Plain transfers: some of them are looked for in the books, and what is wrong anywhere before them on their accounts is told.

import { expect, onTestFinished, test } from 'vitest';
import { Engine, MERCHANT } from '../support/engine.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withFact, plantInBooks } from './support/planting.ts';
import { Watched } from './support/watched.ts';

const TRANSFERS = 40;
/** Between two frames: each tenth one is sampled, so 1, 11, 21, 31 and 41. */
const FRAME_MS = 10;

type Site = { readonly engine: Engine; readonly frames: Uint8Array[]; readonly watched: Watched };

/** alice pays bob so often, each time in a frame of its own, and then carol once, which no sample sees. */
async function site(): Promise<Site> {
  const engine = await Engine.start();
  for (const id of ['alice', 'bob', 'carol']) await engine.open({ id, creditLimit: Infinity });
  for (let nth = 0; nth < TRANSFERS; nth++) await engine.transfer({ debit: 'alice', credit: 'bob', amount: 10 + nth });
  await engine.transfer({ debit: 'alice', credit: 'carol', amount: 1 });
  const { journal } = engine.disk;
  const frames = Array.from({ length: journal.position() }, (_, at) => new Uint8Array(journal.read(at + 1) ?? []));
  const watched = new Watched(temporaryFolder());
  onTestFinished(() => watched.close());
  for (const frame of frames) watched.books.book(frame);
  await watched.books.flush();
  return { engine, frames, watched };
}

const told = ({ watched }: Site): string[] =>
  watched.told.map(({ breach: { invariant, account } }) => `${invariant} ${account}`);

async function follow({ watched }: Site, frames: readonly Uint8Array[]): Promise<void> {
  for (const frame of frames) {
    watched.reconciler.follow(frame, watched.nowMs);
    watched.nowMs += FRAME_MS;
  }
  await watched.pass(0);
  await watched.pass(61_000);
  expect([watched.reconciler.waiting, watched.reconciler.skipped]).toEqual([0, 0]);
}

test('where nothing is wrong nothing is told', async () => {
  const made = await site();
  await follow(made, made.frames);
  expect(made.watched.reconciler.asks(10).map(({ account }) => account)).toEqual(['alice', 'bob']);
  expect(told(made)).toEqual([]);
});

test('an entry that is wrong in the books is told by a sample that comes after it', async () => {
  const made = await site();
  // Of frame 7.
  await plantInBooks(made.watched.books, MERCHANT, 'bob', 5, 'amount');
  await follow(made, made.frames);
  expect(told(made)).toEqual(['books_entry bob']);
});

test.each(['version', 'available'] as const)('a fact whose %s does not follow is told', async (field) => {
  const made = await site();
  const changed = withFact(made.frames[20] as Uint8Array, 0, (fact) => {
    if (fact.kind !== 3) throw new Error('frame 21 has no transfer');
    return { ...fact, credit: { ...fact.credit, [field]: fact.credit[field] + 1 } };
  });
  await follow(made, made.frames.with(20, changed));
  expect(told(made)).toEqual(['books_entry bob']);
});

test('an engine that has another balance than the books is told', async () => {
  const made = await site();
  await follow(made, made.frames);
  const { reconciler } = made.watched;
  const position = made.frames.length;
  const asked = await Promise.all(
    reconciler.asks(10).map(async ({ merchant, account }) => {
      const { version, available } = await made.engine.account(account);
      return { merchant, account, version, position, available: available + (account === 'bob' ? 1 : 0) };
    }),
  );
  reconciler.heard(asked, []);
  await made.watched.pass(0);
  expect(told(made)).toEqual(['engine_balance bob']);
});
