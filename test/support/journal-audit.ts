// An auditor: reads a journal from its first fact and believes nothing. Throws at the first fact that breaks a promise.
//
// I1. Money is only moved: what leaves one account reaches the other. I3. A name or key has one effect. I4. Versions
// have no gap, and every balance follows from the one before. I7. Nothing passes a limit.

import type { Account, DirectStep } from '../../src/domain/accounts.ts';
import type { AccountChanged, AccountRuled, DirectFact, Fact, IndirectFact, Leg } from '../../src/domain/facts.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { factsOf, type Standing } from './journal-facts.ts';

type Books = Pick<Account, 'currency' | 'creditLimit' | 'available' | 'held' | 'pending' | 'version'>;

const MAX = 2 ** 53 - 1;

/** [available, held, pending] per unit moved, of the debit and of the credit account. */
const EFFECTS: Readonly<Record<DirectStep, readonly [readonly number[], readonly number[]]>> = {
  posted: [
    [-1, 0, 0],
    [1, 0, 0],
  ],
  held: [
    [-1, 1, 0],
    [0, 0, 1],
  ],
  captured: [
    [0, -1, 0],
    [1, 0, -1],
  ],
  voided: [
    [1, -1, 0],
    [0, 0, -1],
  ],
  expired: [
    [1, -1, 0],
    [0, 0, -1],
  ],
  reversed: [
    [1, 0, 0],
    [-1, 0, 0],
  ],
};

/** Books by merchant and account, at the end of the journal. @throws Error naming frame and fact */
export function audit(journal: Journal): ReadonlyMap<string, Books> {
  const books = new Map<string, Books>();
  const effects = new Set<string>();
  for (const standing of factsOf(journal)) {
    try {
      once(effects, standing.fact);
      enter(books, standing);
    } catch (error) {
      throw new Error(`frame ${standing.seq}, fact ${standing.index}: ${String(error)}`, { cause: error });
    }
  }
  for (const currency of new Set([...books.values()].map((account) => account.currency))) balance(books, currency);
  return books;
}

function once(effects: Set<string>, fact: Fact): void {
  const { merchant } = fact.context;
  const names: string[] = [];
  if (fact.key !== '') names.push(`key ${fact.key}`);
  if ((fact.kind === 3 || fact.kind === 7) && fact.id !== '') names.push(`transfer ${fact.id}`);
  if (fact.kind === 11) names.push(`reversal of ${fact.transfer}`);
  if (fact.kind === 1) names.push(`account ${fact.account}`);
  for (const name of names.map((one) => `${merchant} ${one}`)) {
    check(!effects.has(name), `${name} has a second effect`);
    effects.add(name);
  }
}

function enter(books: Map<string, Books>, { fact }: Standing): void {
  const of = (account: string): Books => {
    const found = books.get(`${fact.context.merchant} ${account}`);
    if (!found) throw new Error(`account ${account} was never opened`);
    return found;
  };
  if (fact.kind === 1) {
    const { currency, creditLimit } = fact;
    const opened = { currency, creditLimit, available: 0, held: 0, pending: 0, version: 1 };
    books.set(`${fact.context.merchant} ${fact.account}`, opened);
  } else if (fact.kind === 2 || fact.kind === 9) change(of(fact.account), fact);
  else if (fact.kind === 3 || fact.kind === 11) transfer(of(fact.debit.account), of(fact.credit.account), fact);
  else if (fact.kind === 7 || fact.kind === 8 || fact.kind === 10) goOn(of, fact);
  for (const leg of tellingLegs(fact)) aside(books, fact.context.merchant, leg);
}

/** Legs that say what their account and its sub-accounts have after this very fact. */
function tellingLegs(fact: Fact): Leg[] {
  if (fact.kind === 3 || fact.kind === 11) return [fact.debit, fact.credit];
  return fact.kind === 7 && fact.step === 'spread' ? [fact.debit, fact.credit] : [];
}

/** Sub-accounts are known by their names: '*', two digits, ':' and the account. */
function aside(books: ReadonlyMap<string, Books>, merchant: string, leg: Leg): void {
  const sum = { version: 0, available: 0, count: 0 };
  for (let number = 1; number <= 64; number++) {
    const sub = books.get(`${merchant} *${String(number).padStart(2, '0')}:${leg.account}`);
    if (!sub) continue;
    sum.version += sub.version - 1;
    sum.available += sub.available;
    sum.count += 1;
  }
  const [version, available] = [leg.aside?.version ?? 0, leg.aside?.available ?? 0];
  check(version === sum.version && available === sum.available, `what lies beside ${leg.account} is not what it says`);
  check((leg.aside !== undefined) === sum.count > 0, `${leg.account} forgets its sub-accounts`);
}

/** By way of another account: it never has less than nothing, and a payer not less than it may. */
function goOn(of: (account: string) => Books, fact: IndirectFact): void {
  const [from, to] = sidesOf(fact);
  const { amount, currency, via } = fact;
  check(Number.isSafeInteger(amount) && amount > 0, 'an amount is out of range');
  check(of(from.account).currency === currency && of(to.account).currency === currency, 'currencies differ');
  book(of(from.account), from, [-1, 0, 0], amount);
  book(of(to.account), to, [1, 0, 0], amount);
  check(of(via.account).available >= 0, `${via.account} has given what it did not have`);
  if (from !== via) check(of(from.account).available >= -of(from.account).creditLimit, 'the payer is below its limit');
}

function sidesOf(fact: IndirectFact): readonly [from: Leg, to: Leg] {
  if (fact.kind !== 7) return [fact.via, fact.to];
  const ends = { delivered: fact.credit, returned: fact.debit, parked: fact.suspense ?? fact.debit };
  if (fact.step === 'buffered' || fact.step === 'sent' || fact.step === 'spread') return [fact.debit, fact.via];
  return [fact.via, ends[fact.step]];
}

function change(account: Books, fact: AccountChanged | AccountRuled): void {
  follow(account, fact);
  account.creditLimit = fact.creditLimit;
  check(fact.balances.join() === [account.available, account.held, account.pending].join(), 'balances changed');
}

function transfer(debit: Books, credit: Books, fact: DirectFact): void {
  const { step, moved } = fact;
  check(Number.isSafeInteger(moved) && moved > 0, 'an amount is out of range');
  check(debit.currency === fact.currency && credit.currency === fact.currency, 'currencies differ');
  const [fromDebit, toCredit] = EFFECTS[step];
  book(debit, fact.debit, fromDebit, moved);
  book(credit, fact.credit, toCredit, moved);
  if (step === 'posted' || step === 'held') {
    check(debit.available >= -debit.creditLimit, 'the debit account is below its limit');
  }
  if (step === 'reversed') check(credit.available >= -credit.creditLimit, 'the credit account is below its limit');
  check(fact.captured + fact.released <= fact.amount, 'more was taken than was held');
}

function book(account: Books, leg: Leg, effect: readonly number[], moved: number): void {
  follow(account, leg);
  account.available += (effect[0] ?? 0) * moved;
  account.held += (effect[1] ?? 0) * moved;
  account.pending += (effect[2] ?? 0) * moved;
  check(account.available === leg.available, `balance of ${leg.account} does not follow`);
  check(Math.abs(account.available) <= MAX, `balance of ${leg.account} is out of range`);
  check(account.held >= 0 && account.held <= MAX, `what ${leg.account} holds is out of range`);
  check(account.pending >= 0 && account.pending <= MAX, `what ${leg.account} expects is out of range`);
}

function follow(account: Books, fact: { account: string; version: number }): void {
  check(fact.version === account.version + 1, `${fact.account} jumps from ${account.version} to ${fact.version}`);
  account.version = fact.version;
}

function balance(books: ReadonlyMap<string, Books>, currency: string): void {
  let [posted, held] = [0n, 0n];
  for (const account of books.values()) {
    if (account.currency !== currency) continue;
    posted += BigInt(account.available) + BigInt(account.held);
    held += BigInt(account.held) - BigInt(account.pending);
  }
  check(posted === 0n && held === 0n, `${currency} does not balance: posted ${posted}, held − pending ${held}`);
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
