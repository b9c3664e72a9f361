// Money. Amounts are safe integers in minor units (cents, haléř, yen); every sum is checked, nothing is ever rounded
// silently. Products go through BigInt, because amount × basis points leaves the safe integers.

/** Largest amount and largest balance in either direction: 2^53 − 1 minor units, the last exactly counted integer. */
export const MONEY_MAX = Number.MAX_SAFE_INTEGER;

const DIGITS = /^[1-9][0-9]{0,15}$/;

/** True for 1 … 9007199254740991. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/**
 * Reads an amount as clients send it: a number, a bigint (msgpack's 64-bit integers) or a string of ASCII digits
 * without a leading zero. Anything else is null: 0, −1, 1.5, 1e21, "١٢", " 1".
 */
export function readAmount(value: unknown): number | null {
  if (isAmount(value)) return value;
  if (typeof value === 'string' && DIGITS.test(value)) return safe(Number(value));
  if (typeof value === 'bigint') return safe(Number(value));
  return null;
}

/** True when a balance stays countable: −(2^53 − 1) … 2^53 − 1. */
export function isBalance(value: number): boolean {
  return value <= MONEY_MAX && value >= -MONEY_MAX;
}

export type Rounding = 'down' | 'half_up' | 'up';

const BASIS_POINTS = 10_000;

/**
 * Share of an amount in basis points (1/100 of a percent), exact, rounded as named.
 * @throws RangeError when amount is not 0 … 2^53 − 1 or basisPoints not 0 … 10,000.
 */
export function basisPointsOf(amount: number, basisPoints: number, rounding: Rounding): number {
  if (amount !== 0 && !isAmount(amount)) throw new RangeError(`amount out of range: ${String(amount)}`);
  if (!Number.isInteger(basisPoints) || basisPoints < 0 || basisPoints > 10_000) {
    throw new RangeError(`basis points out of range: ${basisPoints}`);
  }
  const rounded = amount * basisPoints + roundingTerm(rounding);
  // A quotient of integers is exact when nothing is left over.
  if (rounded <= MONEY_MAX) return (rounded - (rounded % BASIS_POINTS)) / BASIS_POINTS;
  const product = BigInt(amount) * BigInt(basisPoints);
  return Number((product + BigInt(roundingTerm(rounding))) / BigInt(BASIS_POINTS));
}

function roundingTerm(rounding: Rounding): number {
  switch (rounding) {
    case 'down':
      return 0;
    case 'half_up':
      return BASIS_POINTS / 2;
    case 'up':
      return BASIS_POINTS - 1;
  }
}

function safe(value: number): number | null {
  return isAmount(value) ? value : null;
}
