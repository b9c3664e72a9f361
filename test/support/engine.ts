// Engine. A real partition for tests: asked with promises, on a disk that outlives it, by a clock that the test moves.

import type { AccountView } from '../../src/domain/accounts.ts';
import type { Context } from '../../src/domain/context.ts';
import type { ReverseRequest } from '../../src/domain/reversals.ts';
import type { SettleRequest, TransferRequest } from '../../src/domain/transfers.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import type { Log } from '../../src/log/log-line.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { StateStore } from '../../src/journal/state-store.ts';
import {
  ChangeAccount,
  ListAccounts,
  MakeTransfer,
  NO_KEY,
  OpenAccount,
  ReadAccount,
  ReadTransfer,
  ReverseTransfer,
  RunBatch,
  SettleHold,
  type BatchMember,
  type ChangeRequest,
  type Command,
  type OpenRequest,
  type Page,
  type RequestKey,
} from '../../actors/commands.ts';
import type { Durable } from '../../actors/commit.ts';
import type { EngineLimits } from '../../actors/desk.ts';
import { Partition, type CutShort } from '../../actors/partition.ts';
import type { Payments } from '../../actors/open-desk.ts';
import { Life } from './life.ts';

/** What survives a crash. */
export type Disk = { readonly journal: Journal; readonly store: StateStore };

export function memoryDisk(): Disk {
  return { journal: openMemoryJournal(), store: openMemoryStateStore() };
}

/** When the clock of a test begins, ms since 1970. */
export const CLOCK_START_MS = 1_800_000_000_000;

export const MERCHANT = 'acme';

export function contextOf(merchant: string = MERCHANT): Context {
  return {
    version: 1,
    merchant,
    origin: 'ws',
    requestId: 'request',
    traceId: '',
    shadow: false,
    by: '',
    business: null,
  };
}

export type EngineOptions = {
  readonly limits?: Partial<EngineLimits>;
  readonly life?: Life;
  readonly startMs?: number;
  /** When the accounting day ends, ms after midnight UTC: midnight by default. */
  readonly dayCutMs?: number;
  /** The real clock instead of one that only `advance` moves. */
  readonly realTime?: boolean;
  readonly durable?: (durable: Durable) => void;
  /** Of the partition; 0 unless said. */
  readonly number?: number;
  /** Somebody looks at the facts of every frame. */
  readonly isFollowed?: () => boolean;
  /** Without: the default rules and no channel. */
  readonly payments?: Payments;
  readonly log?: Log;
};

const LIMITS: EngineLimits = {
  inFlightMax: 1_000_000,
  residentAccountsMax: 1_000_000,
  residentHoldsMax: 100_000,
  snapshotFacts: 1_000_000_000,
  holdExpiryDefaultSeconds: 600,
};

export const OPENING: OpenRequest = { id: '', currency: 'EUR', kind: 'user', creditLimit: 0, metadata: {} };

export const POST: TransferRequest = {
  id: '',
  debit: '',
  credit: '',
  amount: 0,
  currency: '',
  hold: false,
  expiresInSeconds: 0,
  metadata: null,
};

export const CAPTURE: SettleRequest = { id: '', transfer: '', step: 'captured', amount: 0, debit: '', credit: '' };

const REVERSAL: ReverseRequest = { transfer: '', reason: '', metadata: null };

type Reply<C extends Command> = (command: C) => void;

export class Engine {
  readonly partition: Partition;
  readonly disk: Disk;
  readonly life: Life;
  /** Last frames cut at start because they were torn. */
  readonly cuts: { readonly seq: number; readonly offset: number }[] = [];
  /** Why the partition stopped, if it did. */
  readonly stops: { readonly error: unknown; readonly fatal: boolean; readonly about: CutShort }[] = [];
  nowMs: number;
  readonly #session;

  private constructor(disk: Disk, options: EngineOptions) {
    this.disk = disk;
    this.life = options.life ?? new Life();
    this.nowMs = options.startMs ?? CLOCK_START_MS;
    this.partition = new Partition({
      number: options.number ?? 0,
      journal: this.life.journal(disk.journal),
      store: this.life.store(disk.store),
      limits: { ...LIMITS, ...options.limits },
      dayCutMs: options.dayCutMs ?? 0,
      ...(options.payments ? { payments: options.payments } : {}),
      ...(options.log ? { log: options.log } : {}),
      now: options.realTime ? Date.now : () => this.nowMs,
      monotonic: () => performance.now(),
      hooks: {
        durable: options.durable ?? (() => {}),
        isFollowed: options.isFollowed ?? (() => false),
        progress: () => {},
        cut: (seq, offset) => this.cuts.push({ seq, offset }),
        stopped: (error, fatal, about) => this.stops.push({ error, fatal, about }),
      },
    });
    this.#session = this.partition.openSession();
  }

  /** @throws JournalDamage, Contradiction */
  static async start(disk: Disk = memoryDisk(), options: EngineOptions = {}): Promise<Engine> {
    if (disk.store.seed() === null) await disk.store.setSeed(1);
    const engine = new Engine(disk, options);
    await engine.partition.recover();
    return engine;
  }

  /** Ends this life at once; what was not durable is lost. */
  crash(): void {
    this.life.end();
  }

  /** A crash, and the next life on the same disk. */
  async restart(options: EngineOptions = {}): Promise<Engine> {
    this.crash();
    return Engine.start(this.disk, { startMs: this.nowMs, ...options });
  }

  /** Moves the clock and lets everything happen that is due then. */
  async advance(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.readTransfer('nothing');
  }

  snapshot(): Promise<void> {
    return this.partition.snapshots.take();
  }

  /** Hands in a command; resolves with it when it is answered. */
  ask<C extends Command>(make: (reply: Reply<C>) => C): Promise<C> {
    return new Promise<C>((resolve) => this.partition.submit(this.#session, make(resolve)));
  }

  open(request: Partial<OpenRequest>, keyed: RequestKey = NO_KEY, merchant?: string): Promise<OpenAccount> {
    return this.ask((reply) => new OpenAccount(contextOf(merchant), { ...OPENING, ...request }, keyed, reply));
  }

  change(request: ChangeRequest, keyed: RequestKey = NO_KEY): Promise<ChangeAccount> {
    return this.ask((reply) => new ChangeAccount(contextOf(), request, keyed, reply));
  }

  transfer(request: Partial<TransferRequest>, keyed: RequestKey = NO_KEY, merchant?: string): Promise<MakeTransfer> {
    return this.ask((reply) => new MakeTransfer(contextOf(merchant), { ...POST, ...request }, keyed, reply));
  }

  settle(request: Partial<SettleRequest>, keyed: RequestKey = NO_KEY): Promise<SettleHold> {
    return this.ask((reply) => new SettleHold(contextOf(), { ...CAPTURE, ...request }, keyed, reply));
  }

  reverse(request: Partial<ReverseRequest>, keyed: RequestKey = NO_KEY): Promise<ReverseTransfer> {
    return this.ask((reply) => new ReverseTransfer(contextOf(), { ...REVERSAL, ...request }, keyed, reply));
  }

  /** A batch, as one request; its answer has the results. */
  run(members: readonly BatchMember[], atomic = false, keyed: RequestKey = NO_KEY): Promise<RunBatch> {
    return this.ask((reply) => new RunBatch(contextOf(), members, atomic, keyed, reply));
  }

  /** The results of a batch in which each transfer stands alone. */
  async batch(...members: BatchMember[]): Promise<number[]> {
    return (await this.run(members)).results;
  }

  /** The results of an atomic batch. */
  async atomic(...members: BatchMember[]): Promise<number[]> {
    return (await this.run(members, true)).results;
  }

  readAccount(id: string, merchant?: string): Promise<ReadAccount> {
    return this.ask((reply) => new ReadAccount(contextOf(merchant), id, reply));
  }

  /** @throws Error when there is no such account. */
  async account(id: string): Promise<AccountView> {
    const { account } = await this.readAccount(id);
    if (!account) throw new Error(`no account ${id}`);
    return account;
  }

  /** [available, held, pending] of an account. */
  async balance(id: string): Promise<[available: number, held: number, pending: number]> {
    const { available, held, pending } = await this.account(id);
    return [available, held, pending];
  }

  readTransfer(id: string): Promise<ReadTransfer> {
    return this.ask((reply) => new ReadTransfer(contextOf(), id, reply));
  }

  list(page: Partial<Page>, merchant?: string): Promise<ListAccounts> {
    const whole = { limit: 100, after: '', before: '', ...page };
    return this.ask((reply) => new ListAccounts(contextOf(merchant), whole, reply));
  }
}

/** Several turns of the event loop: whatever can happen without the disk has happened then. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
