// Legs. Which two accounts a step moved, and how an account of a fact is shown to people.
//
// L1. A sub-account is for people its account: nobody sees it, and what it has is its account's.

import { FACT_KIND, type DirectFact, type IndirectFact, type Leg, type TransferRouted } from './facts.ts';

/** The two accounts that a step moved: of one by way of another account the fact names a third as well. */
export function movedLegs(fact: DirectFact | IndirectFact): { readonly from: Leg; readonly to: Leg } {
  if (fact.kind === FACT_KIND.creditsApplied || fact.kind === FACT_KIND.subAccountGathered)
    return { from: fact.via, to: fact.to };
  if (fact.kind !== FACT_KIND.transferRouted) return { from: fact.debit, to: fact.credit };
  switch (fact.step) {
    case 'buffered':
    case 'sent':
    case 'spread':
      return { from: fact.debit, to: fact.via };
    case 'delivered':
      return { from: fact.via, to: fact.credit };
    case 'returned':
      return { from: fact.via, to: fact.debit };
    case 'parked':
      return { from: fact.via, to: suspenseOf(fact) };
  }
}

/** An account of a fact as people see it: with what its sub-accounts have. */
export function shownLeg({ account, version, available, aside }: Leg): Leg {
  return aside ? { account, version: version + aside.version, available: available + aside.available } : { account, version, available }; // prettier-ignore
}

function suspenseOf({ transfer, suspense }: TransferRouted): Leg {
  if (!suspense) throw new Error(`transfer ${transfer} was parked nowhere`);
  return suspense;
}
