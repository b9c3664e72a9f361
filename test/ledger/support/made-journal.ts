// A journal made by hand: facts that follow from one another, as many and as fast as a test wants, without an engine.

import { applyCredit, applyDebit, type Balances, type DirectStep } from '../../../src/domain/accounts.ts';
import type {
  AccountChanged,
  AccountOpened,
  Fact,
  TransferMoved,
  TransferReversed,
} from '../../../src/domain/facts.ts';
import { FIRST_PREVIOUS_HASH, frameHash, writeFrame, type FrameHead } from '../../../src/journal/frame.ts';
import { encodeFacts } from '../../../src/journal/payload.ts';
import { Random } from '../../../loadtest/bench/random.ts';
import { dayOpened } from '../../support/days.ts';
import { contextOf, MERCHANT } from '../../support/engine.ts';

export const START_MS = 1_800_000_000_000;
export const FIRST_DAY = '2027-01-15';

export type MadeAccount = Balances & { readonly id: string; readonly currency: string };

type Hold = { readonly id: string; readonly debit: string; readonly credit: string; left: number };

const KINDS = ['user', 'merchant', 'bank', 'escrow', 'a word of their own'];

/** Ends the random moves of a hold: half of it or all of it. */
const SETTLES: readonly DirectStep[] = ['captured', 'captured', 'voided', 'expired'];

export class MadeJournal {
  readonly frames: Uint8Array[] = [];
  readonly accounts = new Map<string, MadeAccount>();
  /** Entries that each account must have, those that move no money included. */
  readonly entries = new Map<string, number>();
  timeMs = START_MS;
  /** Of the last frame. */
  #hash: Uint8Array = FIRST_PREVIOUS_HASH;
  readonly #random: Random;
  readonly #context = contextOf();
  #facts: Fact[] = [];
  #holds: Hold[] = [];
  #next = 0;
  #forgotten = 0;

  /** The same seed makes the same journal. */
  constructor(seed = 1) {
    this.#random = new Random(seed);
  }

  /** Facts since the last frame. */
  get waiting(): number {
    return this.#facts.length;
  }

  day(date: string): void {
    this.#facts.push(dayOpened(date));
  }

  open(id: string, currency = 'EUR', accountKind = KINDS[this.accounts.size % KINDS.length] ?? ''): void {
    const { size } = this.accounts;
    this.accounts.set(id, { id, currency, available: 0, held: 0, pending: 0, version: 1 });
    this.entries.set(id, 1);
    const fact: AccountOpened = {
      kind: 1,
      context: this.#context,
      account: id,
      ordinal: size + 1,
      currency,
      accountKind,
      creditLimit: Infinity,
      metadata: {},
      key: '',
      fingerprint: '',
    };
    this.#facts.push(fact);
  }

  change(id: string): void {
    const account = this.of(id);
    account.version += 1;
    this.#count(id);
    const { currency, available, held, pending, version } = account;
    const fact: AccountChanged = {
      kind: 2,
      context: this.#context,
      account: id,
      version,
      status: 'active',
      creditLimit: Infinity,
      metadata: {},
      fixed: [1, currency, 'user', START_MS],
      balances: [available, held, pending],
      key: '',
      fingerprint: '',
    };
    this.#facts.push(fact);
  }

  /** Returns the transfer's id. `transfer`: of a hold that the step is about. */
  move(step: DirectStep, debit: string, credit: string, amount: number, transfer?: string): string {
    const [payer, payee] = [this.of(debit), this.of(credit)];
    applyDebit(payer, step, amount);
    applyCredit(payee, step, amount);
    this.#count(debit);
    this.#count(credit);
    const id = `op:${this.#next++}`;
    const hold = transfer ?? id;
    const fact: TransferMoved = {
      kind: 3,
      context: this.#context,
      step,
      id: step === 'expired' ? '' : id,
      debit: { account: debit, version: payer.version, available: payer.available },
      credit: { account: credit, version: payee.version, available: payee.available },
      currency: payer.currency,
      amount,
      transfer: hold,
      moved: amount,
      captured: 0,
      released: 0,
      status: step,
      version: 1,
      expiresAtMs: 0,
      expiresInSeconds: 0,
      requested: 0,
      createdAtMs: 0,
      originSeq: 0,
      previousSeq: 0,
      metadata: step === 'posted' ? null : {},
      key: '',
      fingerprint: '',
    };
    this.#facts.push(step === 'reversed' ? reversed(fact) : fact);
    return hold;
  }

  /** Something that can happen, between two of these accounts, which are all in one currency. */
  moveAnything(ids: readonly string[]): void {
    const draw = this.#random.below(20);
    const hold = draw < 6 ? this.#holds[this.#random.below(this.#holds.length || 1)] : undefined;
    const amount = 1 + this.#random.below(10_000);
    if (hold) {
      this.#settle(hold);
    } else if (draw === 19) {
      this.change(this.#oneOf(ids));
    } else {
      const from = this.#random.below(ids.length);
      const [debit, credit] = [
        ids[from] ?? '',
        ids[(from + 1 + this.#random.below(ids.length - 1)) % ids.length] ?? '',
      ];
      const id = this.move(draw < 12 ? 'held' : 'posted', debit, credit, amount);
      if (draw < 12) this.#holds.push({ id, debit, credit, left: amount });
    }
  }

  /** Ends the frame; returns it. */
  frame(): Uint8Array {
    this.timeMs += this.#random.below(3);
    const frame = frameOf(this.#facts, this.#forgotten + this.frames.length + 1, this.timeMs, this.#hash);
    this.frames.push(frame);
    this.#hash = frameHash(frame);
    this.#facts = [];
    return frame;
  }

  /** Drops the frames so far; their numbers stay taken. */
  forget(): void {
    this.#forgotten += this.frames.length;
    this.frames.length = 0;
  }

  of(id: string): MadeAccount {
    const account = this.accounts.get(id);
    if (!account) throw new Error(`no account ${id}`);
    return account;
  }

  #settle(hold: Hold): void {
    const step = SETTLES[this.#random.below(SETTLES.length)] ?? 'voided';
    const amount = step === 'expired' || this.#random.below(2) === 0 ? hold.left : 1 + this.#random.below(hold.left);
    hold.left -= amount;
    if (hold.left === 0) this.#holds = this.#holds.filter((other) => other !== hold);
    this.move(step, hold.debit, hold.credit, amount, hold.id);
  }

  #oneOf(ids: readonly string[]): string {
    return ids[this.#random.below(ids.length)] ?? '';
  }

  #count(id: string): void {
    this.entries.set(id, (this.entries.get(id) ?? 0) + 1);
  }
}

/** The fact of a reversal that moves what this one does. What it takes back the books do not ask. */
function reversed({ requested: _requested, ...fact }: TransferMoved): TransferReversed {
  const takesBack = { step: 'posted', version: 1, seq: 1, index: 0, timeMs: START_MS } as const;
  return { ...fact, kind: 11, step: 'reversed', status: 'reversed', id: '', takesBack, reason: '', notes: null };
}

/** `previousHash`: of the frame before it. */
export function frameOf(facts: readonly Fact[], seq: number, timeMs: number, previousHash: Uint8Array): Uint8Array {
  return frameWith(encodeFacts(facts), { count: facts.length, seq, timeMs, previousHash });
}

export function frameWith(
  payload: Uint8Array,
  head: Pick<FrameHead, 'count' | 'seq' | 'timeMs' | 'previousHash'>,
): Uint8Array {
  return writeFrame({ ...head, partition: 0, epoch: 1 }, payload);
}

/** A journal with a day and accounts in its first frame, and frames of random moves between them. */
export function randomJournal(seed: number, size: { accounts: number; frames: number; facts: number }): MadeJournal {
  const made = new MadeJournal(seed);
  made.day(FIRST_DAY);
  const ids = Array.from({ length: size.accounts }, (_, number) => `account:${number}`);
  for (const id of ids) made.open(id);
  made.frame();
  for (let frame = 1; frame <= size.frames; frame++) {
    if (frame === Math.ceil(size.frames / 2)) made.day('2027-01-16');
    for (let fact = 0; fact < size.facts; fact++) made.moveAnything(ids);
    made.frame();
  }
  return made;
}

export { MERCHANT };
