// Verification. Proves from what is on disk that the journal is whole, that a snapshot and its tail say the same as a
// replay from nothing, and that no money was made or lost.

import type { Account } from '../src/domain/accounts.ts';
import { isOnTheWay, isSubAccount, payeeOf } from '../src/domain/crediting.ts';
import { framePartition } from '../src/journal/frame.ts';
import type { Journal } from '../src/journal/journal.ts';
import type { StateStore } from '../src/journal/state-store.ts';
import type { EngineLimits } from './desk.ts';
import { Partition } from './partition.ts';
import type { Progress } from './recovery.ts';
import { Contradiction } from './replay.ts';

export type Verified = {
  readonly frames: number;
  readonly facts: number;
  readonly accounts: number;
  /** The snapshot that was compared; 0 when there is none. */
  readonly snapshotSeq: number;
  /** A last frame that a crash cut short; the next start removes it. */
  readonly tornSeq: number | null;
  readonly currencies: readonly CurrencySums[];
};

/** Minor units over all accounts of a currency; exact at any size. */
export type CurrencySums = {
  readonly currency: string;
  /** Σ (available + held): money is only moved, so this is 0. */
  readonly posted: bigint;
  /** Σ held − Σ pending: what one side keeps back the other side expects. */
  readonly heldMinusPending: bigint;
};

export type VerifyParts = {
  readonly journal: Journal;
  readonly store: StateStore;
  /** A store without anything in it. */
  readonly emptyStore: StateStore;
  readonly progress: (progress: Progress) => void;
  /** Gets each account as journal and snapshot have it: for others to compare. */
  readonly account?: (account: Account) => void;
};

/** Nothing is limited and nothing expires while verifying. */
const LIMITS: EngineLimits = {
  inFlightMax: 1,
  residentAccountsMax: Infinity,
  residentHoldsMax: Infinity,
  snapshotFacts: Infinity,
  holdExpiryDefaultSeconds: 1,
};

/** Changes nothing on disk. @throws JournalDamage, Contradiction */
export async function verify({ journal, store, emptyStore, progress, account: tell }: VerifyParts): Promise<Verified> {
  const replayed = await load(journal, emptyStore, progress);
  const recovered = await load(journal, store, () => {});
  const sums = new Map<string, CurrencySums>();
  let accounts = 0;
  for (const account of replayed.partition.desk.accounts.residents()) {
    compare(account, recovered.partition);
    add(sums, account);
    tell?.(account);
    accounts += 1;
  }
  compareCounts(accounts, recovered.partition, store);
  compareDates(replayed.partition, recovered.partition);
  compareOnTheWay(replayed.partition, recovered.partition);
  compareUses(replayed.partition, recovered.partition);
  checkSubAccounts(replayed.partition);
  const currencies = [...sums.values()];
  for (const { currency, posted, heldMinusPending } of currencies) {
    if (posted !== 0n || heldMinusPending !== 0n) {
      throw new Contradiction(`${currency} does not balance: posted ${posted}, held − pending ${heldMinusPending}`);
    }
  }
  const { frames, facts, tornSeq } = replayed;
  return { frames, facts, accounts, snapshotSeq: store.mark()?.seq ?? 0, tornSeq, currencies };
}

/** As its first frame says. */
function partitionOf(journal: Journal): number {
  const first = journal.read(1);
  return (first && framePartition(first)) ?? 0;
}

type Loaded = { partition: Partition; frames: number; facts: number; tornSeq: number | null };

async function load(journal: Journal, store: StateStore, progress: VerifyParts['progress']): Promise<Loaded> {
  let last: Progress = { done: 0, total: 0, facts: 0 };
  let tornSeq: number | null = null;
  const partition = new Partition({
    number: partitionOf(journal),
    journal: { ...journal, cutLast: () => Promise.resolve() },
    store,
    limits: LIMITS,
    dayCutMs: 0,
    now: Date.now,
    monotonic: Date.now,
    hooks: {
      progress: (now) => progress((last = now)),
      cut: (seq) => {
        tornSeq = seq;
      },
      durable: () => {},
      stopped: (error) => {
        throw error;
      },
    },
  });
  await partition.recover();
  partition.close();
  return { partition, frames: last.done, facts: last.facts, tornSeq };
}

function compare(account: Account, { desk }: Partition): void {
  const other = desk.accounts.find(account.merchant, account.id)?.account.copy();
  for (const field of Object.keys(account) as (keyof Account)[]) {
    const [snapshot, journal] = [JSON.stringify(other?.[field]), JSON.stringify(account[field])];
    if (snapshot === journal) continue;
    throw new Contradiction(
      `account ${account.id}: ${field} is ${snapshot} from the snapshot, ${journal} from the journal`,
    );
  }
}

/** An account that only the snapshot has would be money from nowhere. */
function compareCounts(replayed: number, { desk }: Partition, store: StateStore): void {
  let stored = 0;
  for (const { merchant, id } of store.accounts()) if (desk.accounts.find(merchant, id)) stored += 1;
  if (stored > replayed || desk.accounts.ordinal !== replayed) {
    throw new Contradiction(
      `the journal opens ${replayed} accounts, the snapshot has ${Math.max(stored, desk.accounts.ordinal)}`,
    );
  }
}

function compareDates({ accountingDate }: Partition, recovered: Partition): void {
  if (recovered.accountingDate === accountingDate) return;
  throw new Contradiction(
    `the accounting date is "${recovered.accountingDate}" from the snapshot, "${accountingDate}" from the journal`,
  );
}

/** Whatever is on its way ends by itself (I8): it is known one by one, and together it is what lies on its accounts. */
function compareOnTheWay({ desk }: Partition, recovered: Partition): void {
  const known = new Map<string, number>();
  for (const { merchant, id, via, amount } of desk.transits.waiting()) {
    const key = `${merchant} ${via}`;
    known.set(key, (known.get(key) ?? 0) + amount);
    if (recovered.desk.transits.has(merchant, id)) continue;
    throw new Contradiction(`${id} is on its way by the journal, and forgotten by the snapshot`);
  }
  if (recovered.desk.transits.size !== desk.transits.size) {
    throw new Contradiction(
      `${recovered.desk.transits.size} are on their way by the snapshot, ${desk.transits.size} by the journal`,
    );
  }
  for (const { merchant, id, available } of desk.accounts.residents()) {
    const amount = known.get(`${merchant} ${id}`) ?? 0;
    if (!isOnTheWay(id) || amount === available) continue;
    throw new Contradiction(`${available} lie on ${id}, ${amount} are known to be on their way`);
  }
}

function compareUses({ desk }: Partition, recovered: Partition): void {
  const [journal, snapshot] = [desk.dayUses.all(), recovered.desk.dayUses.all()];
  const at = journal.findIndex((use, place) => JSON.stringify(use) !== JSON.stringify(snapshot[place]));
  if (at < 0 && journal.length === snapshot.length) return;
  const [own, other] = [journal, snapshot].map((uses) => JSON.stringify(uses[at < 0 ? journal.length : at]));
  throw new Contradiction(`of the day ${other} is used by the snapshot, ${own} by the journal`);
}

/** Whatever lies on a sub-account is to be had by its account: that knows it, and it is of the same sort. */
function checkSubAccounts({ desk }: Partition): void {
  for (const { merchant, id, currency, kind, available, held, pending } of desk.accounts.residents()) {
    if (!isSubAccount(id)) continue;
    const account = desk.accounts.find(merchant, payeeOf(id))?.account;
    const isIts =
      account?.crediting?.subAccounts.includes(id) && account.currency === currency && account.kind === kind;
    if (!isIts) throw new Contradiction(`sub-account ${id} belongs to no account`);
    if (available >= 0 && held === 0 && pending === 0) continue;
    throw new Contradiction(`sub-account ${id} has ${available}, ${held} held and ${pending} pending`);
  }
}

function add(sums: Map<string, CurrencySums>, { currency, available, held, pending }: Account): void {
  const sum = sums.get(currency) ?? { currency, posted: 0n, heldMinusPending: 0n };
  sums.set(currency, {
    currency,
    posted: sum.posted + BigInt(available) + BigInt(held),
    heldMinusPending: sum.heldMinusPending + BigInt(held) - BigInt(pending),
  });
}
