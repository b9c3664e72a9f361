// Requests and mishaps at random, few enough names and large enough amounts that they get in each other's way. A step
// says what happens as plainly as a number can ("the third open hold"), so that a failing run can be made smaller.

import * as fc from 'fast-check';
import { MONEY_MAX } from '../../src/domain/money.ts';
import type { LedgerModel } from './ledger-model.ts';
import type { Request, Settle, Transfer } from './ledger-requests.ts';

/** What comes after a request: the next one at once, a turn of the event loop first, or its answer first. */
export type Pause = 'none' | 'turn' | 'answer';

export type Step =
  | { readonly what: 'request'; readonly draft: Draft; readonly key: number | null; readonly pause: Pause }
  /** One of the last requests again, under the same key or another. */
  | { readonly what: 'again'; readonly back: number; readonly key: number | 'same' | null; readonly pause: Pause }
  | { readonly what: 'advance'; readonly seconds: number }
  | { readonly what: 'snapshot' }
  | { readonly what: 'restart'; readonly snapshot: boolean }
  | { readonly what: 'crash' };

/** A request before its names are known. */
export type Draft =
  | ({ readonly make: 'open' | 'change'; readonly account: number } & Attributes)
  /** Of the transfers that there are, or of a name. */
  | { readonly make: 'reverse'; readonly transfer: number }
  | { readonly make: 'batch'; readonly members: readonly Member[]; readonly atomic: boolean }
  | Member;

type Attributes = { readonly currency: string; readonly creditLimit: number; readonly status: Status };
type Status = 'active' | 'frozen' | 'closed' | 'same';

type Member = {
  readonly make: 'post' | 'hold' | 'captured' | 'voided';
  readonly name: number | null;
  readonly debit: number;
  readonly credit: number;
  readonly amount: number;
  readonly currency: string;
  readonly seconds: number;
  /** Which hold is meant. */
  readonly hold: number;
  /** Whether a capture names its accounts. */
  readonly accounts: boolean;
  readonly all: boolean;
};

export const ACCOUNTS = 10;
const NAMES = 800;
const KEYS = 100;
/** Below it a hold is counted among the open ones; above it is a name. */
const OPEN_HOLDS = 30;

const amount = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 60 }), weight: 12 },
  { arbitrary: fc.constantFrom(MONEY_MAX, MONEY_MAX - 1, 2 ** 52), weight: 1 },
);
const currency = fc.constantFrom('', '', '', '', '', '', 'EUR', 'CZK');
const creditLimit = fc.constantFrom(0, 0, 100, Infinity);
const account = fc.nat(ACCOUNTS - 1);

function member(named: boolean): fc.Arbitrary<Member> {
  const name = fc.nat(NAMES - 1);
  return fc.record({
    make: fc.constantFrom('post', 'post', 'hold', 'hold', 'hold', 'captured', 'captured', 'voided'),
    name: named ? name : fc.option(name, { freq: 10 }),
    debit: account,
    credit: account,
    amount,
    currency: named ? fc.constant('') : currency,
    seconds: fc.constantFrom(0, 0, 1, 5, 60, 3_600, 3_600),
    hold: fc.nat(OPEN_HOLDS + 10),
    accounts: fc.boolean(),
    all: fc.boolean(),
  });
}

const attributes = {
  account,
  currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'CZK'),
  creditLimit,
  status: fc.oneof(
    { arbitrary: fc.constantFrom<Status[]>('active', 'same'), weight: 8 },
    { arbitrary: fc.constantFrom<Status[]>('frozen', 'closed'), weight: 1 },
  ),
};

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { arbitrary: member(false), weight: 12 },
  { arbitrary: fc.record({ make: fc.constant('reverse'), transfer: fc.nat(NAMES) }), weight: 2 },
  { arbitrary: fc.record({ make: fc.constant('open'), ...attributes }), weight: 1 },
  { arbitrary: fc.record({ make: fc.constant('change'), ...attributes }), weight: 2 },
  {
    arbitrary: fc.record({
      make: fc.constant('batch'),
      members: fc.array(member(true), { minLength: 1, maxLength: 6 }),
      atomic: fc.boolean(),
    }),
    weight: 4,
  },
);

/** Most requests have none. */
const key = fc.oneof({ arbitrary: fc.constant(null), weight: 6 }, { arbitrary: fc.nat(KEYS - 1), weight: 1 });

const keyAgain = fc.oneof({ arbitrary: fc.constant('same' as const), weight: 4 }, { arbitrary: key, weight: 3 });

const pause = fc.constantFrom<Pause[]>('none', 'none', 'turn', 'answer');

export const randomStep: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      what: fc.constant('request'),
      draft,
      key,
      pause,
    }),
    weight: 60,
  },
  { arbitrary: fc.record({ what: fc.constant('again'), back: fc.nat(20), key: keyAgain, pause }), weight: 8 },
  { arbitrary: fc.record({ what: fc.constant('advance'), seconds: fc.constantFrom(1, 1, 4, 30, 600) }), weight: 3 },
  { arbitrary: fc.record({ what: fc.constant('snapshot') }), weight: 2 },
  { arbitrary: fc.record({ what: fc.constant('restart'), snapshot: fc.boolean() }), weight: 1 },
  { arbitrary: fc.record({ what: fc.constant('crash') }), weight: 1 },
);

/** The request of a draft, now that it is known which holds are open. */
export function requestOf(one: Draft, model: LedgerModel): Request {
  switch (one.make) {
    case 'open':
      return { do: 'open', id: accountId(one.account), currency: one.currency, creditLimit: one.creditLimit };
    case 'change': {
      const { status, creditLimit: limit } = one;
      const id = accountId(one.account);
      return status === 'same' ? { do: 'change', id, creditLimit: limit } : { do: 'change', id, status };
    }
    case 'reverse': {
      const named = model.named();
      return { do: 'reverse', transfer: named[one.transfer % (named.length + 1)] ?? `t${one.transfer}` };
    }
    case 'batch':
      return { do: 'batch', members: one.members.map((each) => memberOf(each, model)), atomic: one.atomic };
    case 'post':
    case 'hold':
    case 'captured':
    case 'voided':
      return memberOf(one, model);
  }
}

function memberOf(one: Member, model: LedgerModel): Transfer | Settle {
  const debit = accountId(one.debit);
  const credit = accountId(one.credit === one.debit ? (one.credit + 1) % ACCOUNTS : one.credit);
  if (one.make === 'post' || one.make === 'hold') {
    const id = one.name === null ? '' : `t${one.name}`;
    const hold = one.make === 'hold';
    const expiresInSeconds = hold ? one.seconds : 0;
    return { do: 'transfer', id, debit, credit, amount: one.amount, currency: one.currency, hold, expiresInSeconds };
  }
  const id = one.name === null ? '' : `s${one.name}`;
  const names = one.accounts && one.hold % 3 === 0 ? { debit, credit } : { debit: '', credit: '' };
  const transfer = holdId(one.hold, model);
  return { do: 'settle', id, transfer, step: one.make, amount: one.all ? 0 : one.amount, ...names };
}

function holdId(hold: number, model: LedgerModel): string {
  const open = model.openHolds().filter((id) => !id.startsWith('unnamed'));
  return (hold < OPEN_HOLDS ? open[hold % Math.max(open.length, 1)] : undefined) ?? `t${hold}`;
}

export function accountId(n: number): string {
  return `a${n}`;
}
