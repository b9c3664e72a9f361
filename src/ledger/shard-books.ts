// Shard books. The accounts of one shard in memory and what was booked since the last flush. Booking appends; a flush
// sorts by account and writes blocks, turnovers and the checkpoint in one transaction.
//
// H1. An entry is taken only when the account's version and balance follow from what the books have; the engine's figures
// are checked, not copied. H2. A frame that the checkpoint covers is skipped, so frames may come again after a crash.

import {
  applyEntry,
  BlockBuilder,
  ENTRY_BYTES_MAX,
  entryBytes,
  sameBalances,
  writeEntry,
  type Posting,
} from './entry-block.ts';
import { FIRST_PREVIOUS_HASH, frameHash, type FrameHead } from '../journal/frame.ts';
import { LedgerAccount, NONE } from './ledger-account.ts';
import type { Checkpoint, ShardStore, ShardWriter, Turnover } from './shard-store.ts';
import { TurnoverPage } from './turnovers.ts';

/** The journal and the books contradict each other. The shard stops: nothing is booked by guess. */
export class LedgerContradiction extends Error {
  override name = 'LedgerContradiction';
}

const BYTES_MIN = 1 << 16;
const ENTRIES_MIN = 1 << 10;

export class ShardBooks {
  readonly store: ShardStore;
  /** Everything up to here is booked, in memory at least. */
  #booked: Checkpoint;
  #flushedSeq: number;
  /** The last frame, when it came since the shard was opened. */
  #frame: Uint8Array | null = null;
  #gathered = entryBytes(BYTES_MIN);
  #length = 0;
  /** For each waiting entry: where its bytes begin, and the account's next one. */
  #at = new Uint32Array(ENTRIES_MIN);
  #next = new Int32Array(ENTRIES_MIN);
  #count = 0;
  #touched: LedgerAccount[] = [];
  #opened: { merchant: string; id: string; no: number; currency: string; kind: string }[] = [];
  readonly #pages = new Map<string, TurnoverPage>();
  /** Turnovers of days that have ended since the last flush. */
  #ended: Turnover[] = [];
  #days: { date: string; seq: number }[] = [];
  readonly #builder = new BlockBuilder();

  constructor(store: ShardStore, shards: number) {
    this.store = store;
    this.#booked = store.checkpoint() ?? {
      seq: 0,
      timeMs: 0,
      hash: FIRST_PREVIOUS_HASH,
      date: '',
      accounts: 0,
      shards,
    };
    this.#flushedSeq = this.#booked.seq;
    if (this.#booked.shards !== shards) {
      throw new Error(`the books have ${this.#booked.shards} shards, not ${shards}: rebuild them`);
    }
  }

  /** The last frame of which everything is booked, in memory at least. */
  get bookedSeq(): number {
    return this.#booked.seq;
  }

  /** The last frame whose entries can be read. */
  get flushedSeq(): number {
    return this.#flushedSeq;
  }

  /** Entries that wait for a flush. */
  get waiting(): number {
    return this.#count;
  }

  /** A new account of this shard. */
  open(merchant: string, id: string, currency: string, kind: string): LedgerAccount {
    const no = this.#booked.accounts + 1;
    this.#booked = { ...this.#booked, accounts: no };
    this.#opened.push({ merchant, id, no, currency, kind });
    return new LedgerAccount({ no, currency, kind }, this.#pageOf(merchant, currency));
  }

  /** An account that the store has; null when it has none of this name. */
  load(merchant: string, id: string): LedgerAccount | null {
    const stored = this.store.account(merchant, id);
    if (!stored) return null;
    const account = new LedgerAccount(stored, this.#pageOf(merchant, stored.currency));
    for (const block of this.store.blocksBackwards(stored.no, Number.MAX_SAFE_INTEGER)) {
      account.resume(block);
      break;
    }
    return account;
  }

  /** Takes an entry that leads to `version`. The balances must have been changed by it already. @throws LedgerContradiction */
  enter(account: LedgerAccount, posting: Posting): void {
    if (this.#count === this.#at.length) this.#growEntries();
    if (this.#length + ENTRY_BYTES_MAX > this.#gathered.bytes.length) this.#growBytes();
    const entry = this.#count++;
    this.#at[entry] = this.#length;
    this.#next[entry] = NONE;
    this.#length += writeEntry(this.#gathered, this.#length, posting);
    if (account.last === NONE) {
      account.first = entry;
      this.#touched.push(account);
    } else {
      this.#next[account.last] = entry;
    }
    account.last = entry;
  }

  /** From frame `seq` on everything is of this date. */
  openDay(date: string, seq: number): void {
    for (const page of this.#pages.values()) this.#ended.push(...page.take(this.#booked.date));
    this.#days.push({ date, seq });
    this.#booked = { ...this.#booked, date };
  }

  /** @throws LedgerContradiction when the next frame is of another journal than the one that is booked */
  mustFollow({ seq, previousHash }: FrameHead): void {
    if (this.#frame || Buffer.compare(previousHash, this.#booked.hash) === 0) return;
    throw new LedgerContradiction(
      `frame ${seq} does not follow the frame ${seq - 1} that the books have: rebuild them`,
    );
  }

  /** All of the frame is booked. */
  advance({ seq, timeMs }: FrameHead, bytes: Uint8Array): void {
    this.#booked = { ...this.#booked, seq, timeMs };
    this.#frame = bytes;
  }

  /**
   * Makes everything booked so far durable; nothing may be booked until it has. What is in memory is of no use after it
   * failed. @throws when the disk fails, or LedgerContradiction
   */
  async flush(): Promise<void> {
    this.#touched.sort((one, other) => one.no - other.no);
    await this.store.commit((writer) => this.#write(writer));
    this.#flushedSeq = this.#booked.seq;
    this.#touched = [];
    this.#opened = [];
    this.#ended = [];
    this.#days = [];
    this.#count = 0;
    this.#length = 0;
  }

  #write(writer: ShardWriter): void {
    for (const { merchant, id, ...account } of this.#opened) writer.account(merchant, id, account);
    for (const account of this.#touched) this.#writeEntries(writer, account);
    for (const turnover of this.#ended) writer.turnover(turnover);
    for (const page of this.#pages.values()) {
      for (const turnover of page.take(this.#booked.date)) writer.turnover(turnover);
    }
    for (const { date, seq } of this.#days) writer.day(date, seq);
    if (this.#frame) this.#booked = { ...this.#booked, hash: frameHash(this.#frame) };
    writer.checkpoint(this.#booked);
  }

  #writeEntries(writer: ShardWriter, account: LedgerAccount): void {
    const builder = this.#builder;
    const running = account.flushed;
    this.#resume(account);
    for (let entry = account.first; entry !== NONE; entry = this.#next[entry] as number) {
      const at = this.#at[entry] as number;
      const end = entry + 1 < this.#count ? (this.#at[entry + 1] as number) : this.#length;
      builder.add(this.#gathered, at, end - at);
      applyEntry(running, this.#gathered, at);
      if (!builder.isFull) continue;
      account.fullCrc = this.#writeBlock(writer, account);
      account.openBlock = 0;
      builder.start(running, account.fullCrc);
    }
    if (builder.count > 0) {
      account.openBlock = builder.firstVersion;
      this.#writeBlock(writer, account);
    }
    account.first = NONE;
    account.last = NONE;
    if (!sameBalances(running, account))
      throw new LedgerContradiction(`entries of account ${account.no} do not add up`);
  }

  #resume({ no, openBlock, flushed, fullCrc }: LedgerAccount): void {
    if (openBlock === 0) {
      this.#builder.start(flushed, fullCrc);
      return;
    }
    const block = this.store.block(no, openBlock);
    if (!block) throw new LedgerContradiction(`account ${no} has lost the block of version ${openBlock}`);
    this.#builder.reopen(block);
  }

  /** Returns its checksum. */
  #writeBlock(writer: ShardWriter, { no, flushed }: LedgerAccount): number {
    const block = this.#builder.finish(flushed);
    writer.block(no, this.#builder.firstVersion, block);
    return block.readUInt32LE(block.length - 4);
  }

  #pageOf(merchant: string, currency: string): TurnoverPage {
    const key = `${merchant}\n${currency}`;
    let page = this.#pages.get(key);
    if (!page) this.#pages.set(key, (page = new TurnoverPage(merchant, currency)));
    return page;
  }

  #growEntries(): void {
    const at = new Uint32Array(this.#at.length * 2);
    at.set(this.#at);
    this.#at = at;
    const next = new Int32Array(this.#next.length * 2);
    next.set(this.#next);
    this.#next = next;
  }

  #growBytes(): void {
    const larger = entryBytes(this.#gathered.bytes.length * 2);
    larger.bytes.set(this.#gathered.bytes);
    this.#gathered = larger;
  }
}
