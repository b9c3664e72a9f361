// Reading. Transfers and lists of accounts, answered from the actors in memory and the facts in the journal.

import type { AccountView } from '../src/domain/accounts.ts';
import { isInternal } from '../src/domain/crediting.ts';
import { numberOf } from '../src/domain/refusals.ts';
import type { ListAccounts, ReadTransfer } from './commands.ts';
import type { Desk } from './desk.ts';
import { viewOf } from './on-the-way.ts';
import { dated } from './transfers.ts';

const TRANSFER_NOT_FOUND = numberOf('transfer_not_found');
const QUERY_INVALID = numberOf('query_invalid');

export function readTransfer(desk: Desk, command: ReadTransfer): void {
  const found = desk.names.findTransfer(command.context.merchant, command.id);
  if (found) command.transfer = dated(found);
  else command.verdict = TRANSFER_NOT_FOUND;
}

/** Newest first. `after` and `before` name accounts of the merchant. */
export function listAccounts(desk: Desk, command: ListAccounts): void {
  const { accounts } = desk;
  const { merchant } = command.context;
  const { limit, after, before } = command.page;
  const older = after === '' ? Infinity : (accounts.find(merchant, after)?.account.ordinal ?? 0);
  const newer = before === '' ? 0 : (accounts.find(merchant, before)?.account.ordinal ?? 0);
  if (older === 0 || (before !== '' && newer === 0)) {
    command.verdict = QUERY_INVALID;
    return;
  }
  // Towards newer accounts the page is the one nearest to `before`, shown newest first like every other.
  const forwards = before === '';
  const found: AccountView[] = [];
  for (const id of accounts.idsInOrder(merchant, newer, older, forwards)) {
    const cell = isInternal(id) ? null : accounts.find(merchant, id);
    if (cell) found.push(viewOf(desk, cell.account));
    if (found.length > limit) break;
  }
  command.hasMore = found.length > limit;
  command.accounts = forwards ? found.slice(0, limit) : found.slice(0, limit).toReversed();
}
