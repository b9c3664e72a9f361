// Facts. What has happened, in the order in which it happened; the journal keeps facts and nothing else, and every
// state follows from them. Rows (arrays) are how facts lie in the journal: they decode six times faster than maps.
//
// F1. A fact is complete: whoever reads it needs no other fact to show it. F2. Kind numbers and row layouts are for
// ever; a new layout gets a new kind.

import type { AccountStatus, Metadata, Step } from './accounts.ts';
import type { Context } from './context.ts';
import type { SettleRequest, TransferRequest } from './transfers.ts';

export const FACT_KIND = { accountOpened: 1, accountChanged: 2, transferMoved: 3, batchAnswered: 4 } as const;

/** The idempotency key under which a fact was caused ('' for none) and what the request said. */
export type Keyed = { readonly key: string; readonly fingerprint: string };

export type AccountOpened = Keyed & {
  readonly kind: 1;
  readonly context: Context;
  readonly account: string;
  readonly ordinal: number;
  readonly currency: string;
  readonly accountKind: string;
  readonly creditLimit: number;
  readonly metadata: Metadata;
};

/** Attributes after the change, and the balances beside them so that the fact can be shown by itself. */
export type AccountChanged = Keyed & {
  readonly kind: 2;
  readonly context: Context;
  readonly account: string;
  readonly version: number;
  readonly previousSeq: number;
  readonly status: AccountStatus;
  readonly creditLimit: number;
  readonly metadata: Metadata;
  /** What does not change: ordinal, currency, kind, time of opening (ms). */
  readonly fixed: readonly [ordinal: number, currency: string, accountKind: string, createdAtMs: number];
  readonly balances: readonly [available: number, held: number, pending: number];
};

/** One side of a transfer after a step. */
export type Leg = {
  readonly account: string;
  readonly version: number;
  readonly available: number;
  /** Frame of this account's fact before this one; 0 when there is none. */
  readonly previousSeq: number;
};

export type TransferMoved = Keyed & {
  readonly kind: 3;
  readonly context: Context;
  readonly step: Step;
  /** Id of the operation: the transfer's own for a post or hold; '' for a settle named only by its key. */
  readonly id: string;
  readonly debit: Leg;
  readonly credit: Leg;
  readonly currency: string;
  /** The transfer's whole amount. */
  readonly amount: number;
  /** The transfer; equals `id` for a post or hold. */
  readonly transfer: string;
  /** Minor units that this step moves. */
  readonly moved: number;
  /** Minor units captured and given back so far, this step included. */
  readonly captured: number;
  readonly released: number;
  /** What remains open after this step decides the status: 'held' while something does. */
  readonly status: Step;
  /** Steps so far, this one included. */
  readonly version: number;
  /** When an open hold ends by itself, ms since 1970; 0 for none. */
  readonly expiresAtMs: number;
  /** Seconds that the client asked for; 0 when it asked for none. */
  readonly expiresInSeconds: number;
  /** Minor units that a settle asked for; 0 for all that remained. */
  readonly requested: number;
  /** When the transfer was made, ms since 1970; 0 in its first fact, whose frame has the time. */
  readonly createdAtMs: number;
  /** Frame of the transfer's first fact; 0 in the first fact itself. */
  readonly originSeq: number;
  /** Frame of the transfer's fact before this one; 0 in the first. */
  readonly previousSeq: number;
  readonly metadata: Metadata | null;
};

/** What a keyed batch answered. */
export type BatchAnswered = Keyed & {
  readonly kind: 4;
  readonly context: Context;
  readonly results: readonly number[];
};

export type Fact = AccountOpened | AccountChanged | TransferMoved | BatchAnswered;

export type FactRow = readonly unknown[];

const STEPS: readonly Step[] = ['posted', 'held', 'captured', 'voided', 'expired'];
const STATUSES: readonly AccountStatus[] = ['active', 'frozen', 'closed'];

/** `context`: place of the fact's context in its frame. */
export function factRow(fact: Fact, context: number): FactRow {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
      return isPlain(fact) ? plainRow(fact, context) : [...plainRow(fact, context), ...detailRow(fact)];
    case FACT_KIND.accountOpened:
      // prettier-ignore
      return [1, context, fact.account, fact.ordinal, fact.currency, fact.accountKind, fact.creditLimit, fact.metadata, fact.key, fact.fingerprint];
    case FACT_KIND.accountChanged:
      // prettier-ignore
      return [2, context, fact.account, fact.version, fact.previousSeq, STATUSES.indexOf(fact.status), fact.creditLimit, fact.metadata, fact.fixed, fact.balances, fact.key, fact.fingerprint];
    case FACT_KIND.batchAnswered:
      return [4, context, fact.results, fact.key, fact.fingerprint];
  }
}

/** @throws Error for a row of unknown kind: a journal written by a newer version. */
export function readFact(row: FactRow, contexts: readonly Context[]): Fact {
  const context = contexts[row[1] as number];
  if (!context) throw new Error('fact without context');
  switch (row[0]) {
    case FACT_KIND.transferMoved:
      return readTransfer(row as PlainRow | [...PlainRow, ...DetailRow], context);
    case FACT_KIND.accountOpened: {
      const [, , account, ordinal, currency, accountKind, creditLimit, metadata, key, fingerprint] = row as OpenedRow;
      return { kind: 1, context, account, ordinal, currency, accountKind, creditLimit, metadata, key, fingerprint };
    }
    case FACT_KIND.accountChanged: {
      const [, , account, version, previousSeq, status, creditLimit, metadata, fixed, balances, key, fingerprint] =
        row as ChangedRow;
      // prettier-ignore
      return { kind: 2, context, account, version, previousSeq, status: STATUSES[status] ?? 'active', creditLimit, metadata, fixed, balances, key, fingerprint };
    }
    case FACT_KIND.batchAnswered: {
      const [, , results, key, fingerprint] = row as BatchRow;
      return { kind: 4, context, results, key, fingerprint };
    }
    default:
      throw new Error(`fact of unknown kind ${String(row[0])}`);
  }
}

type OpenedRow = [1, number, string, number, string, string, number, Metadata, string, string];
// prettier-ignore
type ChangedRow = [2, number, string, number, number, number, number, Metadata, AccountChanged['fixed'], AccountChanged['balances'], string, string];
type BatchRow = [4, number, number[], string, string];
// prettier-ignore
type PlainRow = [
  kind: 3, context: number, step: number, id: string,
  debit: string, debitVersion: number, debitAvailable: number, debitPrevious: number,
  credit: string, creditVersion: number, creditAvailable: number, creditPrevious: number,
  currency: string, amount: number,
];
// prettier-ignore
type DetailRow = [
  transfer: string, moved: number, captured: number, released: number, status: number, version: number,
  expiresAtMs: number, expiresInSeconds: number, requested: number, createdAtMs: number, originSeq: number, previousSeq: number,
  metadata: Metadata | null, key: string, fingerprint: string,
];

const PLAIN_LENGTH = 14;

/** A post without key and metadata, which is most of them, needs no details. */
function isPlain(fact: TransferMoved): boolean {
  return fact.step === 'posted' && fact.key === '' && fact.metadata === null;
}

function plainRow(fact: TransferMoved, context: number): PlainRow {
  const { debit, credit } = fact;
  // prettier-ignore
  return [
    3, context, STEPS.indexOf(fact.step), fact.id,
    debit.account, debit.version, debit.available, debit.previousSeq,
    credit.account, credit.version, credit.available, credit.previousSeq,
    fact.currency, fact.amount,
  ];
}

function detailRow(fact: TransferMoved): DetailRow {
  // prettier-ignore
  return [
    fact.transfer, fact.moved, fact.captured, fact.released, STEPS.indexOf(fact.status), fact.version,
    fact.expiresAtMs, fact.expiresInSeconds, fact.requested, fact.createdAtMs, fact.originSeq, fact.previousSeq,
    fact.metadata, fact.key, fact.fingerprint,
  ];
}

function readTransfer(row: PlainRow | [...PlainRow, ...DetailRow], context: Context): TransferMoved {
  const step = STEPS[row[2]] ?? 'posted';
  const id = row[3];
  const debit: Leg = { account: row[4], version: row[5], available: row[6], previousSeq: row[7] };
  const credit: Leg = { account: row[8], version: row[9], available: row[10], previousSeq: row[11] };
  const currency = row[12];
  const amount = row[13];
  if (row.length === PLAIN_LENGTH) return posted({ context, id, debit, credit, currency, amount });
  // prettier-ignore
  const [transfer, moved, captured, released, status, version, expiresAtMs, expiresInSeconds, requested, createdAtMs, originSeq, previousSeq, metadata, key, fingerprint] = row.slice(PLAIN_LENGTH) as DetailRow;
  // prettier-ignore
  return { kind: 3, context, step, id, debit, credit, currency, amount, transfer, moved, captured, released, status: STEPS[status] ?? step, version, expiresAtMs, expiresInSeconds, requested, createdAtMs, originSeq, previousSeq, metadata, key, fingerprint };
}

type Posting = Pick<TransferMoved, 'context' | 'id' | 'debit' | 'credit' | 'currency' | 'amount'>;

function posted({ context, id, debit, credit, currency, amount }: Posting): TransferMoved {
  // prettier-ignore
  return { kind: 3, context, step: 'posted', id, debit, credit, currency, amount, transfer: id, moved: amount, captured: 0, released: 0, status: 'posted', version: 1, expiresAtMs: 0, expiresInSeconds: 0, requested: 0, createdAtMs: 0, originSeq: 0, previousSeq: 0, metadata: null, key: '', fingerprint: '' };
}

/** Does the request say what this first fact of a transfer says? */
export function sameTransfer(fact: TransferMoved, request: TransferRequest): boolean {
  return (
    (fact.step === 'held') === request.hold &&
    (fact.step === 'held' || fact.step === 'posted') &&
    fact.debit.account === request.debit &&
    fact.credit.account === request.credit &&
    fact.amount === request.amount &&
    (request.currency === '' || fact.currency === request.currency) &&
    fact.expiresInSeconds === request.expiresInSeconds &&
    sameMetadata(fact.metadata, request.metadata)
  );
}

/** Does the request say what this capture or void says? Accounts that it leaves out are those of the hold. */
export function sameSettle(fact: TransferMoved, request: SettleRequest): boolean {
  return (
    fact.step === request.step &&
    fact.transfer === request.transfer &&
    fact.requested === request.amount &&
    (request.debit === '' || request.debit === fact.debit.account) &&
    (request.credit === '' || request.credit === fact.credit.account)
  );
}

function sameMetadata(one: Metadata | null, other: Metadata | null): boolean {
  if (one === null || other === null) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
