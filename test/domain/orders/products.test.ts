import { describe, expect, test } from 'vitest';
import { TEMPLATES } from '../../../src/domain/books/template-table.ts';
import { DEFAULT_PRODUCTS } from '../../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES } from '../../../src/domain/orders/default-rules.ts';
import { judgeProducts, PRODUCT_TYPES, productOf, productProblemText } from '../../../src/domain/orders/products.ts';

type Json = Record<string, unknown>;

/** The default products, one of them changed. */
function changed(code: string, change: (row: Json) => void): Json[] {
  const rows = structuredClone(DEFAULT_PRODUCTS) as unknown as Json[];
  const row = rows.find((one) => one['code'] === code);
  if (row) change(row);
  return rows;
}

function problems(rows: unknown): string[] {
  return judgeProducts(rows, DEFAULT_RULES).map(productProblemText);
}

describe('the default products', () => {
  test('are complete, one of each type', () => {
    expect(problems(DEFAULT_PRODUCTS)).toEqual([]);
    expect(problems(JSON.parse(JSON.stringify(DEFAULT_PRODUCTS)))).toEqual([]);
    expect(DEFAULT_PRODUCTS.map(({ type }) => type)).toEqual(Object.keys(PRODUCT_TYPES));
  });

  test('are booked by templates that exist; those that none names are not of orders', () => {
    const used = new Set(DEFAULT_PRODUCTS.flatMap(({ templates }) => Object.values(templates)));
    const others = Object.keys(TEMPLATES).filter((code) => !used.has(code as keyof typeof TEMPLATES));
    expect(others).toEqual(['RC2', 'RF5', 'WD5', 'TR2', 'SA1', 'RE1', 'RE2']);
  });

  test('say what a sale is', () => {
    expect(productOf(DEFAULT_PRODUCTS, 'sale')).toEqual({
      code: 'sale',
      type: 'instant',
      forms: ['topup', 'transfer'],
      templates: { held: 'HD1', released: 'HD3', external: 'PY1', balance: 'PY2', coupon: 'PY3', complete: 'PY4', settled: 'ST1', returned: 'RF4' }, // prettier-ignore
      rules: { combination: 'standard', fee: 'standard', limits: 'standard', policy: 'standard' },
    });
    expect(productOf(DEFAULT_PRODUCTS, 'nothing')).toBeUndefined();
  });
});

describe('a row that is not complete keeps the server from starting, by name of row and field', () => {
  // prettier-ignore
  test.each<[string, string, (row: Json) => void, string]>([
    ['no type', 'sale', (row) => delete row['type'], 'product sale: type: must be "instant" or "escrow" or "topup" or "withdrawal" or "transfer" or "refund" or "split", is missing'],
    ['an unknown field', 'sale', (row) => (row['colour'] = 1), 'product sale: colour: is not a known field'],
    ['a form is missing', 'escrow', (row) => (row['forms'] = ['topup']), 'product escrow: forms: "transfer" is missing'],
    ['a form too many', 'refund', (row) => (row['forms'] = ['refund', 'topup']), 'product refund: forms: "topup" is not for refund'],
    ['a step is missing', 'escrow', (row) => delete (row['templates'] as Json)['confirmed'], 'product escrow: templates.confirmed: is missing, must be GC1'],
    ['a template that is not for the step', 'withdrawal', (row) => ((row['templates'] as Json)['failed'] = 'WD1'), 'product withdrawal: templates.failed: must be WD3, is "WD1"'],
    ['a template that does not exist', 'transfer', (row) => ((row['templates'] as Json)['posted'] = 'XX'), 'product transfer: templates.posted: must be TR1 or TR2, is "XX"'],
    ['a step too many', 'topup', (row) => ((row['templates'] as Json)['settled'] = 'ST1'), 'product topup: templates.settled: is not a step of topup'],
    ['a rule is missing', 'sale', (row) => delete (row['rules'] as Json)['fee'], 'product sale: rules.fee: is missing'],
    ['a rule that is not there', 'sale', (row) => ((row['rules'] as Json)['fee'] = 'card'), 'product sale: rules.fee: names "card", which is not among the fees of the rules'],
    ['a rule that every object has', 'sale', (row) => ((row['rules'] as Json)['policy'] = 'toString'), 'product sale: rules.policy: names "toString", which is not among the policies of the rules'],
    ['a rule too many', 'split', (row) => ((row['rules'] as Json)['limits'] = 'standard'), 'product split: rules.limits: is not for split'],
    ['a code that is there', 'split', (row) => (row['code'] = 'sale'), 'product sale: code: "sale" is there twice'],
    ['no code', 'split', (row) => delete row['code'], 'product products[6]: code: must be a name of 1-64 characters a-z 0-9 _ -, is missing'],
  ])('%s', (_, code, change, told) => {
    expect(problems(changed(code, change))).toEqual([told]);
  });

  test('several at once', () => {
    expect(problems([{ code: 'x' }])).toHaveLength(4);
  });

  test.each([[null], [[]], [{}], ['sale']])('%o is no registry', (rows) => {
    expect(problems(rows)).toEqual(['products must be a list of 1 … 1000 rows']);
  });

  test.each([[null], [7], ['sale'], [[]]])('%o is no row', (row) => {
    expect(problems([row])[0]).toMatch(/^product products\[0\]: must be an object, is /);
  });
});

test('a thousand products are taken', () => {
  const sale = DEFAULT_PRODUCTS[0];
  const rows = (count: number) => Array.from({ length: count }, (_, place) => ({ ...sale, code: `sale${place}` }));
  expect(problems(rows(1_000))).toEqual([]);
  expect(problems(rows(1_001))).toEqual(['products must be a list of 1 … 1000 rows']);
});

test('a product may be booked by way of transit', () => {
  expect(problems(changed('transfer', (row) => ((row['templates'] as Json)['posted'] = 'TR2')))).toEqual([]);
});
