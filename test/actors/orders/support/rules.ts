// Rules under test: those that a server has of its own, with something changed.

import { defaultRuleset, judgeRuleset, Ruleset } from '../../../../src/domain/orders/ruleset.ts';

/** What of the rules is changed in tests, as they are written. */
export type Json = {
  readonly instruments: object[];
  readonly combinations: { readonly standard: { readonly allowed: string[][] } };
  readonly fees: { standard: object };
  readonly limits: { readonly standard: Record<string, number | string> };
  readonly policies: { readonly standard: Record<string, number | string> };
  readonly approvals: Record<string, number | string>;
};

/** @throws Error for what is no rule any more */
export function changed(version: string, change: (rules: Json) => void): Ruleset {
  const { rules, products } = JSON.parse(defaultRuleset().text) as { rules: Json; products: unknown };
  change(rules);
  const judged = judgeRuleset({ rules: { ...rules, version }, products });
  if (!(judged instanceof Ruleset)) throw new Error(judged.join('; '));
  return judged;
}

/** Every product has these limits of the day. */
export function limited(limits: Readonly<Record<string, number>>, version = 'limited'): Ruleset {
  return changed(version, (rules) => void Object.assign(rules.limits.standard, limits));
}
