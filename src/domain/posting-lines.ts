// Posting lines. What one line of a voucher does to one account, and when the account refuses it.
//
// L1. Each action is one side of a step that transfers have, too: there is no arithmetic here. L2. The lines of a voucher
// move as much as they bring, and keep back as much as they promise. L3. What was promised is not refused: money that is
// kept back moves on or goes back even when its account is frozen meanwhile.

import {
  applyCredit,
  applyDebit,
  refuseCredit,
  refuseDebit,
  type Account,
  type Balances,
  type Step,
} from './accounts.ts';
import { isInternal } from './crediting.ts';
import { isAmount, isBalance } from './money.ts';
import { ALLOWED, numberOf, type Verdict } from './refusals.ts';

const MISMATCH = numberOf('currency_mismatch');
const OVERFLOW = numberOf('balance_overflow');

/**
 * debit, credit: what is to spend. hold: kept back of it; expect: what the hold will bring the other side. take, receive:
 * it moves. release, forgo: it does not.
 */
export type PostingAction = 'debit' | 'credit' | 'hold' | 'expect' | 'take' | 'receive' | 'release' | 'forgo';

export type PostingLine = {
  readonly account: string;
  readonly action: PostingAction;
  /** Minor units, 1 … 2^53 − 1. */
  readonly amount: number;
};

type Effect = {
  readonly step: Step;
  readonly side: 'debit' | 'credit';
  /** What it adds to available + held, and to held − pending, in amounts (L2). */
  readonly posted: -1 | 0 | 1;
  readonly promised: -1 | 0 | 1;
};

export const EFFECTS: Readonly<Record<PostingAction, Effect>> = {
  debit: { step: 'posted', side: 'debit', posted: -1, promised: 0 },
  credit: { step: 'posted', side: 'credit', posted: 1, promised: 0 },
  hold: { step: 'held', side: 'debit', posted: 0, promised: 1 },
  expect: { step: 'held', side: 'credit', posted: 0, promised: -1 },
  take: { step: 'captured', side: 'debit', posted: -1, promised: -1 },
  receive: { step: 'captured', side: 'credit', posted: 1, promised: 1 },
  release: { step: 'voided', side: 'debit', posted: 0, promised: -1 },
  forgo: { step: 'voided', side: 'credit', posted: 0, promised: 1 },
};

/** Does the account let this happen? Decides by the account as it is now. `currency`: of the voucher. */
export function refuseLine(account: Account, { action, amount }: PostingLine, currency: string): Verdict {
  switch (action) {
    case 'debit':
    case 'hold':
      return refuseDebit(account, amount, currency);
    case 'credit':
    case 'expect':
      return isInternal(account.id) ? refuseIn(account, amount, currency) : refuseCredit(account, amount, currency);
    case 'take':
    case 'receive':
    case 'release':
    case 'forgo':
      return refusePromised(account, currency);
  }
}

/** An account of the house is never frozen or closed. */
function refuseIn(account: Account, amount: number, currency: string): Verdict {
  if (account.currency !== currency) return MISMATCH;
  const most = Math.max(account.available, 0) + account.held + account.pending + amount;
  return isBalance(most) ? ALLOWED : OVERFLOW;
}

/** @throws Error when the promise was made in another currency: only a mistake of the engine can bring that about */
function refusePromised(account: Account, currency: string): Verdict {
  if (account.currency === currency) return ALLOWED;
  throw new Error(`account ${account.id} in ${account.currency} has promised nothing in ${currency}`);
}

/** Moves the account. Refuses nothing. */
export function applyLine(account: Balances, { action, amount }: PostingLine): void {
  const { step, side } = EFFECTS[action];
  if (side === 'debit') applyDebit(account, step, amount);
  else applyCredit(account, step, amount);
}

/** Do the lines move as much as they bring (L2)? False, too, for none, and where an amount or a sum cannot be counted. */
export function isBalanced(lines: readonly PostingLine[]): boolean {
  let posted = 0;
  let promised = 0;
  for (const { action, amount } of lines) {
    const effect = EFFECTS[action];
    posted += effect.posted * amount;
    promised += effect.promised * amount;
    if (!isAmount(amount) || !isBalance(posted) || !isBalance(promised)) return false;
  }
  return lines.length > 0 && posted === 0 && promised === 0;
}
