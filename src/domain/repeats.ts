// Repeats. Does a request say what a fact says? Then it is the same request again, and not another one of that name.

import type { Metadata, Step } from './accounts.ts';
import type { TransferFact } from './facts.ts';
import type { SettleRequest, TransferRequest } from './transfers.ts';

/** Does the request say what this first fact of a transfer says? */
export function sameTransfer(fact: TransferFact, request: TransferRequest): boolean {
  return (
    (fact.step === 'held') === request.hold &&
    (fact.step === 'held' || isPosted(fact.step)) &&
    fact.debit.account === request.debit &&
    fact.credit.account === request.credit &&
    fact.amount === request.amount &&
    (request.currency === '' || fact.currency === request.currency) &&
    fact.expiresInSeconds === request.expiresInSeconds &&
    sameMetadata(fact.metadata, request.metadata)
  );
}

/** Does the request say what this capture or void says? Accounts that it leaves out are those of the hold. */
export function sameSettle(fact: TransferFact, request: SettleRequest): boolean {
  return (
    fact.step === request.step &&
    fact.transfer === request.transfer &&
    fact.requested === request.amount &&
    (request.debit === '' || request.debit === fact.debit.account) &&
    (request.credit === '' || request.credit === fact.credit.account)
  );
}

function sameMetadata(one: Metadata | null, other: Metadata | null): boolean {
  if (one === null || other === null) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** True for the first step of a transfer that is a post to whoever asks for it. */
function isPosted(step: Step): boolean {
  return step === 'posted' || step === 'buffered' || step === 'sent' || step === 'spread';
}
