// Account decision. What two people may say of money that came home to a closed account and waits in suspense: which other
// account of the same merchant has it now, or why it stays where it is.

import type { Account } from '../accounts.ts';
import { isHouse } from '../house-accounts.ts';
import type { Refusal } from '../refusals.ts';
import { IGNORE } from './difference.ts';

const ACCOUNT = 'account:';

/** The account that `account:ID` names; '' for any other decision, and for one of the house's. */
export function accountIn(decision: string): string {
  const id = decision.startsWith(ACCOUNT) ? decision.slice(ACCOUNT.length).trim() : '';
  return isHouse(id) ? '' : id;
}

/** Why this cannot be decided; null for an open account, and for `ignore: why`. `account`: the one that it names. */
export function judgeAccountDecision(
  decision: string,
  currency: string,
  account: Pick<Account, 'currency' | 'status'> | undefined,
): Refusal | null {
  if (IGNORE.test(decision)) return null;
  return account?.currency === currency && account.status === 'active' ? null : 'decision_not_possible';
}
