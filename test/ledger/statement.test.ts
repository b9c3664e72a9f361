// Statements against a plain model: all entries of an account in an array. FLORIN_SEED repeats a run.

import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Balances } from '../../src/domain/accounts.ts';
import { readFrame } from '../../src/journal/frame.ts';
import { decodeFacts } from '../../src/journal/payload.ts';
import type { ShardStore } from '../../src/ledger/shard-store.ts';
import { balancesAt, readStatement, type StatementQuery } from '../../src/ledger/statement.ts';
import { temporaryFolder } from '../support/folder.ts';
import { MERCHANT, MadeJournal, START_MS } from './support/made-journal.ts';
import { KeptBooks } from './support/shard-folders.ts';
import { expected, isMoney, queryOf, type Line } from './support/statement-model.ts';

const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);
const ACCOUNT = 'hot';
const QUERY: StatementQuery = {
  merchant: MERCHANT,
  account: ACCOUNT,
  before: 0,
  after: 0,
  limit: 10,
  newestFirst: false,
  type: '',
  places: null,
  fromMs: 0,
  toMs: Infinity,
};

type Books = { readonly store: ShardStore; readonly lines: readonly Line[]; readonly made: MadeJournal };

/** An account with some hundred entries, several of them at each time, flushed at random. */
async function openBooks(seed: number, frames: number): Promise<Books> {
  const made = new MadeJournal(seed);
  const kept = new KeptBooks(temporaryFolder(), 1);
  onTestFinished(() => kept.close());
  made.day('2027-01-15');
  for (const id of [ACCOUNT, 'one', 'two']) made.open(id);
  for (let frame = 0; frame < frames; frame++) {
    for (let fact = 0; fact <= (frame * 7) % 5; fact++) made.moveAnything([ACCOUNT, 'one', 'two']);
    kept.book(made.frame());
    if (frame % 11 === 0) await kept.flush();
  }
  await kept.flush();
  const [store] = kept.stores;
  if (!store) throw new Error('no store');
  return { store, lines: linesOf(made), made };
}

/** From the facts alone: what each says of the account. */
function linesOf({ frames }: MadeJournal): Line[] {
  const lines: Line[] = [];
  const enter = (line: Omit<Line, 'version'>): void => void lines.push({ ...line, version: lines.length + 1 });
  for (const frame of frames) {
    const { payload, timeMs, seq } = readFrame(frame);
    for (const [index, fact] of decodeFacts(payload).entries()) {
      const available = lines.at(-1)?.available ?? 0;
      const place = { seq, index, timeMs };
      const memo = { side: 'credit', ...place, transfer: '', available } as const;
      if (fact.kind === 1 && fact.account === ACCOUNT) enter({ type: 'opened', ...memo });
      if (fact.kind === 2 && fact.account === ACCOUNT) enter({ type: 'changed', ...memo });
      if (fact.kind !== 3) continue;
      const { step: type, transfer, debit, credit } = fact;
      if (debit.account === ACCOUNT) enter({ type, side: 'debit', ...place, transfer, available: debit.available });
      if (credit.account === ACCOUNT) enter({ type, side: 'credit', ...place, transfer, available: credit.available });
    }
  }
  return lines;
}

function shown(store: ShardStore, query: StatementQuery): object {
  const statement = readStatement(store, query);
  if (!statement) throw new Error('no such account');
  const { entries, hasMore, opening, closing } = statement;
  const lines = entries.map(({ counterparty: _counterparty, amount: _amount, after: { available }, ...line }) => {
    return { ...line, available };
  });
  return { entries: lines, hasMore, opening, closing };
}

test(`every page is that of the model (seed ${SEED})`, async () => {
  const { store, lines } = await openBooks(SEED, 200);
  expect(lines.length).toBeGreaterThan(300);
  fc.assert(
    fc.property(queryOf(lines, ACCOUNT), (query) => {
      expect(shown(store, query)).toEqual(expected(lines, query));
    }),
    { seed: SEED, numRuns: 1_500 },
  );
});

test('all pages together are the whole statement, forwards and backwards', async () => {
  const { store, lines } = await openBooks(3, 200);
  const money = lines.filter(isMoney).map(({ version }) => version);
  for (const limit of [1, 10, 64, 100]) {
    expect(pages(store, { limit, newestFirst: false })).toEqual(money);
    expect(pages(store, { limit, newestFirst: true })).toEqual(money.toReversed());
  }
});

/** Versions of all pages, each asked for after the one before. */
function pages(store: ShardStore, asked: Pick<StatementQuery, 'limit' | 'newestFirst'>): number[] {
  const versions: number[] = [];
  let balance: number | null = null;
  for (;;) {
    const last = versions.at(-1) ?? 0;
    const page = readStatement(store, { ...QUERY, ...asked, [asked.newestFirst ? 'before' : 'after']: last });
    if (!page) throw new Error('no such account');
    // Memos between two pages move nothing: the balance goes on where it was.
    const [joint, next] = asked.newestFirst ? [page.closing, page.opening] : [page.opening, page.closing];
    if (balance !== null) expect(joint).toBe(balance);
    balance = next;
    versions.push(...page.entries.map(({ version }) => version));
    if (!page.hasMore) return versions;
  }
}

test(`balances at any time are those of the model (seed ${SEED})`, async () => {
  const { store, lines, made } = await openBooks(SEED + 1, 300);
  const no = store.account(MERCHANT, ACCOUNT)?.no ?? 0;
  for (let timeMs = START_MS - 2; timeMs <= made.timeMs + 2; timeMs++) {
    const last = lines.findLast((line) => line.timeMs <= timeMs);
    const { version, available } = balancesAt(store, no, timeMs);
    expect([timeMs, version, available]).toEqual([timeMs, last?.version ?? 0, last?.available ?? 0]);
  }
  const { available, held, pending, version }: Balances = made.of(ACCOUNT);
  expect(balancesAt(store, no, Infinity)).toEqual({ available, held, pending, version });
});

test('an account that was never opened has no statement', async () => {
  const { store } = await openBooks(1, 3);
  expect(readStatement(store, { ...QUERY, account: 'nobody' })).toBeNull();
  expect(readStatement(store, { ...QUERY, merchant: 'other' })).toBeNull();
});
