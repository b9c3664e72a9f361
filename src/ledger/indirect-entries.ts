// Indirect entries. What the entries of money say that moves from or to an account that only the engine uses: in statements it
// is between payer and payee, and the account of the engine is ours to know.

import { FACT_KIND, type IndirectFact, type Leg } from '../domain/facts.ts';

/** What an entry names as its transfer: of a sum that, and nothing of what stays within one account. */
export function orderOf(fact: IndirectFact): string {
  if (fact.kind === FACT_KIND.transferRouted) return fact.transfer;
  return fact.kind === FACT_KIND.creditsApplied ? fact.id : '';
}

/** Who an entry names as the other side: payer and payee name each other; else the account, and where it lay before. */
export function counterpartyOf(fact: IndirectFact, leg: Leg): string {
  if (fact.kind !== FACT_KIND.transferRouted) return leg === fact.via ? fact.account : fact.via.account;
  return leg.account === fact.debit.account ? fact.credit.account : fact.debit.account;
}
