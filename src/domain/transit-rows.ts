// Transit rows. How the facts about crediting rules, and about what is on its way to a payee, lie in the journal.
//
// L1. Layouts are for ever; a new layout gets a new kind. The places of steps, states and ways in their lists are part of
// them: the lists grow at the end.

import type { AccountStatus, Metadata } from './accounts.ts';
import type { Context } from './context.ts';
import { creditingOf, CREDITING_WAYS } from './crediting.ts';
import {
  FACT_KIND,
  type AccountRuled,
  type CreditsApplied,
  type Fact,
  type Leg,
  type SubAccountGathered,
  type TransferRouted,
} from './facts.ts';

type TransitFact = TransferRouted | CreditsApplied | AccountRuled | SubAccountGathered;

const STEPS: readonly TransferRouted['step'][] = ['buffered', 'sent', 'delivered', 'returned', 'parked', 'spread'];
const STATES: readonly TransferRouted['status'][] = ['posted', 'sent', 'returned', 'parked'];
const STATUSES: readonly AccountStatus[] = ['active', 'frozen', 'closed'];

type LegRow = readonly [account: string, version: number, available: number];
// prettier-ignore
type RoutedRow = [
  kind: 7, context: number, step: number, id: string,
  debit: string, debitVersion: number, debitAvailable: number,
  credit: string, creditVersion: number, creditAvailable: number,
  via: string, viaVersion: number, viaAvailable: number,
  currency: string, amount: number, transfer: string, state: number, version: number, dueMs: number,
  createdAtMs: number, originSeq: number, previousSeq: number, metadata: Metadata | null, key: string, fingerprint: string,
  suspense: LegRow | null, reason: number,
];
// prettier-ignore
type AppliedRow = [
  kind: 8, context: number, parked: number, id: string, account: string, via: LegRow, to: LegRow,
  currency: string, amount: number, reason: number,
];
// prettier-ignore
type RuledRow = [
  kind: 9, context: number, account: string, version: number, status: number, creditLimit: number, metadata: Metadata,
  fixed: AccountRuled['fixed'], balances: AccountRuled['balances'], way: number, delayMs: number, onTheWay: number,
  key: string, fingerprint: string,
];

type GatheredRow = [
  kind: 10,
  context: number,
  account: string,
  via: LegRow,
  to: LegRow,
  currency: string,
  amount: number,
];

/** `context`: place of the fact's context in its frame. */
export function transitRow(fact: TransitFact, context: number): RoutedRow | AppliedRow | RuledRow | GatheredRow {
  switch (fact.kind) {
    case FACT_KIND.transferRouted:
      return routedRow(fact, context);
    case FACT_KIND.creditsApplied: {
      const { step, id, account, via, to, currency, amount, reason } = fact;
      return [8, context, step === 'parked' ? 1 : 0, id, account, legRow(via), legRow(to), currency, amount, reason];
    }
    case FACT_KIND.subAccountGathered: {
      const { account, via, to, currency, amount } = fact;
      return [10, context, account, legRow(via), legRow(to), currency, amount];
    }
    case FACT_KIND.accountRuled: {
      const { account, version, status, creditLimit, metadata, fixed, balances, crediting, onTheWay } = fact;
      const rule = [CREDITING_WAYS.indexOf(crediting.way), crediting.delayMs, onTheWay] as const;
      // prettier-ignore
      return [9, context, account, version, STATUSES.indexOf(status), creditLimit, metadata, fixed, balances, ...rule, fact.key, fact.fingerprint];
    }
  }
}

/** Reads what `transitRow` made. */
export function readTransitFact(row: readonly unknown[], context: Context): Fact {
  if (row[0] === FACT_KIND.transferRouted) return readRouted(row as RoutedRow, context);
  if (row[0] === FACT_KIND.subAccountGathered) return readGathered(row as GatheredRow, context);
  return row[0] === FACT_KIND.creditsApplied
    ? readApplied(row as AppliedRow, context)
    : readRuled(row as RuledRow, context);
}

function routedRow(fact: TransferRouted, context: number): RoutedRow {
  const { debit, credit, via, suspense } = fact;
  // prettier-ignore
  return [
    7, context, STEPS.indexOf(fact.step), fact.id,
    debit.account, debit.version, debit.available,
    credit.account, credit.version, credit.available,
    via.account, via.version, via.available,
    fact.currency, fact.amount, fact.transfer, STATES.indexOf(fact.status), fact.version, fact.dueMs,
    fact.createdAtMs, fact.originSeq, fact.previousSeq, fact.metadata, fact.key, fact.fingerprint,
    suspense && legRow(suspense), fact.reason,
  ];
}

function readRouted(row: RoutedRow, context: Context): TransferRouted {
  // prettier-ignore
  const [, , step, id, debit, debitVersion, debitAvailable, credit, creditVersion, creditAvailable, via, viaVersion, viaAvailable, currency, amount, transfer, state, version, dueMs, createdAtMs, originSeq, previousSeq, metadata, key, fingerprint, suspense, reason] = row;
  return {
    kind: FACT_KIND.transferRouted,
    context,
    step: STEPS[step] ?? 'sent',
    id,
    debit: { account: debit, version: debitVersion, available: debitAvailable },
    credit: { account: credit, version: creditVersion, available: creditAvailable },
    via: { account: via, version: viaVersion, available: viaAvailable },
    suspense: suspense && readLeg(suspense),
    currency,
    amount,
    transfer,
    moved: amount,
    captured: 0,
    released: 0,
    status: STATES[state] ?? 'sent',
    version,
    dueMs,
    reason,
    expiresAtMs: 0,
    expiresInSeconds: 0,
    requested: 0,
    createdAtMs,
    originSeq,
    previousSeq,
    metadata,
    key,
    fingerprint,
  };
}

function readApplied(row: AppliedRow, context: Context): CreditsApplied {
  const [, , parked, id, account, via, to, currency, amount, reason] = row;
  const step = parked === 1 ? 'parked' : 'applied';
  // prettier-ignore
  return { kind: 8, context, step, id, account, via: readLeg(via), to: readLeg(to), currency, amount, reason, key: '', fingerprint: '' };
}

function readGathered([, , account, via, to, currency, amount]: GatheredRow, context: Context): SubAccountGathered {
  // prettier-ignore
  return { kind: 10, context, step: 'gathered', account, via: readLeg(via), to: readLeg(to), currency, amount, key: '', fingerprint: '' };
}

function readRuled(row: RuledRow, context: Context): AccountRuled {
  // prettier-ignore
  const [, , account, version, status, creditLimit, metadata, fixed, balances, way, delayMs, onTheWay, key, fingerprint] = row;
  const crediting = creditingOf(account, CREDITING_WAYS[way] ?? 'direct', delayMs);
  // prettier-ignore
  return { kind: 9, context, account, version, status: STATUSES[status] ?? 'active', creditLimit, metadata, fixed, balances, crediting, onTheWay, key, fingerprint };
}

function legRow({ account, version, available }: Leg): LegRow {
  return [account, version, available];
}

function readLeg([account, version, available]: LegRow): Leg {
  return { account, version, available };
}
