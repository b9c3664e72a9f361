// Crediting. How what is paid to an account reaches it: at once, gathered into one sum, or in two steps. A rule of the
// account, for those that very many pay at the same time.
//
// R1. What is on its way lies on an account of its own for each payee and way, so nothing is ever between accounts and
// the sum over all of them stays 0. R2. A credit keeps the way by which it set out, whatever the rule says later.
// R3. The accounts on the way have ids that no client can write.

import { isHouse } from './house-accounts.ts';

export const CREDITING_WAYS = ['direct', 'buffered', 'segmented'] as const;

/**
 * direct: the credit is part of the payment. buffered: credits gather and become one entry of the payee. segmented: the
 * payment ends in transit, and a second step brings it to the payee, back to the payer or into suspense.
 */
export type CreditingWay = (typeof CREDITING_WAYS)[number];

export type Crediting = {
  readonly way: CreditingWay;
  /** How long a credit waits at most, ms, 1 … 86,400,000; 0 for direct. */
  readonly delayMs: number;
  /** Where credits gather, and where they are between two steps: the ids of two accounts. */
  readonly buffer: string;
  readonly transit: string;
};

/** Longest wait of a credit, ms: a day, for who wants one sum a day. */
export const CREDITING_DELAY_MS_MAX = 86_400_000;

/** Where the rule names no delay, ms: people look at a sum once a second, and wait for a payment that is on its way. */
const DELAY_MS = { direct: 0, buffered: 1_000, segmented: 100 } as const satisfies Record<CreditingWay, number>;

/** Credits that gather at most before their sum is applied: a shop that is paid this fast sees it sooner. */
export const BUFFERED_CREDITS_MAX = 10_000;

/** How long what could not even be parked waits before it is tried again, ms: somebody has to reopen the suspense. */
export const PARKING_RETRY_MS = 60_000;

/** What the accounts on the way are to the books: money in transit. */
export const TRANSIT_KIND = 'transfer_transit';

/** What money that has nowhere to go is to the books. */
export const SUSPENSE_KIND = 'suspense';

const BUFFER_MARK = '+';
const TRANSIT_MARK = '~';

/** The rule of an account. `delayMs`: 0 takes the way's own. */
export function creditingOf(account: string, way: CreditingWay, delayMs: number): Crediting {
  return {
    way,
    delayMs: way === 'direct' || delayMs === 0 ? DELAY_MS[way] : delayMs,
    buffer: BUFFER_MARK + account,
    transit: TRANSIT_MARK + account,
  };
}

/** The account on which credits by this way are before they reach the payee; '' where they reach it at once. */
export function onTheWay({ way, buffer, transit }: Crediting): string {
  switch (way) {
    case 'direct':
      return '';
    case 'buffered':
      return buffer;
    case 'segmented':
      return transit;
  }
}

/** Where money is parked that can reach neither payee nor payer; the merchant's to pay out. One for each currency. */
export function suspenseOf(currency: string): string {
  return `suspense:${currency}`;
}

/** True for an account that only the engine uses (R3). */
export function isInternal(account: string): boolean {
  return isTransit(account) || isHouse(account);
}

/** True for an account on which money is on its way to a payee. */
export function isTransit(account: string): boolean {
  return account.startsWith(BUFFER_MARK) || account.startsWith(TRANSIT_MARK);
}

/** True for an account on which credits gather. */
export function isBuffer(account: string): boolean {
  return account.startsWith(BUFFER_MARK);
}

/** The account that an account on the way belongs to. */
export function payeeOf(internal: string): string {
  return internal.slice(1);
}
