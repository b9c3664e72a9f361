// State store port. What a restart reads instead of the whole journal: accounts, open holds and the sequence index as
// they were, written in the background. It is a cache of the journal and nothing else: deleting it costs a full replay.
// Backends pass the same contract tests (test/journal/state-store.test.ts).
//
// S1. Nothing is written here before the facts behind it are durable in the journal. S2. The mark names a frame up to
// which everything is in the store; single accounts may be ahead of it, their version says so.

import type { Account } from '../domain/accounts.ts';

/** An open hold, or something on its way to a payee (its name says which): where its latest fact is and when it ends by itself (ms since 1970). */
export type OpenHold = { readonly merchant: string; readonly id: string; readonly seq: number; readonly dueMs: number };

export type Mark = {
  /** Everything up to this frame is in the store. */
  readonly seq: number;
  /** SHA-256 of that frame. */
  readonly hash: Uint8Array;
  /** Accounts opened so far. */
  readonly ordinal: number;
  /** Chunks of the sequence index. */
  readonly chunks: number;
  /** YYYY-MM-DD; '' when no day had been opened, or the mark is older than days are. */
  readonly accountingDate: string;
  /** Facts of the frame after it that the uses of the day have counted already. */
  readonly counted: number;
};

/** How much of the day that is open has been used: minor units and payments, of whoever its name says. */
export type StoredUse = { readonly name: string; readonly amount: number; readonly count: number };

/** What completes a snapshot, in one transaction with its mark. */
export type Completion = {
  readonly mark: Mark;
  /** Accounts opened since the last snapshot. */
  readonly opened: readonly Account[];
  readonly holds: readonly OpenHold[];
  /** Holds that are not open any more. */
  readonly closedHolds: readonly Pick<OpenHold, 'merchant' | 'id'>[];
  readonly uses: readonly StoredUse[];
  /** Names of uses that are not there any more. */
  readonly usesGone: readonly string[];
  /** Entries of the sequence index since the last snapshot: groups of hash high, hash low, frame, frame replaced. */
  readonly entries: Uint32Array;
};

/** Which of a merchant's accounts, by their order of opening; both bounds exclusive. */
export type OrderRange = { readonly after: number; readonly before: number; readonly newestFirst: boolean };

export type StateStore = {
  /** The last complete snapshot; null for a fresh store. */
  mark(): Mark | null;
  /** Seed of the hashes in the index; null for a fresh store. */
  seed(): number | null;
  setSeed(seed: number): Promise<void>;
  account(merchant: string, id: string): Account | null;
  /** Every account; in no promised order. */
  accounts(): Iterable<Account>;
  /** Ids of a merchant's accounts by order of opening. */
  accountIds(merchant: string, range: OrderRange): Iterable<string>;
  holds(): Iterable<OpenHold>;
  /** Of the date that the mark names. */
  uses(): Iterable<StoredUse>;
  /** The first `count` chunks of the index, oldest first: later entries replace earlier ones. */
  chunks(count: number): Iterable<Uint32Array>;
  /** Writes some accounts ahead of the mark. Resolves when they can be read back. */
  putAccounts(accounts: readonly Account[]): Promise<void>;
  /** Completes a snapshot: from now on recovery begins at its mark. */
  complete(snapshot: Completion): Promise<void>;
  close(): Promise<void>;
};
