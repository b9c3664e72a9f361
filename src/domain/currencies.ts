// Currencies. Which codes exist and how many minor digits they have; the table itself is handed in, because this
// folder imports nothing.

export type Currency = {
  /** ISO 4217 alphabetic code, or the code of a configured asset. */
  readonly code: string;
  /** Digits after the decimal point: 2 for CZK, 0 for JPY, 3 for BHD. */
  readonly digits: number;
};

export type Currencies = ReadonlyMap<string, Currency>;

/**
 * An amount in minor units as people write it: 123456 haléř → "1234.56".
 * @throws RangeError for a code that the table does not have.
 */
export function formatAmount(currencies: Currencies, code: string, minorUnits: number): string {
  const currency = currencies.get(code);
  if (!currency) throw new RangeError(`unknown currency: ${code}`);
  const sign = minorUnits < 0 ? '-' : '';
  const digits = String(Math.abs(minorUnits)).padStart(currency.digits + 1, '0');
  const whole = digits.slice(0, digits.length - currency.digits);
  return currency.digits === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-currency.digits)}`;
}
