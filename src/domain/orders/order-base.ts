// Orders. What all of them have in common. An order is a promise that takes several steps: a trade, a payment, what is
// asked of a channel, a refund, a withdrawal, a case. Each is owned by one actor; its latest fact has all of it.
//
// O1. A state changes only by a fact, and every change raises `version` by one. O2. An order that is not at an end has a
// time at which it goes on by itself (`dueMs`). O3. What has been agreed (amount, currency, accounts, rules) never changes.

import type { FactPosition } from '../ids.ts';
import type { Refusal } from '../refusals.ts';

/** What every order has. */
export type OrderBase = {
  readonly id: string;
  readonly createdAtMs: number;
  /** Steps so far; the first fact has 1. */
  readonly version: number;
  /** When it goes on by itself, ms since 1970; 0 only at an end. */
  readonly dueMs: number;
  /** Its vouchers, oldest first, by their place in the journal. */
  readonly vouchers: readonly FactPosition[];
};

/** What a machine says to an event: the next state; nothing to do; not now; or something that contradicts what is known. */
export type Transition<Status extends string> =
  { readonly to: Status } | { readonly same: true } | { readonly refused: true } | { readonly anomaly: true };

/** An event that says what is known already. */
export const SAME = { same: true } as const;

/** An event that this state does not take: the order stays, and whoever asked is told so. */
export const REFUSED = { refused: true } as const;

/** A report that contradicts what is known: never an edit, but a record of its own and somebody who looks at it. */
export const ANOMALY = { anomaly: true } as const;

/** Why something is not carried out; `detail` is for people, '' when the code says it all. */
export type Refused = { readonly refused: Refusal; readonly detail: string };

/** True for a refusal where something else was possible. */
export function isRefused(value: object): value is Refused {
  return 'refused' in value && typeof value.refused === 'string';
}

export function refuse(refused: Refusal, detail = ''): Refused {
  return { refused, detail };
}
