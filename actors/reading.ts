// Reading. Lists and statements, answered from the actors in memory and the facts in the journal.

import { applyCredit, applyDebit, type Account } from '../src/domain/accounts.ts';
import { FACT_KIND, type Fact } from '../src/domain/facts.ts';
import { numberOf } from '../src/domain/refusals.ts';
import type { Entry, ListAccounts, ReadBalance, ReadEntries, ReadTransfer } from './commands.ts';
import type { Desk } from './desk.ts';
import type { FrameFacts } from './frame-facts.ts';
import { dated } from './transfers.ts';

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');
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
  const found: Account[] = [];
  for (const id of accounts.idsInOrder(merchant, newer, older, forwards)) {
    const cell = accounts.find(merchant, id);
    if (cell) found.push(cell.account.copy());
    if (found.length > limit) break;
  }
  command.hasMore = found.length > limit;
  command.accounts = forwards ? found.slice(0, limit) : found.slice(0, limit).toReversed();
}

/**
 * Newest first. Each fact of an account names the frame of the one before it, so the walk touches only frames that
 * concern the account.
 */
export function readEntries(desk: Desk, command: ReadEntries): void {
  const cell = desk.accounts.find(command.context.merchant, command.id);
  if (!cell) {
    command.verdict = ACCOUNT_NOT_FOUND;
    return;
  }
  command.account = cell.account.copy();
  const { before, after, limit } = command;
  const entries: Entry[] = [];
  for (const entry of entriesBackwards(desk, cell.account)) {
    const version = legOf(entry).version;
    if (version <= after) break;
    if (before === 0 || version < before) entries.push(entry);
    if (after === 0 && entries.length > limit) break;
  }
  command.hasMore = entries.length > limit;
  command.entries = after === 0 ? entries.slice(0, limit) : entries.slice(-limit);
}

/** The entry's own side. */
export function legOf({ fact, side }: Entry): Entry['fact']['debit'] {
  return side === 'debit' ? fact.debit : fact.credit;
}

/** What the account has now, without what happened since. */
export function readBalance(desk: Desk, command: ReadBalance): void {
  const cell = desk.accounts.find(command.context.merchant, command.id);
  if (!cell) {
    command.verdict = ACCOUNT_NOT_FOUND;
    return;
  }
  const account = cell.account.copy();
  for (const { frame, index } of factsBackwards(desk, cell.account)) {
    if (frame.timeMs <= command.atMs) break;
    undo(account, frame.facts[index] as Fact);
  }
  command.account = account;
}

/** Makes the account's balances and version what they were before its latest fact. */
function undo(account: Account, fact: Fact): void {
  const { version } = account;
  if (fact.kind === FACT_KIND.transferMoved) {
    if (fact.debit.account === account.id) applyDebit(account, fact.step, -fact.moved);
    else applyCredit(account, fact.step, -fact.moved);
  }
  account.version = version - 1;
}

function* entriesBackwards(desk: Desk, account: Account): Iterable<Entry> {
  for (const { frame, index } of factsBackwards(desk, account)) {
    const entry = entryOf(frame, index, account.id);
    if (entry) yield entry;
  }
}

/** Everything that happened to the account, the latest first. */
function* factsBackwards(desk: Desk, account: Account): Iterable<{ frame: FrameFacts; index: number }> {
  for (let seq = account.lastSeq; seq > 0;) {
    const frame = desk.history.frame(seq);
    if (!frame) throw new Error(`journal has no frame ${seq}`);
    let previous = 0;
    for (let index = frame.facts.length - 1; index >= 0; index--) {
      const fact = frame.facts[index] as Fact;
      if (fact.context.merchant !== account.merchant) continue;
      const link = linkOf(fact, account.id);
      if (link === null) continue;
      previous = link;
      yield { frame, index };
    }
    if (previous >= seq) return;
    seq = previous;
  }
}

/** Frame of the account's fact before this one; null when the fact is not about the account. */
function linkOf(fact: Fact, account: string): number | null {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
      if (fact.debit.account === account) return fact.debit.previousSeq;
      return fact.credit.account === account ? fact.credit.previousSeq : null;
    case FACT_KIND.accountChanged:
      return fact.account === account ? fact.previousSeq : null;
    case FACT_KIND.accountOpened:
      return fact.account === account ? 0 : null;
    case FACT_KIND.batchAnswered:
    case FACT_KIND.dayOpened:
      return null;
  }
}

function entryOf(frame: FrameFacts, index: number, account: string): Entry | null {
  const fact = frame.facts[index] as Fact;
  if (fact.kind !== FACT_KIND.transferMoved) return null;
  const side = fact.debit.account === account ? 'debit' : 'credit';
  return { fact, side, timeMs: frame.timeMs, seq: frame.seq, index };
}
