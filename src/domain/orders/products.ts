// Products. The registry: what a product code is, the forms of payment behind it, the templates by which its steps are
// booked, and the rules that it names.
//
// P1. A row is complete or the server does not start: there is no template, fee or limit to fall back to. P2. A step is
// booked only by a template that is made for it.

import type { TemplateCode } from '../books/template-table.ts';
import { choice, entryOf, list, name, named, object, type JsonProblem, type JsonReader } from './json-reader.ts';
import type { Rules } from './rules.ts';

export type ProductType = 'instant' | 'escrow' | 'topup' | 'withdrawal' | 'transfer' | 'refund' | 'split';

/** How money moves: in from outside, from account to account, out, or back. */
export type PaymentForm = 'topup' | 'transfer' | 'withdrawal' | 'refund';

/** Kinds of rules that a product refers to by name. */
export type ProductRule = 'combination' | 'fee' | 'limits' | 'policy' | 'checks';

export type Product = {
  readonly code: string;
  readonly type: ProductType;
  readonly forms: readonly PaymentForm[];
  /** Template by step. */
  readonly templates: Readonly<Record<string, TemplateCode>>;
  /** Name of the rule by kind. */
  readonly rules: Readonly<Partial<Record<ProductRule, string>>>;
};

/** A row and field at fault: 'sale', 'templates.settled', 'is missing'. */
export type ProductProblem = { readonly row: string; readonly field: string; readonly message: string };

type TypeRow = {
  readonly forms: readonly PaymentForm[];
  /** The templates that a step can be booked by; the first is the usual one. */
  readonly steps: Readonly<Record<string, readonly [TemplateCode, ...TemplateCode[]]>>;
  readonly rules: readonly Exclude<ProductRule, 'checks'>[];
  /** Those that a row may name besides. */
  readonly mayName?: readonly ProductRule[];
};

/** Most products of one server. */
const PRODUCTS_MAX = 1_000;

const PAYING = {
  held: ['HD1'],
  released: ['HD3'],
  external: ['PY1'],
  balance: ['PY2'],
  coupon: ['PY3'],
  complete: ['PY4'],
} as const;

/** What a row of each type has to have, and may have: nothing else. */
export const PRODUCT_TYPES: Readonly<Record<ProductType, TypeRow>> = {
  instant: {
    forms: ['topup', 'transfer'],
    steps: { ...PAYING, settled: ['ST1'], returned: ['RF4'] },
    rules: ['combination', 'fee', 'limits', 'policy'],
    mayName: ['checks'],
  },
  escrow: {
    forms: ['topup', 'transfer'],
    steps: { ...PAYING, confirmed: ['GC1'], settled: ['ST1'], returned: ['RF4'] },
    rules: ['combination', 'fee', 'limits', 'policy'],
    mayName: ['checks'],
  },
  topup: {
    forms: ['topup'],
    // What does not pay the trade comes as any other money, and goes back.
    steps: { succeeded: ['RC1'], external: ['PY1'], returned: ['RF4'] },
    rules: ['combination', 'fee', 'limits', 'policy'],
    mayName: ['checks'],
  },
  withdrawal: {
    forms: ['withdrawal'],
    steps: { accepted: ['WD1'], succeeded: ['WD2'], failed: ['WD3'], returned: ['WD4'] },
    rules: ['fee', 'limits'],
  },
  transfer: {
    forms: ['transfer'],
    steps: { posted: ['TR1', 'TR2'], held: ['HD1'], captured: ['HD2'], released: ['HD3'] },
    rules: ['fee', 'limits'],
  },
  refund: {
    forms: ['refund'],
    steps: { accepted: ['RF1'], succeeded: ['RF2'], fee_returned: ['RF3'] },
    rules: ['limits'],
  },
  split: {
    forms: ['transfer'],
    steps: { confirmed: ['GC1'], settled: ['ST1'] },
    rules: ['fee'],
  },
};

/** Kinds of rules, and where the rules have them. */
const RULES_BY_KIND = {
  combination: 'combinations',
  fee: 'fees',
  limits: 'limits',
  policy: 'policies',
  checks: 'checks',
} as const satisfies Record<ProductRule, keyof Rules>;

type ReadRow = { code: string; type: ProductType; forms: readonly string[]; templates: Names; rules: Names };
type Names = Readonly<Record<string, string>>;

const anyText: JsonReader<string> = (value, field, problems) => {
  if (typeof value === 'string') return value;
  problems.push({ field, message: 'must be a string' });
  return null;
};

const row = object<ReadRow>({
  code: name,
  type: choice(...(Object.keys(PRODUCT_TYPES) as ProductType[])),
  forms: list(anyText, 1, 8),
  templates: named(anyText),
  rules: named(anyText),
});

/** All that is wrong with the registry, row by row; an empty list when it can be used as `readonly Product[]`. */
export function judgeProducts(rows: unknown, rules: Rules): ProductProblem[] {
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > PRODUCTS_MAX) {
    return [{ row: '', field: '', message: `products must be a list of 1 … ${PRODUCTS_MAX} rows` }];
  }
  const seen = new Set<string>();
  return rows.flatMap((json: unknown, place) => {
    const problems: JsonProblem[] = [];
    const read = row(json, '', problems);
    if (read) problems.push(...formProblems(read), ...templateProblems(read), ...ruleProblems(read, rules));
    const code = codeOf(json);
    if (code !== '' && seen.has(code)) problems.push({ field: 'code', message: `"${code}" is there twice` });
    seen.add(code);
    return problems.map(({ field, message }) => ({ row: code === '' ? `products[${place}]` : code, field, message }));
  });
}

/** 'product sale: templates.settled: is missing'. */
export function productProblemText({ row: of, field, message }: ProductProblem): string {
  return [of === '' ? '' : `product ${of}`, field, message].filter((part) => part !== '').join(': ');
}

/** The product of that code; undefined when there is none. */
export function productOf(products: readonly Product[], code: string): Product | undefined {
  return products.find((product) => product.code === code);
}

function* formProblems({ type, forms }: ReadRow): Generator<JsonProblem> {
  const wanted: readonly string[] = PRODUCT_TYPES[type].forms;
  for (const form of wanted) if (!forms.includes(form)) yield { field: 'forms', message: `"${form}" is missing` };
  for (const form of forms)
    if (!wanted.includes(form)) yield { field: 'forms', message: `"${form}" is not for ${type}` };
}

/** P2. */
function* templateProblems({ type, templates }: ReadRow): Generator<JsonProblem> {
  const { steps } = PRODUCT_TYPES[type];
  for (const [step, allowed] of Object.entries(steps)) {
    const field = `templates.${step}`;
    const code = entryOf(templates, step);
    if (code === undefined) yield { field, message: `is missing, must be ${allowed.join(' or ')}` };
    else if (!(allowed as readonly string[]).includes(code)) {
      yield { field, message: `must be ${allowed.join(' or ')}, is "${code}"` };
    }
  }
  for (const step of Object.keys(templates)) {
    if (entryOf(steps, step) === undefined) yield { field: `templates.${step}`, message: `is not a step of ${type}` };
  }
}

function* ruleProblems({ type, rules: byKind }: ReadRow, rules: Rules): Generator<JsonProblem> {
  const { rules: wanted, mayName = [] } = PRODUCT_TYPES[type];
  for (const kind of [...wanted, ...mayName]) {
    const field = `rules.${kind}`;
    const rule = entryOf(byKind, kind);
    if (rule === undefined && mayName.includes(kind)) continue;
    if (rule === undefined) yield { field, message: 'is missing' };
    else if (entryOf<object>(rules[RULES_BY_KIND[kind]], rule) === undefined) {
      yield { field, message: `names "${rule}", which is not among the ${RULES_BY_KIND[kind]} of the rules` };
    }
  }
  for (const kind of Object.keys(byKind)) {
    if (![...wanted, ...mayName].some((known) => known === kind))
      yield { field: `rules.${kind}`, message: `is not for ${type}` };
  }
}

function codeOf(json: unknown): string {
  if (typeof json !== 'object' || json === null || !('code' in json)) return '';
  return typeof json.code === 'string' ? json.code : '';
}
