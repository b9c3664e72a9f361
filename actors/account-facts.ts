// Account facts. What is stated when an account changes, and the account as such a fact shows it.

import type { Account, AccountView } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import { FACT_KIND, type AccountChanged, type AccountRuled, type Aside } from '../src/domain/facts.ts';
import type { RequestKey } from './commands.ts';

/**
 * States the attributes of an account after a change. `onTheWay`: minor units that are on their way to it; `aside`: what its
 * sub-accounts have, if it ever had any.
 */
export function changeFact(
  account: Account,
  context: Context,
  keyed: RequestKey,
  onTheWay: number,
  aside: Aside | undefined,
): AccountChanged | AccountRuled {
  const changed: AccountChanged = {
    kind: FACT_KIND.accountChanged,
    context,
    ...keyed,
    account: account.id,
    version: account.version,
    status: account.status,
    creditLimit: account.creditLimit,
    metadata: account.metadata,
    fixed: [account.ordinal, account.currency, account.kind, account.createdAtMs],
    balances: [account.available, account.held, account.pending],
  };
  const { crediting } = account;
  if (!crediting) return changed;
  return { ...changed, kind: FACT_KIND.accountRuled, crediting, onTheWay, ...(aside ? { aside } : {}) };
}

/** The account as it was after this fact. `timeMs`, `seq`: of the frame that has it. */
export function changedAccount(fact: AccountChanged | AccountRuled, timeMs: number, seq: number): AccountView {
  const [ordinal, currency, kind, createdAtMs] = fact.fixed;
  const [ownAvailable, held, pending] = fact.balances;
  const { account: id, status, creditLimit, metadata } = fact;
  const isRuled = fact.kind === FACT_KIND.accountRuled;
  const aside = isRuled ? fact.aside : undefined;
  const available = ownAvailable + (aside?.available ?? 0);
  const version = fact.version + (aside?.version ?? 0);
  const crediting = isRuled ? fact.crediting : null;
  const onTheWay = isRuled ? fact.onTheWay : 0;
  // prettier-ignore
  return { merchant: fact.context.merchant, id, ordinal, currency, kind, createdAtMs, status, creditLimit, metadata, crediting, available, held, pending, version, updatedAtMs: timeMs, lastSeq: seq, onTheWay };
}
