// Vouchers of orders in the books: thousands of them at random, booked by one worker or by several, say what the engine
// says, and whoever alters one is found. FLORIN_SEED repeats a run.

import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import { verify } from '../../actors/verification.ts';
import { Contradiction } from '../../actors/replay.ts';
import { reversalOfLines, type VoucherRequest } from '../../src/domain/books/order-voucher.ts';
import type { Account } from '../../src/domain/accounts.ts';
import type { Fact } from '../../src/domain/facts.ts';
import type { VoucherPosted } from '../../src/domain/order-facts.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import type { BookedEntry } from '../../src/ledger/entry-block.ts';
import { LedgerContradiction } from '../../src/ledger/shard-books.ts';
import { shardOf, SHARDS } from '../../src/ledger/shards.ts';
import { readStatement } from '../../src/ledger/statement.ts';
import { imbalances, trialBalance } from '../../src/ledger/trial-balance.ts';
import { BooksVerification } from '../../src/ledger/verification.ts';
import { forged, rechained } from '../support/damaged-journal.ts';
import { Engine, memoryDisk, MERCHANT } from '../support/engine.ts';
import { temporaryFolder } from '../support/folder.ts';
import { factsOf } from '../support/journal-facts.ts';
import {
  arrived,
  completed,
  coupon,
  feeReturned,
  FEE,
  hold,
  party,
  post,
  release,
  settled,
  take,
  topUp,
  voucher,
  ESCROW,
} from '../support/postings.ts';
import { contentsOf } from './support/shard-contents.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);
const VOUCHERS = 5_000;
const USERS = Array.from({ length: 40 }, (_, n) => `user-${n}`);

let frames: readonly Uint8Array[];
let accounts: readonly Account[];
let posted = 0;

beforeAll(async () => {
  const disk = memoryDisk();
  const engine = await Engine.start(disk);
  const random = new Random(SEED);
  const oneOf = <T>(all: readonly T[]): T => all[random.below(all.length)] as T;
  await engine.open({ id: 'shop', kind: 'merchant' });
  for (const id of USERS) await engine.open({ id });
  const holds: { user: string; amount: number }[] = [];
  const anything = (): VoucherRequest[] => {
    const user = oneOf(USERS);
    const amount = 1 + random.below(500);
    switch (random.below(9)) {
      case 0:
        holds.push({ user, amount });
        return [topUp(user, amount), hold(user, amount)];
      case 1:
      case 2: {
        const [held] = holds.splice(random.below(holds.length || 1), 1);
        if (!held) return [];
        if (random.below(3) === 0) return [release(held.user, held.amount)];
        return [take(held.user, held.amount), completed(held.amount), settled(held.amount, random.below(held.amount))];
      }
      case 3:
        return [coupon(amount), arrived(amount), completed(2 * amount)];
      case 4: {
        const payees = [...new Set([oneOf(USERS), oneOf(USERS), oneOf(USERS)])];
        const parts = payees.map((account) => ({ ...party(`@pending:${account}`), amount }));
        return [
          arrived(amount * parts.length),
          voucher(
            'PY4',
            { payment_transit: party('@payment_transit:EUR'), receiver: party(ESCROW) },
            { total: amount * parts.length },
          ),
          voucher('GC1', { escrow: party(ESCROW) }, { total: amount * parts.length }, parts),
        ];
      }
      case 5:
        return [feeReturned(amount)];
      default:
        return [topUp(user, amount)];
    }
  };
  while (posted < VOUCHERS) {
    const posting = await post(engine, ...anything());
    posted += posting.posted.length;
    const [first] = posting.vouchers;
    const at = posting.posted[0];
    if (!first || !at || first.code !== 'RC1' || posting.vouchers.length > 1 || random.below(4) > 0) continue;
    posted += (await post(engine, reversalOfLines(first, at))).posted.length;
  }
  accounts = [...engine.partition.desk.accounts.residents()];
  frames = Array.from({ length: disk.journal.position() }, (_, at) => disk.journal.read(at + 1) ?? new Uint8Array());
  engine.crash();
  console.info(`order-vouchers.test.ts: ${posted} vouchers, FLORIN_SEED=${SEED}`);
}, 60_000);

async function booked(workers: number): Promise<KeptBooks> {
  const books = new KeptBooks(temporaryFolder(), SHARDS, workers);
  for (const frame of frames) books.book(frame);
  await books.flush();
  return books;
}

test('the books have what the engine has, and the trial balance is 0', async () => {
  const books = await booked(1);
  for (const account of accounts) {
    const { available, held, pending, version } = account;
    const balances = books.keepers[0]?.balances(account.merchant, account.id);
    expect(balances, account.id).toMatchObject({ available, held, pending, version });
  }
  expect([...imbalances(books.stores).values()].every((sum) => sum === 0n)).toBe(true);
  const rows = trialBalance(books.stores, MERCHANT, '9999-12-31');
  expect(rows.find(({ subject }) => subject === 2990)?.closing).toBe(0n);
  expect(rows.find(({ subject }) => subject === 4001)?.closing).toBe(
    BigInt(accounts.find(({ id }) => id === FEE)?.available ?? -1),
  );
  await books.close();
});

test('whoever keeps the shards, the books are the same to the byte, each shard balanced', async () => {
  const [one, three] = [await booked(1), await booked(3)];
  for (const store of three.stores) expect([...imbalances([store]).values()].every((sum) => sum === 0n)).toBe(true);
  const folders = [one.folder, three.folder];
  await one.close();
  await three.close();
  const [expected, found] = await Promise.all(folders.map((folder) => contentsOf(folder, SHARDS)));
  expect(found).toEqual(expected);
});

test('a statement says what happened, for which order, and with whom', async () => {
  const books = await booked(1);
  const query = { before: 0, after: 0, limit: 100_000, newestFirst: false, type: '', places: null } as const;
  const entriesOf = (account: string) => {
    const store = books.stores[shardOf(MERCHANT, account, SHARDS)];
    if (!store) throw new Error('no store');
    return readStatement(store, { merchant: MERCHANT, account, ...query, fromMs: 0, toMs: Infinity })?.entries ?? [];
  };
  const user = USERS.flatMap(entriesOf);
  const shop = entriesOf('shop');
  const kinds = (of: readonly BookedEntry[]): string[] =>
    [...new Set(of.map(({ type, side }) => `${type} ${side}`))].toSorted();
  expect(kinds(user)).toEqual(['captured debit', 'held debit', 'topped_up credit', 'undone debit', 'voided debit']);
  expect(kinds(shop)).toEqual(['refunded credit', 'settled credit']);
  expect(new Set(shop.map(({ transfer, counterparty }) => `${transfer} ${counterparty}`))).toEqual(
    new Set(['trd_1 @pending:shop', 'trd_1 @fee:EUR']),
  );
  await books.close();
});

describe('verified', () => {
  const verifyFrames = (of: readonly Uint8Array[]): Promise<unknown> => {
    const journal = openMemoryJournal([...of]);
    const stores = [openMemoryStateStore(), openMemoryStateStore()] as const;
    return verify({ journal, store: stores[0], emptyStore: stores[1], progress: () => {} });
  };

  test('is what happened, by the engine and by the books', async () => {
    expect(await verifyFrames(frames)).toMatchObject({ accounts: accounts.length, frames: frames.length });
    const books = await booked(1);
    const verification = new BooksVerification(books.stores, openMemoryJournal([...frames]));
    const trailing = verification.catchUp(() => undefined);
    for (const account of accounts) verification.compare(account);
    expect(verification.finish(trailing)).toMatchObject({ accounts: accounts.length, trailingFrames: 0 });
    await books.close();
  });

  type Alter = (fact: VoucherPosted) => VoucherPosted;
  const firstLine = (change: (line: VoucherPosted['lines'][number]) => object): Alter => {
    return (fact) => ({
      ...fact,
      lines: fact.lines.map((line, at) => (at === 0 ? { ...line, ...change(line) } : line)),
    });
  };

  describe.each(['PY4', 'RF3'])('%s', (code) => {
    test.each<[string, Alter]>([
      ['the amount of one line', firstLine(({ amount }) => ({ amount: amount + 1 }))],
      ['the balance after it', firstLine(({ available }) => ({ available: available + 1 }))],
      ['the version after it', firstLine(({ version }) => ({ version: version + 1 }))],
      ['its account', firstLine(() => ({ account: ESCROW }))],
      ['its action', firstLine(() => ({ action: 'receive' }))],
      ['a line that is gone', (fact) => ({ ...fact, lines: fact.lines.slice(1) })],
      [
        'the amounts of all lines',
        (fact) => ({ ...fact, lines: fact.lines.map((line) => ({ ...line, amount: line.amount + 1 })) }),
      ],
    ])('and not where somebody altered %s', async (_, alter) => {
      const first = factsIn().find(({ fact }) => fact.kind === 21 && fact.code === code);
      if (!first) throw new Error('no voucher');
      const { seq, index } = first;
      const change = (facts: Fact[]): Fact[] =>
        facts.map((fact, at) => (at === index && fact.kind === 21 ? alter(fact) : fact));
      const altered = rechained(frames, seq, forged(frames[seq - 1], {}, change));
      await expect(verifyFrames(altered)).rejects.toBeInstanceOf(Contradiction);
      const books = new KeptBooks(temporaryFolder(), SHARDS);
      expect(() => altered.forEach((frame) => books.book(frame))).toThrow(LedgerContradiction);
      await books.close();
    });

    test('and a voucher of another template is found by the books', async () => {
      const first = factsIn().find(({ fact }) => fact.kind === 21 && fact.code === code);
      if (!first) throw new Error('no voucher');
      const { seq } = first;
      const change = (facts: Fact[]): Fact[] =>
        facts.map((fact) => (fact.kind === 21 && fact.code === code ? { ...fact, code: 'RC1' } : fact));
      const altered = rechained(frames, seq, forged(frames[seq - 1], {}, change));
      const books = new KeptBooks(temporaryFolder(), SHARDS);
      expect(() => altered.forEach((frame) => books.book(frame))).toThrow('is not what its template books');
      await books.close();
    });
  });

  function factsIn(): ReturnType<typeof factsOf> {
    return factsOf(openMemoryJournal([...frames]));
  }
});
