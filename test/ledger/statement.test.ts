// Statements against a plain model: all entries of an account in an array. FLORIN_SEED repeats a run.

import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Balances } from '../../src/domain/accounts.ts';
import { readFrame } from '../../src/journal/frame.ts';
import { decodeFacts } from '../../src/journal/payload.ts';
import { ENTRY_TYPES, type EntryType, type Side } from '../../src/ledger/entry-block.ts';
import type { ShardStore } from '../../src/ledger/shard-store.ts';
import { balancesAt, readStatement, type StatementQuery } from '../../src/ledger/statement.ts';
import { temporaryFolder } from '../support/folder.ts';
import { MERCHANT, MadeJournal, START_MS } from './support/made-journal.ts';
import { KeptBooks } from './support/shard-folders.ts';

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
  versions: null,
  fromMs: 0,
  toMs: Infinity,
};

/** What the model has of an entry. */
type Line = {
  readonly type: EntryType;
  readonly side: Side;
  readonly version: number;
  readonly timeMs: number;
  readonly transfer: string;
  readonly available: number;
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
    const { payload, timeMs } = readFrame(frame);
    for (const fact of decodeFacts(payload)) {
      const available = lines.at(-1)?.available ?? 0;
      const memo = { side: 'credit', timeMs, transfer: '', available } as const;
      if (fact.kind === 1 && fact.account === ACCOUNT) enter({ type: 'opened', ...memo });
      if (fact.kind === 2 && fact.account === ACCOUNT) enter({ type: 'changed', ...memo });
      if (fact.kind !== 3) continue;
      const { step: type, transfer, debit, credit } = fact;
      if (debit.account === ACCOUNT) enter({ type, side: 'debit', timeMs, transfer, available: debit.available });
      if (credit.account === ACCOUNT) enter({ type, side: 'credit', timeMs, transfer, available: credit.available });
    }
  }
  return lines;
}

function isMoney({ type }: Line): boolean {
  return type !== 'opened' && type !== 'changed';
}

/** Pages next to a bound begin at it, whichever way they are shown. */
function expected(lines: readonly Line[], query: StatementQuery): object {
  const { before, after, limit, newestFirst, type, versions, fromMs, toMs } = query;
  const inside = lines.filter(
    (line) =>
      line.version > after &&
      (before === 0 || line.version < before) &&
      line.timeMs >= fromMs &&
      line.timeMs < toMs &&
      (type === '' ? isMoney(line) : line.type === type) &&
      (versions === null || versions.includes(line.version)),
  );
  const fromEnd = newestFirst ? after === 0 : before > 0 && after === 0;
  const page = fromEnd ? inside.slice(-limit) : inside.slice(0, limit);
  const [oldest, newest] = [page[0], page.at(-1)];
  const entries = newestFirst ? page.toReversed() : page;
  const edges =
    oldest && newest
      ? { opening: lines[oldest.version - 2]?.available ?? 0, closing: newest.available }
      : edgesOfNothing(lines, query);
  return { entries, hasMore: inside.length > limit, ...edges };
}

/** Where the page would end: what was there before the bound above it. */
function edgesOfNothing(lines: readonly Line[], { before, toMs }: StatementQuery): object {
  const below = lines.filter((line) => (before === 0 || line.version < before) && line.timeMs < toMs);
  const available = below.at(-1)?.available ?? 0;
  return { opening: available, closing: available };
}

function shown(store: ShardStore, query: StatementQuery): object {
  const statement = readStatement(store, query);
  if (!statement) throw new Error('no such account');
  const { entries, hasMore, opening, closing } = statement;
  const lines = entries.map(({ type, side, version, timeMs, transfer, after: { available } }) => {
    return { type, side, version, timeMs, transfer, available };
  });
  return { entries: lines, hasMore, opening, closing };
}

function queryOf(lines: readonly Line[]): fc.Arbitrary<StatementQuery> {
  const version = fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, fc.integer({ min: 1, max: lines.length + 2 }));
  const time = fc.integer({ min: -1, max: 1 }).chain((more) => {
    return fc.constantFrom(...lines.map(({ timeMs }) => timeMs)).map((timeMs) => timeMs + more);
  });
  return fc.record({
    merchant: fc.constant(MERCHANT),
    account: fc.constant(ACCOUNT),
    before: version,
    after: version,
    limit: fc.constantFrom(1, 2, 7, 63, 64, 65, 1_000),
    newestFirst: fc.boolean(),
    type: fc.constantFrom<EntryType | ''>('', '', '', ...ENTRY_TYPES),
    versions: fc.oneof({ arbitrary: fc.constant(null), weight: 2 }, fc.subarray(lines.map((line) => line.version))),
    fromMs: fc.oneof(fc.constant(0), time),
    toMs: fc.oneof(fc.constant(Infinity), time),
  });
}

test(`every page is that of the model (seed ${SEED})`, async () => {
  const { store, lines } = await openBooks(SEED, 200);
  expect(lines.length).toBeGreaterThan(300);
  fc.assert(
    fc.property(queryOf(lines), (query) => {
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
