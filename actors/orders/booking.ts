// Booking. From what an order wants booked to lines of accounts: the template says which, and what the accounts are is
// looked up.

import { linesOf, reversalOfLines, type VoucherRequest } from '../../src/domain/books/order-voucher.ts';
import type { Role } from '../../src/domain/books/template-table.ts';
import type { Party } from '../../src/domain/books/templates.ts';
import { houseKindOf, isHouse } from '../../src/domain/house-accounts.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import type { Desk } from '../desk.ts';

/** @throws Error for a draft that its template does not take: a mistake of the order, never of a client */
export function requestOf(desk: Desk, merchant: string, draft: VoucherDraft): VoucherRequest {
  const { code, segment, occurrence, order, currency, shares, reverses } = draft;
  const party = (account: string): Party => partyOf(desk, merchant, account, currency);
  const parties: Partial<Record<Role, Party>> = {};
  for (const role of Object.keys(draft.parties) as Role[]) parties[role] = party(draft.parties[role] as string);
  const parts = draft.parts?.map(({ account, amount }) => ({ ...party(account), amount }));
  const lines = linesOf(code, segment, parties, shares, parts);
  if ('refused' in lines) throw new Error(`${code} of ${order} cannot be booked: ${lines.refused}`);
  const request = { code, segment, occurrence, order, currency, lines, reverses: null };
  return reverses ? reversalOfLines(request, reverses) : request;
}

/** An account of the house is opened when it is first needed; another one that is not there is refused by the posting. */
function partyOf(desk: Desk, merchant: string, account: string, currency: string): Party {
  const known = desk.accounts.find(merchant, account)?.account;
  if (known) return { account, kind: known.kind, currency: known.currency };
  return { account, kind: isHouse(account) ? houseKindOf(account) : 'user', currency };
}
