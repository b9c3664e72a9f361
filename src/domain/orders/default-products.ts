// Default products. One of each type, under the rules that a server has of its own.

import { PRODUCT_TYPES, type Product, type ProductRule, type ProductType } from './products.ts';
import type { TemplateCode } from '../books/template-table.ts';

type Named = Readonly<Record<Exclude<ProductRule, 'checks'>, string>>;

const STANDARD: Named = { combination: 'standard', fee: 'standard', limits: 'standard', policy: 'standard' };
const FREE: Named = { ...STANDARD, fee: 'none' };

export const DEFAULT_PRODUCTS: readonly Product[] = [
  product('sale', 'instant', STANDARD),
  product('escrow', 'escrow', STANDARD),
  product('topup', 'topup', { ...FREE, combination: 'external' }),
  product('withdrawal', 'withdrawal', FREE),
  product('transfer', 'transfer', FREE),
  product('refund', 'refund', FREE),
  product('split', 'split', STANDARD),
];

/** A row with the usual template of every step and the rules that its type needs. */
function product(code: string, type: ProductType, named: Named): Product {
  const { forms, steps, rules } = PRODUCT_TYPES[type];
  const templates: Record<string, TemplateCode> = {};
  for (const [step, [usual]] of Object.entries(steps)) templates[step] = usual;
  return { code, type, forms, templates, rules: Object.fromEntries(rules.map((kind) => [kind, named[kind]])) };
}
