// Transfers. The parent of the transfer actors: starts each one once, finds the actor of a hold again, and ends holds
// that are due.
//
// T1. A name is used once: the same request again gets the first answer, another request is refused. T2. A transfer's
// actor is in memory while its hold is open, and can leave any time: its latest fact has all of its state.

import { FACT_KIND, isTransfer, type TransferFact, type TransferMoved } from '../src/domain/facts.ts';
import { makeId } from '../src/domain/ids.ts';
import { numberOf, type Verdict } from '../src/domain/refusals.ts';
import { sameSettle, sameTransfer } from '../src/domain/repeats.ts';
import type { ReverseRequest } from '../src/domain/reversals.ts';
import { isOpen, type SettleRequest, type TransferRequest } from '../src/domain/transfers.ts';
import type { OpenHold } from '../src/journal/state-store.ts';
import type { Dated } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Found } from './names.ts';
import { Operation, type Begin } from './operation.ts';
import { PostCell } from './post-cell.ts';
import { ReversalCell } from './reversal-cell.ts';
import { Timers } from './runtime/timers.ts';
import { TransferCell, type TransferState } from './transfer-cell.ts';

const DIFFERENT_CONTENT = numberOf('transfer_exists_with_different_content');
const NOT_FOUND = numberOf('transfer_not_found');

/** The request is answered at once: by an earlier one, or by a refusal. null: it has begun. */
export type Immediate = { readonly verdict: Verdict; readonly earlier: Dated<TransferFact> | null } | null;

type DueHold = { readonly dueMs: number; readonly merchant: string; readonly id: string };

export class Transfers {
  readonly #desk: Desk;
  /** Open holds in memory, by merchant and id. */
  readonly #open = new Map<string, TransferCell>();
  readonly #timers = new Timers<DueHold>();
  /** Holds that changed since the last snapshot. */
  #changed = new Map<string, OpenHold & { readonly open: boolean }>();
  started = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Open holds in memory. */
  get size(): number {
    return this.#open.size;
  }

  make(request: TransferRequest, begin: Begin): Immediate {
    const { context } = begin;
    if (request.id !== '') {
      const found = this.#desk.names.findTransfer(context.merchant, request.id);
      if (found) return this.#madeBefore(found, request);
    }
    this.started += 1;
    const desk = this.#desk;
    const id = request.id === '' ? makeId('xfr', desk.commit.timeMs, desk.entropy()) : request.id;
    const { hold, amount, currency } = request;
    const cell = hold ? new TransferCell(desk, newHold(context.merchant, id, request)) : new PostCell(desk, request);
    desk.dispatcher.send(cell, new Operation(begin, hold ? 'held' : 'posted', id, amount, currency, null));
    return null;
  }

  settle(request: SettleRequest, begin: Begin): Immediate {
    const { context } = begin;
    if (request.id !== '') {
      const found = this.#desk.names.findTransfer(context.merchant, request.id);
      if (found) return settledBefore(found, request);
    }
    const cell = this.find(context.merchant, request.transfer);
    if (!cell) return { verdict: NOT_FOUND, earlier: null };
    const { id, step, amount } = request;
    this.#desk.dispatcher.send(cell, new Operation(begin, step, id, amount, '', request));
    return null;
  }

  /** Takes back a transfer; a capture or void is not one. */
  reverse(request: ReverseRequest, begin: Begin): Immediate {
    const found = this.#desk.names.findTransfer(begin.context.merchant, request.transfer);
    const latest = found ? dated(found) : null;
    if (latest?.fact.transfer !== request.transfer) return { verdict: NOT_FOUND, earlier: null };
    const { currency } = latest.fact;
    const cell = new ReversalCell(this.#desk, request, latest);
    this.#desk.dispatcher.send(cell, new Operation(begin, 'reversed', '', 0, currency, null));
    return null;
  }

  /** The transfer's actor, from memory or from its latest fact; null when there is no such transfer. */
  find(merchant: string, id: string): TransferCell | null {
    const resident = this.#open.get(keyOf(merchant, id));
    if (resident) return resident;
    const found = this.#desk.names.findTransfer(merchant, id);
    const fact = found?.fact;
    if (!found || !fact || !isTransfer(fact) || fact.transfer !== id) return null;
    const cell = new TransferCell(this.#desk, stateOf(fact, found.frame.timeMs, found.frame.seq));
    if (isOpen(cell.transfer)) this.#keep(cell);
    return cell;
  }

  /** A hold has been made, or part of it is open again. */
  opened(cell: TransferCell): void {
    const { merchant, id, expiresAtMs: dueMs, lastSeq: seq } = cell.transfer;
    this.#keep(cell);
    this.#timers.add({ dueMs, merchant, id });
    this.#changed.set(keyOf(merchant, id), { merchant, id, seq, dueMs, open: true });
  }

  /** Something was taken of a hold. */
  settled(cell: TransferCell): void {
    const { merchant, id, expiresAtMs: dueMs, lastSeq: seq } = cell.transfer;
    const open = isOpen(cell.transfer);
    this.#changed.set(keyOf(merchant, id), { merchant, id, seq, dueMs, open });
    if (!open) this.#open.delete(keyOf(merchant, id));
  }

  /** An atomic batch was taken back: the cell is as it was before it. */
  restored(cell: TransferCell): void {
    const { merchant, id, version, expiresAtMs: dueMs, lastSeq: seq } = cell.transfer;
    const key = keyOf(merchant, id);
    const open = version > 0 && isOpen(cell.transfer);
    if (open) this.#keep(cell);
    else this.#open.delete(key);
    // What the batch told the next snapshot is not so any more.
    if (this.#changed.has(key)) this.#changed.set(key, { merchant, id, seq, dueMs, open });
  }

  /** An open hold of an earlier snapshot. */
  load(hold: OpenHold): void {
    this.#timers.add(hold);
  }

  /** When the next hold is due, ms since 1970; null when none is open. */
  get nextDueMs(): number | null {
    return this.#timers.nextMs;
  }

  /** The next hold that is due and still open; its timer is gone. */
  takeDue(nowMs: number): TransferCell | null {
    for (let due = this.#timers.take(nowMs); due; due = this.#timers.take(nowMs)) {
      const cell = this.find(due.merchant, due.id);
      if (cell && isOpen(cell.transfer) && cell.transfer.expiresAtMs <= nowMs) return cell;
    }
    return null;
  }

  /** Holds that changed since the last call, for a snapshot. */
  takeChanged(): (OpenHold & { readonly open: boolean })[] {
    const changed = [...this.#changed.values()];
    this.#changed = new Map();
    return changed;
  }

  /** Lets the oldest holds go until at most `max` are in memory. Only between two requests. */
  passivate(max: number): void {
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= max) return;
      this.#open.delete(oldest);
    }
  }

  /** Stops one transfer's cell; its latest fact brings it back. Only between two requests. */
  stop(merchant: string, id: string): void {
    this.#open.delete(keyOf(merchant, id));
  }

  /** Takes note of a transfer's fact when the journal is read at start. */
  replay(fact: TransferMoved, seq: number): void {
    if (fact.step === 'posted') return;
    const { merchant } = fact.context;
    const { transfer: id, expiresAtMs: dueMs } = fact;
    const open = fact.status === 'held';
    this.#open.delete(keyOf(merchant, id));
    this.#changed.set(keyOf(merchant, id), { merchant, id, seq, dueMs, open });
    if (fact.step === 'held') this.#timers.add({ dueMs, merchant, id });
  }

  /** The first answer to a request whose id is there already. */
  #madeBefore(found: Found, request: TransferRequest): Immediate {
    const first = this.#firstOf(found, request.id);
    if (!first || !sameTransfer(first.fact, request)) return { verdict: DIFFERENT_CONTENT, earlier: null };
    return { verdict: 0, earlier: first };
  }

  #firstOf(found: Found, id: string): Dated<TransferFact> | null {
    const fact = found.fact as TransferFact;
    if (fact.transfer !== id) return null;
    if (fact.originSeq === 0) return dated(found);
    const frame = this.#desk.history.frame(fact.originSeq);
    if (!frame) throw new Error(`journal has no frame ${fact.originSeq}`);
    const { merchant } = fact.context;
    const index = frame.facts.findIndex((one) => isTransfer(one) && one.id === id && one.context.merchant === merchant);
    return index < 0 ? null : dated({ fact: frame.facts[index] as TransferFact, frame, index });
  }

  #keep(cell: TransferCell): void {
    this.#open.set(keyOf(cell.transfer.merchant, cell.transfer.id), cell);
  }
}

/** @throws Error when the fact is not about a transfer: the index and the journal disagree. */
export function dated(found: Found): Dated<TransferFact> {
  const { fact, frame, index } = found;
  if (!isTransfer(fact)) throw new Error('a transfer was expected');
  return { fact, timeMs: frame.timeMs, seq: frame.seq, index };
}

function settledBefore(found: Found, request: SettleRequest): Immediate {
  const { fact } = found;
  const same =
    isTransfer(fact) && fact.kind !== FACT_KIND.transferReversed && fact.id === request.id && sameSettle(fact, request);
  return same ? { verdict: 0, earlier: dated(found) } : { verdict: DIFFERENT_CONTENT, earlier: null };
}

function newHold(merchant: string, id: string, request: TransferRequest): TransferState {
  return {
    merchant,
    id,
    debit: request.debit,
    credit: request.credit,
    amount: request.amount,
    captured: 0,
    released: 0,
    status: 'posted',
    version: 0,
    expiresInSeconds: request.expiresInSeconds,
    expiresAtMs: 0,
    createdAtMs: 0,
    originSeq: 0,
    lastSeq: 0,
    metadata: request.metadata,
  };
}

/** `timeMs`, `seq`: of the frame that has the fact. */
function stateOf(fact: TransferFact, timeMs: number, seq: number): TransferState {
  return {
    merchant: fact.context.merchant,
    id: fact.transfer,
    debit: fact.debit.account,
    credit: fact.credit.account,
    amount: fact.amount,
    captured: fact.captured,
    released: fact.released,
    // One that is on its way is no hold either.
    status: fact.kind === FACT_KIND.transferMoved ? fact.status : 'posted',
    version: fact.version,
    expiresInSeconds: fact.expiresInSeconds,
    expiresAtMs: fact.expiresAtMs,
    createdAtMs: fact.createdAtMs === 0 ? timeMs : fact.createdAtMs,
    originSeq: fact.originSeq === 0 ? seq : fact.originSeq,
    lastSeq: seq,
    metadata: fact.metadata,
  };
}

function keyOf(merchant: string, id: string): string {
  return `${merchant} ${id}`;
}
