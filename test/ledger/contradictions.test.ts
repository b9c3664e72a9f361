// What does not follow from what the books have is not booked, and nothing of its frame is.

import { describe, expect, test } from 'vitest';
import { isTransfer, type AccountChanged, type Fact, type TransferFact } from '../../src/domain/facts.ts';
import { FrameDamage, frameHash, readFrame } from '../../src/journal/frame.ts';
import { decodeFacts } from '../../src/journal/payload.ts';
import { LedgerContradiction } from '../../src/ledger/shard-books.ts';
import { temporaryFolder } from '../support/folder.ts';
import { frameOf, frameWith, MadeJournal } from './support/made-journal.ts';
import { contentsOf } from './support/shard-contents.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SHARDS = 2;

/** Opens three accounts, moves money by every step, and then the frame that is altered. */
function madeJournal(): MadeJournal {
  const made = new MadeJournal();
  made.day('2027-01-15');
  for (const id of ['ann', 'bob', 'cid', 'dan', 'eve']) made.open(id, id === 'eve' ? 'CZK' : 'EUR');
  made.frame();
  made.move('posted', 'ann', 'bob', 1_000);
  for (const hold of ['h1', 'h2', 'h3', 'h4']) made.move('held', 'bob', 'cid', 100, hold);
  made.change('cid');
  made.frame();
  made.change('ann');
  made.move('posted', 'ann', 'bob', 50);
  made.move('held', 'bob', 'cid', 10, 'h5');
  made.move('captured', 'bob', 'cid', 60, 'h1');
  made.move('voided', 'bob', 'cid', 40, 'h1');
  made.move('expired', 'bob', 'cid', 100, 'h2');
  made.move('reversed', 'ann', 'bob', 1_000, 't1');
  made.frame();
  return made;
}

type Alter = (facts: Fact[]) => Fact[];

const STEPS = ['posted', 'held', 'captured', 'voided', 'expired', 'reversed'] as const;

function moved(step: TransferFact['step'], change: (fact: TransferFact) => object): Alter {
  return (facts) => facts.map((fact) => (isTransfer(fact) && fact.step === step ? { ...fact, ...change(fact) } : fact));
}

function changed(change: (fact: AccountChanged) => Partial<AccountChanged>): Alter {
  return (facts) => facts.map((fact) => (fact.kind === 2 ? { ...fact, ...change(fact) } : fact));
}

function balances(available: number, held: number, pending: number): Alter {
  return changed(({ balances: [a, h, p] }) => ({ balances: [a + available, h + held, p + pending] }));
}

const ALTERED: readonly [string, Alter][] = [
  ...STEPS.flatMap((step): [string, Alter][] => [
    [`${step}: payer's version`, moved(step, ({ debit }) => ({ debit: { ...debit, version: debit.version + 1 } }))],
    [`${step}: payee's version`, moved(step, ({ credit }) => ({ credit: { ...credit, version: credit.version - 1 } }))],
    [`${step}: payer's balance`, moved(step, ({ debit }) => ({ debit: { ...debit, available: debit.available + 1 } }))],
    [
      `${step}: payee's balance`,
      moved(step, ({ credit }) => ({ credit: { ...credit, available: credit.available - 1 } })),
    ],
    [`${step}: amount`, moved(step, ({ amount, moved: was }) => ({ amount: amount + 1, moved: was + 1 }))],
    [`${step}: currency`, moved(step, () => ({ currency: 'CZK' }))],
    [`${step}: another payer`, moved(step, ({ debit }) => ({ debit: { ...debit, account: 'dan' } }))],
    [`${step}: another payee`, moved(step, ({ credit }) => ({ credit: { ...credit, account: 'dan' } }))],
    [`${step}: a payer in another currency`, moved(step, ({ debit }) => ({ debit: { ...debit, account: 'eve' } }))],
    [`${step}: a payer that was never opened`, moved(step, ({ debit }) => ({ debit: { ...debit, account: 'fay' } }))],
    [`${step}: another merchant`, moved(step, ({ context }) => ({ context: { ...context, merchant: 'other' } }))],
  ]),
  ['posted becomes held', moved('posted', () => ({ step: 'held' }))],
  ['held becomes posted', moved('held', () => ({ step: 'posted' }))],
  ['captured becomes voided', moved('captured', () => ({ step: 'voided' }))],
  ['voided becomes captured', moved('voided', () => ({ step: 'captured' }))],
  ['changed: version', changed(({ version }) => ({ version: version + 1 }))],
  ['changed: account', changed(() => ({ account: 'bob' }))],
  ['changed: available', balances(1, 0, 0)],
  ['changed: held', balances(0, 1, 0)],
  ['changed: pending', balances(0, 0, 1)],
  ['changed: never opened', changed(() => ({ account: 'fay' }))],
  ['a transfer is missing', (facts) => facts.filter((fact) => fact.kind !== 3 || fact.step !== 'held')],
  ['a change is missing', (facts) => facts.filter((fact) => fact.kind !== 2)],
  ['a transfer twice', (facts) => facts.flatMap((fact): Fact[] => (fact.kind === 3 ? [fact, fact] : [fact]))],
  ['two in the wrong order', (facts) => facts.toReversed()],
  ['an account is opened again', (facts) => [...facts, ...openings()]],
];

function openings(): Fact[] {
  const [first = new Uint8Array()] = madeJournal().frames;
  return decodeFacts(readFrame(first).payload).filter(({ kind }) => kind === 1);
}

/** Books two frames, flushes, and then the third one, altered by `alter`; says what came of it. */
async function booked(workers: number, alter: (frame: Uint8Array) => Uint8Array): Promise<unknown> {
  const { frames } = madeJournal();
  const folder = temporaryFolder();
  const books = new KeptBooks(folder, SHARDS, workers);
  for (const frame of frames.slice(0, 2)) books.book(frame);
  await books.flush();
  const before = await contentsOf(folder, SHARDS);
  const altered = alter(frames[2] ?? new Uint8Array());
  const errors = books.keepers.flatMap((keeper) => {
    try {
      keeper.book(altered);
      return [];
    } catch (error) {
      // From now on it books and flushes nothing, whatever it is asked.
      expect(() => keeper.book(altered)).toThrow(error);
      return [{ keeper, error }];
    }
  });
  for (const { keeper, error } of errors) await expect(keeper.flush()).rejects.toBe(error);
  if (errors.length === workers) expect(await contentsOf(folder, SHARDS)).toEqual(before);
  await books.close();
  return errors[0]?.error;
}

function withFacts(alter: Alter): (frame: Uint8Array) => Uint8Array {
  return (frame) => {
    const { payload, seq, timeMs, previousHash } = readFrame(frame);
    return frameOf(alter(decodeFacts(payload)), seq, timeMs, previousHash);
  };
}

test('as it was made, it is booked', async () => {
  expect(
    await booked(
      1,
      withFacts((facts) => facts),
    ),
  ).toBeUndefined();
  expect(
    await booked(
      2,
      withFacts((facts) => facts),
    ),
  ).toBeUndefined();
});

describe('a contradiction:', () => {
  test.each(ALTERED)('%s', async (_, alter) => {
    expect(await booked(1, withFacts(alter))).toBeInstanceOf(LedgerContradiction);
    // Of two workers, those find it whose accounts it concerns.
    expect(await booked(2, withFacts(alter))).toBeInstanceOf(LedgerContradiction);
  });

  test('a frame that came too early', async () => {
    const early = (frame: Uint8Array): Uint8Array =>
      frameOf(decodeFacts(readFrame(frame).payload), 4, 0, frameHash(frame));
    expect(await booked(1, early)).toBeInstanceOf(LedgerContradiction);
  });

  test('facts that these books cannot read', async () => {
    expect(
      await booked(1, (frame) => frameWith(Uint8Array.of(0xc1), { ...readFrame(frame), count: 1 })),
    ).toBeInstanceOf(LedgerContradiction);
  });
});

test('a frame that follows another one than the shards have, when they were opened anew', async () => {
  const { frames } = madeJournal();
  const folder = temporaryFolder();
  const books = new KeptBooks(folder, SHARDS);
  for (const frame of frames.slice(0, 2)) books.book(frame);
  await books.flush();
  await books.close();
  const [, , third = new Uint8Array()] = frames;
  const { payload, ...head } = readFrame(third);
  const stranger = frameWith(payload, { ...head, previousHash: frameHash(third) });
  const forked = new KeptBooks(folder, SHARDS);
  expect(() => forked.book(stranger)).toThrow(/frame 3 does not follow .* rebuild/);
  await forked.close();
  const again = new KeptBooks(folder, SHARDS);
  again.book(third);
  await again.flush();
  await again.close();
});

test('a flipped bit anywhere in a frame is damage', async () => {
  const flipped = (at: number) => (frame: Uint8Array) => {
    const copy = Uint8Array.from(frame);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  for (const at of [0, 20, 70, 200]) expect(await booked(1, flipped(at))).toBeInstanceOf(FrameDamage);
});
