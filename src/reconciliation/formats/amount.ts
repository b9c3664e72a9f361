// Amounts of files. Decimal text to minor units, digit by digit: no number with a fraction ever exists.

import type { Currencies } from '../../domain/currencies.ts';
import { MONEY_MAX } from '../../domain/money.ts';

/** Why a text is no amount: completes "… was expected". */
export type NoAmount = { readonly expected: string };

/** 2^53 − 1 has 16 digits. */
const DIGITS_MAX = 16;

/**
 * Minor units of an amount as files write it: digits, and after the separator as many as the currency has (fewer are
 * filled up; more only if they are zeros). With '' as separator the digits are minor units. A sign before it is allowed.
 */
export function readDecimal(text: string, digits: number, separator: '.' | ',' | ''): number | NoAmount {
  const negative = text.startsWith('-');
  const start = negative || text.startsWith('+') ? 1 : 0;
  const point = separator === '' ? -1 : text.indexOf(separator, start);
  const whole = point < 0 ? text.slice(start) : text.slice(start, point);
  const fraction = point < 0 ? '' : text.slice(point + 1);
  if (!isDigits(whole) || whole === '' || !isDigits(fraction)) return { expected: shapeOf(separator) };
  const minor = separator === '' ? whole : minorDigits(whole, fraction, digits);
  if (minor === null) return { expected: `an amount with at most ${digits} digits after the point` };
  return signed(minor, negative);
}

/** Digits after the point of a currency; null for a code that the table does not have. */
export function digitsOf(currencies: Currencies, code: string): number | null {
  return currencies.get(code)?.digits ?? null;
}

function minorDigits(whole: string, fraction: string, digits: number): string | null {
  if (fraction.length <= digits) return whole + fraction.padEnd(digits, '0');
  for (let index = digits; index < fraction.length; index++) if (fraction.charCodeAt(index) !== 48) return null;
  return whole + fraction.slice(0, digits);
}

function signed(minor: string, negative: boolean): number | NoAmount {
  const value = Number(minor);
  if (value > MONEY_MAX || (minor.length > DIGITS_MAX && minor.replace(/^0+/, '').length > DIGITS_MAX)) {
    return { expected: 'an amount of at most 2^53 − 1 minor units' };
  }
  return negative && value !== 0 ? -value : value;
}

function shapeOf(separator: '.' | ',' | ''): string {
  return separator === '' ? 'an integer in minor units' : `an amount with '${separator}' before its minor units`;
}

function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
