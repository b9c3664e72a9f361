// On the way. The accounts behind a rule of crediting: where credits gather, where they are between two steps, the suspense
// for what nobody takes, and sub-accounts. They are accounts like any other, opened when a rule first needs them.

import type { Account, AccountView } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import { onTheWay, suspenseOf, SUSPENSE_KIND, TRANSIT_KIND, type Crediting } from '../src/domain/crediting.ts';
import { ALLOWED, numberOf, type Verdict } from '../src/domain/refusals.ts';
import type { Desk } from './desk.ts';
import { spreadOf, subAccountsOf } from './sub-accounts.ts';

const UNUSABLE = numberOf('suspense_unusable');

type Named = Pick<Account, 'merchant' | 'id' | 'currency'>;

/** May an account in this currency have this rule? Not while the merchant uses the name of its suspense otherwise. */
export function refuseRule(desk: Desk, { merchant, currency }: Named, rule: Crediting): Verdict {
  if (onTheWay(rule) === '') return ALLOWED;
  const suspense = desk.accounts.find(merchant, suspenseOf(currency))?.account;
  if (!suspense || (suspense.kind === SUSPENSE_KIND && suspense.currency === currency)) return ALLOWED;
  return UNUSABLE;
}

/** Opens what the rule needs and is not there yet. */
export function provideFor(
  desk: Desk,
  { merchant, currency, kind }: Pick<Account, 'merchant' | 'currency' | 'kind'>,
  rule: Crediting,
  context: Context,
): void {
  const { accounts } = desk;
  for (const id of rule.subAccounts) if (!accounts.find(merchant, id)) accounts.found(id, currency, kind, context);
  const via = onTheWay(rule);
  if (via === '') return;
  const suspense = suspenseOf(currency);
  if (!accounts.find(merchant, via)) accounts.found(via, currency, TRANSIT_KIND, context);
  if (!accounts.find(merchant, suspense)) accounts.found(suspense, currency, SUSPENSE_KIND, context);
}

/** Minor units that are paid to an account and not on it itself: they have gathered, or lie on its sub-accounts. */
export function besideFor(desk: Desk, account: Account): number {
  return account.crediting ? bufferedFor(desk, account) + spreadOf(desk, account) : 0;
}

/** Minor units that have gathered for an account and are not applied yet. */
export function bufferedFor(desk: Desk, { merchant, crediting }: Account): number {
  return crediting ? availableOn(desk, merchant, crediting.buffer) : 0;
}

/** Minor units that are on their way to an account, by whichever way. */
export function onTheWayTo(desk: Desk, account: Account): number {
  const { merchant, crediting } = account;
  return crediting ? bufferedFor(desk, account) + availableOn(desk, merchant, crediting.transit) : 0;
}

/** A copy of an account as people see it, for whoever asked. */
export function viewOf(desk: Desk, account: Account): AccountView {
  const { merchant, id, ordinal, currency, kind, createdAtMs, status, creditLimit, metadata, crediting } = account;
  let { available, version, updatedAtMs, lastSeq } = account;
  const { held, pending } = account;
  for (const one of subAccountsOf(desk, account)) {
    available += one.available;
    version += one.version - 1;
    updatedAtMs = Math.max(updatedAtMs, one.updatedAtMs);
    lastSeq = Math.max(lastSeq, one.lastSeq);
  }
  // prettier-ignore
  return { merchant, id, ordinal, currency, kind, createdAtMs, status, creditLimit, metadata, crediting, available, held, pending, version, updatedAtMs, lastSeq, onTheWay: onTheWayTo(desk, account) };
}

function availableOn(desk: Desk, merchant: string, id: string): number {
  return desk.accounts.find(merchant, id)?.account.available ?? 0;
}
