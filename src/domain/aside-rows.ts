// Aside rows. How a fact lies in the journal that says what an account has on sub-accounts: that, and around it the row that
// the same fact has without. So no other layout knows of sub-accounts.
//
// L1. Layouts are for ever; a new layout gets a new kind.

import { creditingOf, type Crediting } from './crediting.ts';
import {
  FACT_KIND,
  type AccountRuled,
  type Aside,
  type CreditsApplied,
  type Fact,
  type Leg,
  type TransferFact,
} from './facts.ts';

/** Kind of the row; the fact's own kind is that of the row within. */
export const ASIDE_ROW = 12;

type AsideCell = readonly [version: number, available: number] | null;
/** Of an account's rule: over how many sub-accounts credits are spread, and how many there are. */
type RuleCell = readonly [spreadOver: number, opened: number] | null;

/** `debit`: of the debit account. `credit`: of the credit account, or of the only account that the fact is about. */
export type AsideRow = readonly [
  kind: 12,
  context: number,
  debit: AsideCell,
  credit: AsideCell,
  rule: RuleCell,
  row: readonly unknown[],
];

/** `row`: of the fact without what it says of sub-accounts; it is returned as it is where the fact says nothing of them. */
export function withAside(fact: Fact, context: number, row: readonly unknown[]): readonly unknown[] {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
    case FACT_KIND.transferReversed:
    case FACT_KIND.transferRouted:
      return around(context, row, cellOf(fact.debit.aside), cellOf(fact.credit.aside), null);
    case FACT_KIND.creditsApplied:
      return around(context, row, null, cellOf(fact.to.aside), null);
    case FACT_KIND.accountRuled:
      return around(context, row, null, cellOf(fact.aside), ruleCell(fact.crediting));
    case FACT_KIND.accountOpened:
    case FACT_KIND.accountChanged:
    case FACT_KIND.subAccountGathered:
    case FACT_KIND.batchAnswered:
    case FACT_KIND.keyRemembered:
    case FACT_KIND.dayOpened:
    case FACT_KIND.orderStepped:
    case FACT_KIND.voucherPosted:
    case FACT_KIND.callbackReceived:
    case FACT_KIND.rulesAdopted:
    case FACT_KIND.switchTurned:
      return row;
  }
}

/** The fact, with what an aside row says around it. @throws Error for a fact that has no accounts with sub-accounts */
export function readAside(fact: Fact, [, , debit, credit, rule]: AsideRow): Fact {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
    case FACT_KIND.transferReversed:
    case FACT_KIND.transferRouted:
      return {
        ...fact,
        debit: legWith(fact.debit, debit),
        credit: legWith(fact.credit, credit),
      } satisfies TransferFact;
    case FACT_KIND.creditsApplied:
      return { ...fact, to: legWith(fact.to, credit) } satisfies CreditsApplied;
    case FACT_KIND.accountRuled:
      return readRuled(fact, credit, rule);
    case FACT_KIND.accountOpened:
    case FACT_KIND.accountChanged:
    case FACT_KIND.subAccountGathered:
    case FACT_KIND.batchAnswered:
    case FACT_KIND.keyRemembered:
    case FACT_KIND.dayOpened:
    case FACT_KIND.orderStepped:
    case FACT_KIND.voucherPosted:
    case FACT_KIND.callbackReceived:
    case FACT_KIND.rulesAdopted:
    case FACT_KIND.switchTurned:
      throw new Error(`a fact of kind ${fact.kind} has no sub-accounts beside it`);
  }
}

function around(
  context: number,
  row: readonly unknown[],
  debit: AsideCell,
  credit: AsideCell,
  rule: RuleCell,
): readonly unknown[] {
  return debit || credit || rule ? ([ASIDE_ROW, context, debit, credit, rule, row] satisfies AsideRow) : row;
}

function cellOf(aside: Aside | undefined): AsideCell {
  return aside ? [aside.version, aside.available] : null;
}

function ruleCell({ spreadOver, subAccounts }: Crediting): RuleCell {
  return subAccounts.length > 0 ? [spreadOver, subAccounts.length] : null;
}

function legWith(leg: Leg, cell: AsideCell): Leg {
  return cell ? { ...leg, aside: { version: cell[0], available: cell[1] } } : leg;
}

function readRuled(fact: AccountRuled, cell: AsideCell, rule: RuleCell): AccountRuled {
  const { account, crediting } = fact;
  const aside = cell ? { aside: { version: cell[0], available: cell[1] } } : {};
  if (!rule) return { ...fact, ...aside };
  return { ...fact, ...aside, crediting: creditingOf(account, crediting.way, crediting.delayMs, ...rule) };
}
