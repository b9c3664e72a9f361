import { expect, test } from 'vitest';
import { formatAmount, type Currencies } from '../../src/domain/currencies.ts';

const currencies: Currencies = new Map([
  ['CZK', { code: 'CZK', digits: 2 }],
  ['JPY', { code: 'JPY', digits: 0 }],
  ['BHD', { code: 'BHD', digits: 3 }],
]);

test.each([
  ['CZK', 123_456, '1234.56'],
  ['CZK', 0, '0.00'],
  ['CZK', 5, '0.05'],
  ['CZK', -5, '-0.05'],
  ['CZK', -123, '-1.23'],
  ['CZK', 100, '1.00'],
  ['JPY', 123, '123'],
  ['JPY', -7, '-7'],
  ['JPY', 0, '0'],
  ['BHD', 1, '0.001'],
  ['BHD', 9_007_199_254_740_991, '9007199254740.991'],
])('%s %i is %s', (code, minorUnits, text) => {
  expect(formatAmount(currencies, code, minorUnits)).toBe(text);
});

test('a code that the table does not have is a fault', () => {
  expect(() => formatAmount(currencies, 'XXX', 1)).toThrow(RangeError);
});
