// Currency table. ISO 4217 as the currency-codes package keeps it, and the assets of the configuration, in the shape
// that the domain reads.

import currencyCodes from 'currency-codes';
import type { Currencies, Currency } from './domain/currencies.ts';

/** ISO 4217 codes without minor units: metals, baskets, tests, "no currency". Money is counted in minor units. */
const WITHOUT_MINOR_UNITS = new Set(['XAG', 'XAU', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XPD', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX']); // prettier-ignore

/** `assets`: codes with their digits after the decimal point, like "POINTS:0"; the configuration has checked them. */
export function currencyTable(assets: readonly string[]): Currencies {
  const table = new Map<string, Currency>();
  for (const { code, digits } of currencyCodes.data) {
    if (!WITHOUT_MINOR_UNITS.has(code)) table.set(code, { code, digits });
  }
  for (const asset of assets) {
    const [code = '', digits = ''] = asset.split(':');
    table.set(code, { code, digits: Number(digits) });
  }
  return table;
}
