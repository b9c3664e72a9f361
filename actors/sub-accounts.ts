// Sub-accounts. What an account has on its sub-accounts, and what people see of the two together. They are accounts like any
// other, opened when a rule first needs them, of their account's kind and currency.
//
// S1. What people see is one account: its money and its versions are those of the account and of all its sub-accounts. That
// these were opened counts for nothing, so a change of the rule is one version.

import type { Account } from '../src/domain/accounts.ts';
import type { Aside, Leg } from '../src/domain/facts.ts';
import type { Desk } from './desk.ts';

/** The sub-accounts that an account has or ever had; none for most. @throws Error when one is lost */
export function subAccountsOf(desk: Desk, { merchant, crediting }: Pick<Account, 'merchant' | 'crediting'>): Account[] {
  return (crediting?.subAccounts ?? []).map((id) => {
    const cell = desk.accounts.find(merchant, id);
    if (!cell) throw new Error(`sub-account ${id} was never opened`);
    return cell.account;
  });
}

/** Minor units on an account's sub-accounts. */
export function spreadOf(desk: Desk, account: Pick<Account, 'merchant' | 'crediting'>): number {
  return asideOf(desk, account)?.available ?? 0;
}

/** What an account's sub-accounts add to it; undefined where it never had any. */
export function asideOf(desk: Desk, account: Pick<Account, 'merchant' | 'crediting'>): Aside | undefined {
  if (account.crediting === null || account.crediting.subAccounts.length === 0) return undefined;
  const aside = { version: 0, available: 0 };
  for (const { version, available } of subAccountsOf(desk, account)) {
    aside.version += version - 1;
    aside.available += available;
  }
  return aside;
}

/** An account as it is now, for a fact. */
export function legOf(desk: Desk, account: Account): Leg {
  const { id, version, available } = account;
  const aside = asideOf(desk, account);
  return aside ? { account: id, version, available, aside } : { account: id, version, available };
}
