// Ruleset. Rules and products of one version, and what orders ask of them by product.
//
// S1. An order asks the version that it was agreed under, for ever.

import { planOf, type AskedInstrument, type Plan } from './combinations.ts';
import { DEFAULT_PRODUCTS } from './default-products.ts';
import { DEFAULT_RULES_JSON } from './default-rules.ts';
import { feeOf } from './fees.ts';
import { problemText } from './json-reader.ts';
import { judgeLimits, limitsDays, type LimitRule } from './limits.ts';
import { type Refused } from './order-base.ts';
import type { PolicyRule } from './policies.ts';
import { judgeProducts, productOf, productProblemText, type Product, type ProductRule } from './products.ts';
import { routeOf, type ChannelHealth, type Route, type RouteRequest } from './routing.ts';
import { judgeRules, type Rules } from './rules.ts';
import { backoffMs, queryDelayMs } from './schedule.ts';

const SECOND_MS = 1_000;

/** A year, for what never goes on by itself and is only looked at. */
const NEVER_MS = 31_536_000_000;

export class Ruleset {
  readonly rules: Rules;
  readonly products: readonly Product[];
  /** As it was written: JSON. */
  readonly text: string;
  /** By the code of each product that has any. */
  readonly #dayLimits = new Map<string, LimitRule>();

  /** Both have been judged. */
  constructor(rules: Rules, products: readonly Product[], text: string) {
    this.rules = rules;
    this.products = products;
    this.text = text;
    for (const product of products) {
      const rule = rules.limits[product.rules.limits ?? ''];
      if (rule && limitsDays(rule)) this.#dayLimits.set(product.code, rule);
    }
  }

  get version(): string {
    return this.rules.version;
  }

  /** undefined for a code that no product has. */
  product(code: string): Product | undefined {
    return productOf(this.products, code);
  }

  plan(product: string, payable: number, instruments: readonly AskedInstrument[]): Plan | Refused {
    return planOf(this.rules, { combination: this.#name(product, 'combination'), payable, instruments });
  }

  route(request: RouteRequest, health: Readonly<Record<string, ChannelHealth>>): Route | Refused {
    return routeOf(this.rules, request, health);
  }

  /** Minor units, at most the amount. */
  fee(product: string, amount: number): number {
    const rule = this.rules.fees[this.#name(product, 'fee')];
    if (!rule) throw new Error(`product ${product} has no fee`);
    return feeOf(rule, amount);
  }

  /** null when one payment of that amount is within its limits; the day's are judged by who counts it. */
  limits(product: string, amount: number): Refused | null {
    const rule = this.rules.limits[this.#name(product, 'limits')];
    return rule ? judgeLimits(rule, amount) : null;
  }

  /** What a product is limited by in a day; null where its days are not limited. */
  dayLimits(product: string): LimitRule | null {
    return this.#dayLimits.get(product) ?? null;
  }

  policy(product: string): PolicyRule {
    const rule = this.rules.policies[this.#name(product, 'policy')];
    if (!rule) throw new Error(`product ${product} has no policy`);
    return rule;
  }

  /** How long after it was paid an escrow is confirmed by itself, ms. */
  autoConfirmMs(product: string): number {
    const { confirmAfterSeconds } = this.policy(product);
    return confirmAfterSeconds === 0 ? NEVER_MS : confirmAfterSeconds * SECOND_MS;
  }

  /** How long a new order may be invisible to the queries of a channel, ms. */
  visibilityDelayMs(channel: string): number {
    return (this.rules.channels[channel]?.visibilityDelaySeconds ?? 0) * SECOND_MS;
  }

  /** Time until the next query after `queries` of them, ms. */
  queryDelayMs(queries: number): number {
    return queryDelayMs(queries, this.rules.queryDelaysMs);
  }

  /** Time until the next try after `failures` of them, ms. */
  backoffMs(failures: number): number {
    return backoffMs(failures, this.rules.compensation);
  }

  #name(product: string, kind: ProductRule): string {
    const name = this.product(product)?.rules[kind];
    if (name === undefined) throw new Error(`product ${product} names no ${kind}`);
    return name;
  }
}

/** Rules and products as they are written, in one JSON text. */
export type RulesetJson = { readonly rules: unknown; readonly products: unknown };

/** All that is wrong, in words; or the ruleset. */
export function judgeRuleset(json: RulesetJson): Ruleset | readonly string[] {
  const rules = judgeRules(json.rules);
  if (Array.isArray(rules)) return rules.map(problemText);
  const problems = judgeProducts(json.products, rules);
  if (problems.length > 0) return problems.map(productProblemText);
  return new Ruleset(rules, json.products as readonly Product[], JSON.stringify(json));
}

/** A ruleset that was judged before. @throws Error when it would not pass any more: written by a newer version */
export function readRuleset(text: string): Ruleset {
  const ruleset = judgeRuleset(JSON.parse(text) as RulesetJson);
  if (ruleset instanceof Ruleset) return ruleset;
  throw new Error(`rules in the journal cannot be read: ${ruleset.join('; ')}`);
}

/** What a server runs by that was given nothing else. */
export function defaultRuleset(): Ruleset {
  return readRuleset(JSON.stringify({ rules: DEFAULT_RULES_JSON, products: DEFAULT_PRODUCTS }));
}
